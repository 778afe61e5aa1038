"""The addresses of logging in and out."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from smartswitch.web.login import views

urlpatterns = [
    path("login", views.Login.as_view(), name="login"),
    path("logout", views.Logout.as_view(), name="logout"),
    path("password", views.ChangePassword.as_view(), name="password"),
    path("language", login_not_required(set_language), name="language"),
]
