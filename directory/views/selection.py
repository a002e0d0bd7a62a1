"""What every page that narrows the catalogue by its address has in common."""

from django.http import HttpResponsePermanentRedirect
from django_filters.views import FilterView

from directory import catalogue
from directory.selection import Selection


class SelectionView(FilterView):
    """No link empties it: unknown values are left out and named, retired ones lead to their successors."""

    strict = False

    def get_queryset(self):
        return Selection(catalogue.current())

    def render_to_response(self, context, **kwargs):
        if self.filterset.successor:
            return HttpResponsePermanentRedirect(self.request.path + self.filterset.successor)
        return super().render_to_response(context, **kwargs)
