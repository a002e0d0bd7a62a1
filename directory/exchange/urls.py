from django.urls import path

from directory.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.EventListView.as_view(), name="events"),
    path("termine.ics", views.all_events, name="calendar"),
    path("<slug:slug>.ics", views.one_event, name="event_calendar"),
    path("<slug:slug>/", views.EventView.as_view(), name="event"),
]
