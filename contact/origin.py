"""Whether a form was sent from our own page, as our forms are sent, and is no longer than one of ours can be.

Public forms have no cookie that a CSRF token could be compared with.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

MOST_BYTES = 200_000  # of a form: the longest message, written in the longest way, takes 20,000


def is_own_form(request: HttpRequest) -> bool:
    """By Sec-Fetch-Site, which no page can forge; by Origin where a browser does not send that.

    No form of ours sends files: such a body names letters for the names of its parts, and Python never forgets a name
    of letters that it does not know.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def own_page_only(view: Callable) -> Callable:
    @csrf_exempt
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method == "POST" and not is_own_form(request):
            return render(request, "contact/foreign_page.html", status=403)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:  # the web server refuses what is no number
            return render(request, "contact/foreign_page.html", {"too_long": True}, status=413)
        return view(request, *args, **kwargs)

    return guarded


# for views of what visitors and partners say: sent from our own page only, kept by no cache
private_form = method_decorator([never_cache, own_page_only], name="dispatch")
