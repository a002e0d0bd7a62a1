from django.urls import path

from directory.views import browse, finder, lotse, offers, partner

app_name = "directory"
urlpatterns = [
    path("", finder.StartView.as_view(), name="start"),
    path("angebote/", finder.OfferListView.as_view(), name="offer_list"),
    path("angebote/<slug:slug>/", offers.OfferView.as_view(), name="offer"),
    path("lotse/", lotse.QuestionView.as_view(), name="lotse"),
    path("lotse/notruf/", lotse.EmergencyView.as_view(), name="lotse_emergency"),
    path("lotse/antworten/", lotse.AnswersView.as_view(), name="lotse_answers"),
    path("lotse/weg/", lotse.RouteView.as_view(), name="lotse_route"),
    path("lotse/haushalt/", lotse.HouseholdView.as_view(), name="lotse_household"),
    path("lotse/<slug:page>/", lotse.QuestionView.as_view(), name="lotse_page"),
    path("bedrohung/<slug:slug>/", browse.ThreatTypeView.as_view(), name="threat_type"),
    path("land/<slug:slug>/", browse.StateView.as_view(), name="state"),
    path("akteure/", browse.OrganizationListView.as_view(), name="organization_list"),
    path("akteure/<slug:slug>/", browse.OrganizationView.as_view(), name="organization"),
    path("partner/", partner.PartnerView.as_view(), name="partner"),
    path("partner/qr.svg", partner.QrCodeView.as_view(), name="partner_qr"),
    path("einbetten/angebote/", partner.EmbedView.as_view(), name="embed"),
]
