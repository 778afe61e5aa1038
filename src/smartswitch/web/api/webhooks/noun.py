"""Webhooks and their deliveries, as lists, pages and the API show them."""

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.web.api.models import EVENTS, STATUSES, Webhook, WebhookDelivery
from smartswitch.web.api.webhooks.forms import EVENT_WORDS, WebhookForm
from smartswitch.web.api.webhooks.services import DELIVERIES as DELIVERY_SERVICES
from smartswitch.web.api.webhooks.services import WEBHOOKS as SERVICES
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Column, Filter, Kind, Noun, Parent

STATUS_WORDS = {
    "waiting": ("yellow", _("waiting")),
    "delivered": ("green", _("delivered")),
    "failed": ("red", _("failed")),
}


def _webhooks(_viewer: Viewer) -> QuerySet[Webhook]:
    return Webhook.objects.select_related("dealer")


def _deliveries(_viewer: Viewer) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.select_related("webhook")


def _told_once(row: Webhook) -> dict[str, str]:
    """The secret of a new one, this one time."""
    secret = getattr(row, "secret", None)
    return {} if secret is None else {"secret": secret}


WEBHOOKS = Noun(
    name="webhooks",
    right="webhooks",
    one=_("webhook"),
    many=_("Webhooks"),
    icon="webhook",
    model=Webhook,
    rows=_webhooks,
    title=lambda row: row.name,
    explanation=_(
        "An address of yours that is told by itself what happens in your house: a call ended, a balance is low."
    ),
    empty_advice=_("Make one with the button above; the guide to the API says how a message is checked."),
    columns=(
        Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name",)),
        Column(name="url", label=_("Address"), value=lambda row: row.url),
        Column(name="told", label=_("Events"), value=lambda row: ", ".join(row.events)),
        Column(
            name="state",
            label=_("State"),
            value=lambda row: ("green", _("active")) if row.is_active else ("secondary", _("off")),
            kind=Kind.STATE,
        ),
        Column(name="dealer", label=_("Dealer"), value=lambda row: row.dealer.name or row.dealer.key),
        Column(
            name="created_at", label=_("Created"), value=lambda row: row.created_at, kind=Kind.MOMENT, is_shown=False
        ),
    ),
    search=("name", "url"),
    order=("name",),
    services=SERVICES,
    add_form=WebhookForm,
    change_form=WebhookForm,
    once=_told_once,
    once_template="api/new_webhook.html",
)

DELIVERIES = Noun(
    name="deliveries",
    right="webhooks",
    one=_("delivery"),
    many=_("Deliveries"),
    icon="list",
    model=WebhookDelivery,
    rows=_deliveries,
    parent=Parent(noun="webhooks", field="webhook"),
    is_audited=False,
    explanation=_("What this address was told in the last two weeks, and what it answered."),
    empty_advice=_("Nothing has happened yet of which this webhook is told."),
    columns=(
        Column(
            name="created_at",
            label=_("When"),
            value=lambda row: row.created_at,
            kind=Kind.MOMENT,
            order=("created_at",),
        ),
        Column(
            name="event",
            label=_("Event"),
            value=lambda row: row.event,
            link=lambda row: reverse("delivery", args=[row.pk]),
        ),
        Column(name="subject", label=_("Of"), value=lambda row: row.subject, kind=Kind.CODE),
        Column(name="status", label=_("State"), value=lambda row: STATUS_WORDS[row.status], kind=Kind.STATE),
        Column(name="attempts", label=_("Attempts"), value=lambda row: row.attempts, kind=Kind.NUMBER),
        Column(name="response_status", label=_("Answer"), value=lambda row: row.response_status, kind=Kind.NUMBER),
    ),
    facts=(
        Column(name="payload", label=_("Message"), value=lambda row: row.payload),
        Column(name="response_text", label=_("Beginning of the answer"), value=lambda row: row.response_text),
        Column(
            name="next_attempt_at", label=_("Next attempt"), value=lambda row: row.next_attempt_at, kind=Kind.MOMENT
        ),
        Column(name="delivered_at", label=_("Delivered"), value=lambda row: row.delivered_at, kind=Kind.MOMENT),
    ),
    filters=(
        Filter(
            name="event",
            label=_("Event"),
            field=lambda _viewer: forms.ChoiceField(
                choices=[("", _("any event")), *((e, EVENT_WORDS[e]) for e in EVENTS)]
            ),
            narrow=lambda rows, event: rows.filter(event=event),
        ),
        Filter(
            name="status",
            label=_("State"),
            field=lambda _viewer: forms.ChoiceField(
                choices=[("", _("any state")), *((s, STATUS_WORDS[s][1]) for s in STATUSES)]
            ),
            narrow=lambda rows, status: rows.filter(status=status),
        ),
    ),
    order=("-created_at",),
    services=DELIVERY_SERVICES,
)
