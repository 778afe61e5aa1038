"""The addresses of calls that are tried out or ended."""

from django.urls import path

from smartswitch.web.calls import views

urlpatterns = [
    path("calls", views.calls, name="calls"),
    path("check", views.check_call, name="check-call"),
    path("live/<uuid:call_id>/hang-up", views.hang_up_call, name="hang-up"),
]
