from django.urls import path

from contact import views

app_name = "contact"
urlpatterns = [
    path("", views.WaysView.as_view(), name="ways"),
    path("rueckruf/", views.CallbackView.as_view(), name="callback"),
    path("video/", views.VideoView.as_view(), name="video"),
    path("code/", views.CodeView.as_view(), name="code"),
]
