"""The mark of a page that is the same for everybody."""

from collections.abc import Callable
from functools import wraps


def public_page(view: Callable) -> Callable:
    """Let the answers of a view be kept for a short while and given to others; without this mark nothing is kept.

    For views whose answer depends on the published offers, on the clock, on the path and on the parameters of their
    FilterSet: on nothing else of the address, and not on the host, a header or a cookie. It is set in urls.py, address
    by address, because a view that inherits from another must not inherit it.
    """

    @wraps(view)
    def marked(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.is_public_page = True
        return response

    marked.is_public_page = True
    return marked
