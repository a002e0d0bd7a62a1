from django.urls import path

from directory.public_page import public_page
from directory.views import browse, finder, lotse, offers, partner

app_name = "directory"
urlpatterns = [
    path("", public_page(finder.StartView.as_view()), name="start"),
    path("angebote/", public_page(finder.OfferListView.as_view()), name="offer_list"),
    path("angebote/<slug:slug>/", public_page(offers.OfferView.as_view()), name="offer"),
    path("lotse/", public_page(lotse.QuestionView.as_view()), name="lotse"),
    path("lotse/notruf/", public_page(lotse.EmergencyView.as_view()), name="lotse_emergency"),
    path("lotse/antworten/", public_page(lotse.AnswersView.as_view()), name="lotse_answers"),
    path("lotse/weg/", public_page(lotse.RouteView.as_view()), name="lotse_route"),
    path("lotse/haushalt/", public_page(lotse.HouseholdView.as_view()), name="lotse_household"),
    path("lotse/<slug:page>/", public_page(lotse.QuestionView.as_view()), name="lotse_page"),
    path("bedrohung/<slug:slug>/", public_page(browse.ThreatTypeView.as_view()), name="threat_type"),
    path("land/<slug:slug>/", public_page(browse.StateView.as_view()), name="state"),
    path("akteure/", public_page(browse.OrganizationListView.as_view()), name="organization_list"),
    path("akteure/<slug:slug>/", public_page(browse.OrganizationView.as_view()), name="organization"),
    path("partner/", partner.PartnerView.as_view(), name="partner"),
    path("partner/qr.svg", partner.QrCodeView.as_view(), name="partner_qr"),
    path("einbetten/angebote/", public_page(partner.EmbedView.as_view()), name="embed"),
]
