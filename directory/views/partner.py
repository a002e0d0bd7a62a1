"""For partners: the builder of links, QR codes and embeds, and the list of offers inside somebody else's page."""

from io import BytesIO

import segno
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_exempt

from directory.filters import OfferFilter, finder_path
from directory.parameters import TextFilter
from directory.views.finder import OfferListView

THEMES = {"hell": "immer hell", "dunkel": "immer dunkel"}
LONGEST_QR_LINK = 600  # characters; the code of a longer link is too fine for a telephone and a printed page


class PartnerFilter(OfferFilter):
    """The finder's parameters and one for the look of the embed. The finder's own addresses stay free of it."""

    darstellung = TextFilter(label="Darstellung der Einbettung")
    page_number = "1"

    @property
    def theme(self) -> str:
        """ "hell", "dunkel" or "": as the visitor's device is set."""
        value = self.form.cleaned_data["darstellung"].lower()
        return value if value in THEMES else ""

    def url(self, path="", **changes) -> str:
        theme = "" if (path or self.path) == finder_path() else self.theme
        return super().url(path, **{"darstellung": theme} | changes)


@method_decorator(xframe_options_exempt, name="dispatch")
class EmbedView(OfferListView):
    """The first offers and nothing else, for frames: no form, no script, no cookie. All links open a new tab."""

    filterset_class = PartnerFilter
    template_name = "directory/embed.html"


class PartnerView(OfferListView):
    """Another view over the finder's filters: it shows how to publish what they find."""

    filterset_class = PartnerFilter
    template_name = "directory/partner.html"

    def get_filterset_kwargs(self, filterset_class):
        return super().get_filterset_kwargs(filterset_class) | {"path": self.request.path}  # notices lead back here

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        link = self.absolute("directory:offer_list")
        return context | {
            "themes": THEMES,
            "link": link,
            "has_qr_code": len(link) <= LONGEST_QR_LINK,
            "qr_code": self.filterset.url(reverse("directory:partner_qr"), darstellung=""),
            "embed": self.absolute("directory:embed"),
            "origin": self.request.build_absolute_uri("/")[:-1],
        }

    def absolute(self, name):
        return self.request.build_absolute_uri(self.filterset.url(reverse(name)))


class QrCodeView(PartnerView):
    """The link as a QR code."""

    def render_to_response(self, context, **kwargs):
        if self.filterset.successor:
            return super().render_to_response(context, **kwargs)
        if not context["has_qr_code"]:
            raise Http404
        code = BytesIO()
        segno.make(context["link"], error="m", micro=False).save(
            code, "svg", light="#fff", omitsize=True, svgclass=None, lineclass=None, title="QR-Code der starken Stelle"
        )
        return HttpResponse(code.getvalue(), content_type="image/svg+xml")
