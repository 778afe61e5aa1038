"""The addresses of logging in and out, and of what keeps a login safe."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from smartswitch.web.login import views
from smartswitch.web.login.pages import enrolment, open_sessions, reauthenticate, reset, second_step, security

urlpatterns = [
    path("login", views.Login.as_view(), name="login"),
    path("login/code", second_step.second_step, name="second_step"),
    path("logout", views.Logout.as_view(), name="logout"),
    path("forgot", reset.forgot, name="forgot"),
    path("reset/<str:secret>", reset.new_password, name="reset"),
    path("reauthenticate", reauthenticate.reauthenticate, name="reauthenticate"),
    path("password", views.ChangePassword.as_view(), name="password"),
    path("security", security.security, name="security"),
    path("security/mail", security.mail_address, name="mail_address"),
    path("security/requirement", security.requirement, name="second_factor_requirement"),
    path("security/second-factor", enrolment.choose, name="second_factor"),
    path("security/app", enrolment.add_app, name="second_factor_app"),
    path("security/key", enrolment.add_key, name="second_factor_key"),
    path("security/codes", enrolment.recovery_codes, name="recovery_codes"),
    path("security/remove/<int:pk>", enrolment.remove, name="second_factor_remove"),
    path("sessions", open_sessions.sessions_page, name="sessions"),
    path("sessions/end-others", open_sessions.end_others, name="sessions_end_others"),
    path("sessions/end/<int:pk>", open_sessions.end, name="session_end"),
    path("language", login_not_required(set_language), name="language"),
]
