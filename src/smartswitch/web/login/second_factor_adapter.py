"""What django-allauth asks us about second factors: how secrets are kept, and what authenticators show of a login."""

from functools import cache
from pathlib import Path

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from smartswitch.runtime.secret_box import SecretBox, open_secret_box
from smartswitch.web.rights.models import Login

ISSUER = "Smartswitch"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seeds lie in the database encrypted; the key is in the state directory (runtime/secret_box.py)."""

    def encrypt(self, text: str) -> str:
        return _box(settings.STATE_DIRECTORY).encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return _box(settings.STATE_DIRECTORY).decrypt(encrypted_text)

    def get_totp_label(self, user: Login) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return ISSUER

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A key belongs to the host name under which it was added; ALLOWED_HOSTS says which there are."""
        return {"id": context.request.get_host().partition(":")[0], "name": ISSUER}

    def get_public_key_credential_user_entity(self, user: Login) -> dict[str, object]:
        return {"id": str(user.pk).encode(), "name": user.username, "display_name": user.name or user.username}


@cache
def _box(state_directory: Path) -> SecretBox:
    return open_secret_box(state_directory)
