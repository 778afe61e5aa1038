"""Payments, as lists, exports and the API show them. They are rows of the ledger: nobody changes one."""

from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.models import Balance, LedgerTransfer
from smartswitch.web.balances.party_names import party_name, with_party_names
from smartswitch.web.balances.templatetags.balances import TRANSFER_KINDS
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import LineField, MomentField
from smartswitch.web.nouns.noun import Column, Filter, Kind, Noun
from smartswitch.web.nouns.registry import register
from smartswitch.web.nouns.table import house_of
from smartswitch.web.nouns.writing import RowServices

RUNNING = ("peer", "company", "dealer")
SIDES = ("credit_balance", "debit_balance")


FEW_BALANCES = 2_000
BALANCES_OF_DEALER = 4
"""At least: his own, and those in which what he sells is summed."""


def _rows(viewer: Viewer) -> QuerySet[LedgerTransfer]:
    """All transfers of the house. In a small one the balances are named, so that nobody waits until those of others are
    looked through; in a large one the next transfer of it is never far."""
    named = [Prefetch(side, queryset=with_party_names(Balance.objects.all())) for side in SIDES]
    rows = LedgerTransfer.objects.prefetch_related(*named)
    if viewer.is_owner:
        return rows
    house = house_of(viewer)
    if len(house) * BALANCES_OF_DEALER > FEW_BALANCES:
        return rows
    of_house = Balance.objects.filter(dealer__in=house).values_list("pk", flat=True)
    balances = list(of_house[: FEW_BALANCES + 1])
    if len(balances) > FEW_BALANCES:
        return rows
    return rows.filter(Q(debit_balance__in=balances) | Q(credit_balance__in=balances))


def balance_at(row: Any, side: str) -> Any:
    """The balance on a side of a transfer; None if it is not the session's to see, as that of one's own seller."""
    try:
        return getattr(row, side)
    except ObjectDoesNotExist:
        return None


def party_side(row: Any) -> str:
    """The side of a transfer that is a party's; the other is the seller's own account of it."""
    credit, debit = (balance_at(row, side) for side in SIDES)
    if credit is None:
        return "debit_balance" if debit is not None and debit.kind in RUNNING else "credit_balance"
    return "credit_balance" if credit.kind in RUNNING else "debit_balance"


def party_balance(row: Any) -> Any:
    """The balance of the party."""
    return balance_at(row, party_side(row))


def seller_name(row: Any) -> str | None:
    """Who sells to the party and keeps its books, as far as the session may know."""
    other = balance_at(row, next(side for side in SIDES if side != party_side(row)))
    return None if other is None else party_name(other)


def signed_amount(row: Any) -> int:
    """What the party got, negative for what it gave."""
    return row.amount if party_side(row) == "credit_balance" else -row.amount


PAYMENTS = register(
    Noun(
        name="payments",
        right="balances",
        one=_("payment"),
        many=_("Payments"),
        icon="coins",
        model=LedgerTransfer,
        rows=_rows,
        has_page=False,
        explanation=_(
            "Every payment, correction and write-off. A seller enters new ones on the page of a party's balance."
        ),
        empty_advice=_("As soon as money is entered on the page of a balance, it is listed here."),
        columns=(
            Column(
                name="created_at",
                label=_("When"),
                value=lambda row: row.created_at,
                kind=Kind.MOMENT,
                order=("created_at",),
            ),
            Column(
                name="party_name",
                label=_("Party"),
                value=lambda row: party_name(party_balance(row)),
                link=lambda row: reverse("balance", args=[party_balance(row).pk]),
            ),
            Column(name="party", label=_("Key"), value=lambda row: party_balance(row).party, kind=Kind.CODE),
            Column(name="kind", label=_("What"), value=lambda row: TRANSFER_KINDS.get(row.kind, row.kind)),
            Column(
                name="amount",
                label=_("Amount"),
                value=signed_amount,
                kind=Kind.AMOUNT,
                currency=lambda row: row.currency,
            ),
            Column(name="seller", label=_("Seller"), value=seller_name),
            Column(name="actor", label=_("Entered by"), value=lambda row: row.actor),
            Column(name="note", label=_("Note"), value=lambda row: row.note),
            Column(name="id", label=_("Number"), value=lambda row: str(row.id), kind=Kind.CODE, is_shown=False),
        ),
        order=("-created_at", "-id"),
        filters=(
            Filter(
                name="party",
                label=_("Party"),
                field=lambda _viewer: LineField(max_length=64),
                narrow=lambda rows, party: rows.filter(
                    Q(credit_balance__party=party, credit_balance__kind__in=RUNNING)
                    | Q(debit_balance__party=party, debit_balance__kind__in=RUNNING)
                ),
            ),
            Filter(
                name="kind",
                label=_("What"),
                field=lambda _viewer: forms.ChoiceField(choices=[("", _("anything")), *TRANSFER_KINDS.items()]),
                narrow=lambda rows, kind: rows.filter(kind=kind),
            ),
            Filter(
                name="since",
                label=_("Since"),
                field=lambda _viewer: MomentField(),
                narrow=lambda rows, since: rows.filter(created_at__gte=since),
            ),
        ),
        services=RowServices(LedgerTransfer, "balances"),
    )
)
