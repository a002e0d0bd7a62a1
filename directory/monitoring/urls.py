"""Addresses by the place where starkestelle.urls puts them."""

from django.urls import path

from directory.monitoring import views

proposals = [
    path("", views.ProposalView.as_view(), name="missing"),
    path("<slug:slug>/", views.ProposalView.as_view(), name="offer"),
]
confirmations = [
    path("<str:token>/", views.ConfirmationView.as_view(), name="answer"),
    path("<str:token>/abmelden/", views.OptOutView.as_view(), name="opt_out"),
]
