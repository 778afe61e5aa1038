"""The addresses of the first pages."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from smartswitch.web.dashboard import views

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("today", views.today_piece, name="today"),
    path("live", views.live, name="live"),
    path("calls/<uuid:call_id>", views.call, name="call"),
    path("balances", views.balances, name="balances"),
    path("health", login_not_required(views.health), name="health"),
]
