"""The writes of API keys. Rules: a key is made by a person, in person, and may never do more than he may."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from smartswitch.web.api.keys.secret import new_secret, prefix_of, sha256_of
from smartswitch.web.api.models import ApiKey
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing
from smartswitch.web.rights.words import in_words

MOST_KEYS_OF_A_DEALER = 200


class KeyServices(RowServices):
    """Make, revoke and delete keys; a key is not changed."""

    def __init__(self) -> None:
        super().__init__(ApiKey, "keys")

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> ApiKey:
        """A new key; its text is in `secret` of this one object, and never again anywhere."""
        require(by, "keys.add")
        _refuse_unless_in_person(by)
        missing = sorted(set(values["scopes"]) - by.rights)
        if missing:
            raise Refused(
                {"scopes": _("You have not got these rights yourself: %(rights)s.") % {"rights": in_words(missing)}}
            )
        expires_at = values.get("expires_at")
        if expires_at is not None and expires_at <= timezone.now():
            raise Refused({"expires_at": _("This moment is over; the key would never open anything.")})
        if ApiKey.objects.filter(dealer_id=by.dealer_id).count() >= MOST_KEYS_OF_A_DEALER:
            raise Refused(
                {
                    OF_THE_WHOLE: _("There are %(most)d keys already. Delete those that nobody uses.")
                    % {"most": MOST_KEYS_OF_A_DEALER}
                }
            )
        secret = new_secret()
        with refusing(self.constraints):
            row = ApiKey(
                dealer_id=by.dealer_id,
                login_id=by.login_id,
                name=values["name"],
                prefix=prefix_of(secret),
                secret_sha256=sha256_of(secret),
                scopes=sorted(values["scopes"]),
                expires_at=expires_at,
            )
            row.save(force_insert=True)
            row.refresh_from_db()
        row.secret = secret
        return row

    def change(self, row: Model, *, by: Viewer, values: Mapping[str, Any]) -> Model:
        """A key that should do something else is another key."""
        raise Refused({OF_THE_WHOLE: _("A key is not changed. Make a new one, and revoke this one.")})

    def revoke(self, row: ApiKey, *, by: Viewer) -> ApiKey:
        """From now on the key opens nothing; it stays in the list."""
        require(by, "keys.delete")
        locked = self.locked(row)
        if locked.revoked_at is None:
            locked.revoked_at = timezone.now()
            locked.save(update_fields=["revoked_at"])
        return locked


def _refuse_unless_in_person(by: Viewer) -> None:
    """Keys that make keys could outlive whoever took one; and a key belongs to a login's own house."""
    if by.origin != "web":
        raise Refused({OF_THE_WHOLE: _("A key cannot make keys. Log in and make it in the web account.")})
    if by.is_acting:
        raise Refused({OF_THE_WHOLE: _("You act for another dealer. Be back in your own house to make a key for it.")})


KEYS = KeyServices()
