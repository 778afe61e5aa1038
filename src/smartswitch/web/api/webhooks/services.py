"""The writes of webhooks: an address that is safe, a secret that is shown once and kept encrypted."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from smartswitch.runtime.config import read_config
from smartswitch.runtime.secret_box import open_secret_box
from smartswitch.web.api.models import Webhook, WebhookDelivery
from smartswitch.web.api.webhooks.addresses import UnsafeAddressError, checked_url
from smartswitch.web.api.webhooks.signature import new_secret
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing

MOST_WEBHOOKS_OF_A_DEALER = 20


class WebhookServices(RowServices):
    """Make, change and delete webhooks."""

    def __init__(self) -> None:
        super().__init__(Webhook, "webhooks")

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Webhook:
        """A webhook of the viewer's dealer; its secret is in `secret` of this one object, and never again."""
        require(by, "webhooks.add")
        _refuse_unsafe(values["url"])
        if Webhook.objects.filter(dealer_id=by.dealer_id).count() >= MOST_WEBHOOKS_OF_A_DEALER:
            raise Refused(
                {
                    OF_THE_WHOLE: _("There are %(most)d webhooks already; delete one.")
                    % {"most": MOST_WEBHOOKS_OF_A_DEALER}
                }
            )
        secret = new_secret()
        encrypted = open_secret_box(read_config().state_directory).encrypt(secret)
        with refusing(self.constraints):
            row = Webhook(dealer_id=by.dealer_id, secret_encrypted=encrypted, **values)
            row.save(force_insert=True)
            row.refresh_from_db()
        row.secret = secret
        return row

    def change(self, row: Webhook, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """A new address must be as safe as the first."""
        if "url" in values:
            _refuse_unsafe(values["url"])
        return super().change(row, by=by, values=values)


class DeliveryServices(RowServices):
    """Deliveries are made by events; a person can only have one sent again."""

    def __init__(self) -> None:
        super().__init__(WebhookDelivery, "webhooks")

    def send_again(self, row: WebhookDelivery, *, by: Viewer) -> WebhookDelivery:
        """Send it within seconds, with all attempts anew."""
        require(by, "webhooks.change")
        locked = self.locked(row)
        locked.status, locked.attempts, locked.next_attempt_at = "waiting", 0, timezone.now()
        locked.save(update_fields=["status", "attempts", "next_attempt_at"])
        return locked


def _refuse_unsafe(url: str) -> None:
    try:
        checked_url(url, allows_private=read_config().webhooks_may_be_private)
    except UnsafeAddressError as error:
        raise Refused({"url": _("This address cannot be used: %(why)s.") % {"why": error}}) from error


WEBHOOKS = WebhookServices()
DELIVERIES = DeliveryServices()
