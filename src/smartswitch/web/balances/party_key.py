"""The keys of parties: files, pages and calls name every party by its key, so no two parties share one."""

from django.utils.translation import gettext as _

from smartswitch.web.balances.party_balance import KEY_TAKEN
from smartswitch.web.companies.models import Company
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.peers.models import Peer

RESERVED_KEYS = ("owner", "outside")


def check_key(key: str) -> None:
    """Refuse the key of a new party that means something else already. What the session does not see, the constraints of
    the database find."""
    if key in RESERVED_KEYS:
        raise Refused({"key": _("This word has a meaning of its own; choose another one.")})
    if any(model.objects.filter(key=key).exists() for model in (Peer, Company, Dealer)):
        raise Refused({"key": KEY_TAKEN})
