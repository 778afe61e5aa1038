"""Reads the host name that a person typed: small letters, in the form that travels (RFC 1035, RFC 5891)."""

import re

from django.utils.translation import gettext as _

from smartswitch.web.brand.models import HOST_PATTERN, LONGEST_HOST

PREFIXES = ("https://", "http://")


class HostNameError(ValueError):
    """This is no host name; the message says so to people."""


def read_host_name(text: str) -> str:
    """The name of a host; what people paste with it from a browser is left out. HostNameError for anything else."""
    name = text.strip().lower()
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    name = name.removesuffix("/").removesuffix(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise HostNameError(_said(text)) from error
    if len(name) > LONGEST_HOST or re.fullmatch(HOST_PATTERN, name) is None:
        raise HostNameError(_said(text))
    return name


def _said(text: str) -> str:
    return _("%(text)s is no host name; one is like portal.example.com, without a port and without a path.") % {
        "text": text.strip()
    }
