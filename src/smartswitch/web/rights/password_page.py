"""Shows a new password, once: in the answer that made it, and nowhere else. No session, cookie, log or cache has it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def password_page(request: HttpRequest, login: Any, password: str) -> HttpResponse:
    """The page that tells the password of a login to whoever made it."""
    answer = render(request, "rights/password_once.html", {"login": login, "password": password})
    answer.headers["Cache-Control"] = "no-store"
    return answer
