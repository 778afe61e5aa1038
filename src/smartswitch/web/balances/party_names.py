"""What the parties of balances are called: a balance itself knows only its party's key.

Rule: names come from rows that the session may see; of others, and of parties without a name, the key is all there is.
"""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from smartswitch.web.balances.models import Balance
from smartswitch.web.companies.models import Company
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.peers.models import Peer


def with_party_names(balances: QuerySet[Balance]) -> QuerySet[Balance]:
    """These balances, each with `party_name`. The accounts of a seller (payments, sales...) have the seller's."""
    parties = [_name(model.objects.filter(balance=OuterRef("pk"))) for model in (Dealer, Company, Peer)]
    seller = _name(Dealer.objects.filter(key=OuterRef("party")))
    return balances.annotate(party_name=Coalesce(*parties, seller, F("party"), output_field=TextField()))


def party_name(balance: Any) -> str:
    """What the party is called, of a balance that was read with its name."""
    return str(balance.party_name)


def _name(rows: QuerySet[Any]) -> NullIf:
    return NullIf(Subquery(rows.values("name")[:1]), Value(""), output_field=TextField())
