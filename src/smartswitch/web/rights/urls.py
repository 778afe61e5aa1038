"""The addresses of pages about rights that are no noun's."""

from django.urls import path

from smartswitch.web.rights import views

urlpatterns = [
    path("rights", views.own, name="rights"),
    path("logins/<int:pk>/new-password", views.new_password, name="login-new-password"),
    path("logins/<int:pk>/reset-second-factor", views.reset_second_factor, name="login-reset-second-factor"),
]
