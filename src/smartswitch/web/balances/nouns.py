"""Payments, as lists, exports and the API show them. They are rows of the ledger: nobody changes one."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.models import Balance, LedgerTransfer
from smartswitch.web.balances.templatetags.balances import TRANSFER_KINDS
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import LineField, MomentField
from smartswitch.web.nouns.noun import Column, Filter, Kind, Noun
from smartswitch.web.nouns.registry import register
from smartswitch.web.nouns.table import house_of
from smartswitch.web.nouns.writing import RowServices

RUNNING = ("peer", "company", "dealer")


FEW_BALANCES = 2_000


def _rows(viewer: Viewer) -> QuerySet[LedgerTransfer]:
    """All transfers of the house. In a small one the balances are named, so that nobody waits until those of others are
    looked through; in a large one the next transfer of it is never far."""
    rows = LedgerTransfer.objects.select_related("debit_balance", "credit_balance")
    if viewer.is_owner:
        return rows
    of_house = Balance.objects.filter(dealer__in=house_of(viewer)).values_list("pk", flat=True)
    balances = list(of_house[: FEW_BALANCES + 1])
    if len(balances) > FEW_BALANCES:
        return rows
    return rows.filter(Q(debit_balance__in=balances) | Q(credit_balance__in=balances))


def party_balance(row: Any) -> Any:
    """The side of a transfer that is a party's; the other is the seller's own account of it."""
    return row.credit_balance if row.credit_balance.kind in RUNNING else row.debit_balance


def signed_amount(row: Any) -> int:
    """What the party got, negative for what it gave."""
    return row.amount if row.credit_balance.kind in RUNNING else -row.amount


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
        explanation=_("Every payment, correction and write-off. Enter a new one on the page of the party's balance."),
        empty_advice=_("Open a balance under Balances, and enter money there."),
        columns=(
            Column(
                name="created_at",
                label=_("When"),
                value=lambda row: row.created_at,
                kind=Kind.MOMENT,
                order=("created_at",),
            ),
            Column(
                name="party",
                label=_("Party"),
                value=lambda row: party_balance(row).party,
                link=lambda row: reverse("balance", args=[party_balance(row).pk]),
            ),
            Column(name="kind", label=_("What"), value=lambda row: TRANSFER_KINDS.get(row.kind, row.kind)),
            Column(
                name="amount",
                label=_("Amount"),
                value=signed_amount,
                kind=Kind.AMOUNT,
                currency=lambda row: row.currency,
            ),
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
