"""A peer is one party on the wire: an originator, a terminator, or a user (an extension, a registered phone)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from smartswitch.web.config.columns import (
    LineField,
    NetworkField,
    check,
    created_at,
    key_rules,
    one_of,
    reference,
    searched,
)

KINDS = ("originator", "terminator", "user")
PAYERS = ("peer", "company")
TRANSPORTS = ("udp", "tcp", "tls")
DIRECTIONS = ("from_peer", "to_peer")
TRANSLATED_FIELDS = ("caller", "called")
LONGEST_PATTERN = 200
HIGHEST_PORT = 65535


class Peer(models.Model):
    """One party. Its balance row is always its own: it keeps the count of live calls even where the company pays."""

    id = models.BigAutoField(primary_key=True)
    key = LineField()
    dealer = reference("dealers.Dealer")
    tenant_id = models.BigIntegerField(db_default=0, editable=False)
    company = reference("companies.Company", null=True, blank=True)
    kind = LineField()
    name = LineField(db_default="", blank=True)
    balance = models.OneToOneField("balances.Balance", on_delete=models.PROTECT, related_name="+")
    pays_from = LineField(db_default="peer")
    pack = reference("packs.BillingPack", null=True, blank=True)
    inbound_pack = reference("packs.BillingPack", null=True, blank=True)
    is_blocked = models.BooleanField(db_default=False)
    calls_per_second_limit = models.IntegerField(null=True, blank=True)
    route_class = reference("routes.RouteClass", null=True, blank=True)
    extension = LineField(null=True, blank=True)
    auth_username = LineField(null=True, blank=True)
    ha1_md5 = LineField(null=True, blank=True)
    ha1_sha256 = LineField(null=True, blank=True)
    digest_realm = LineField(null=True, blank=True)
    caller_number = LineField(null=True, blank=True)
    created_at = created_at()
    searched = searched("key", "name", "extension", "auth_username")

    class Meta:
        db_table = "peer"
        constraints = [
            *key_rules("peer"),
            one_of("peer", "kind", KINDS),
            one_of("peer", "pays_from", PAYERS),
            check("peer", "has_the_company_that_pays", ~Q(pays_from="company") | Q(company__isnull=False)),
            check(
                "peer", "limits_are_positive", Q(calls_per_second_limit__isnull=True) | Q(calls_per_second_limit__gt=0)
            ),
            check("peer", "ha1_md5_is_hexadecimal", Q(ha1_md5__isnull=True) | Q(ha1_md5__regex=r"^[0-9a-f]{32}$")),
            check(
                "peer", "ha1_sha256_is_hexadecimal", Q(ha1_sha256__isnull=True) | Q(ha1_sha256__regex=r"^[0-9a-f]{64}$")
            ),
            check(
                "peer",
                "digest_has_username_and_realm",
                Q(ha1_md5__isnull=True, ha1_sha256__isnull=True)
                | Q(auth_username__isnull=False, digest_realm__isnull=False),
            ),
            models.UniqueConstraint(fields=["auth_username"], name="peer_auth_username"),
            models.UniqueConstraint(fields=["dealer", "extension"], name="peer_extension_of_dealer"),
        ]
        indexes = [
            models.Index(fields=["dealer"], name="peer_dealer"),
            models.Index(fields=["company"], name="peer_company", condition=Q(company__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key


class Terminator(models.Model):
    """How calls reach a peer of kind terminator, and the pack at which it is paid."""

    peer = models.OneToOneField(Peer, on_delete=models.CASCADE, primary_key=True, related_name="terminator")
    host = LineField()
    port = models.IntegerField(db_default=5060)
    transport = LineField(db_default="udp")
    pack = reference("packs.BillingPack", null=True, blank=True)
    priority = models.IntegerField(db_default=10)
    auth_username = LineField(null=True, blank=True)
    auth_password_encrypted = LineField(null=True, blank=True)
    auth_realm = LineField(null=True, blank=True)
    pdd_timeout_s = models.IntegerField(db_default=15)
    answers = models.BooleanField(db_default=True)
    is_active = models.BooleanField(db_default=True)

    class Meta:
        db_table = "terminator"
        constraints = [
            one_of("terminator", "transport", TRANSPORTS),
            check("terminator", "port_is_a_port", Q(port__gte=1, port__lte=HIGHEST_PORT)),
            check("terminator", "pdd_timeout_is_positive", Q(pdd_timeout_s__gt=0)),
        ]


class PeerAddress(models.Model):
    """A rule of who may call from where; without a peer it is for every peer. The last rule that matches wins."""

    id = models.BigAutoField(primary_key=True)
    peer = reference("peers.Peer", null=True, blank=True, on_delete=models.CASCADE)
    position = models.IntegerField(db_default=0)
    action = LineField(db_default="allow")
    network = NetworkField()
    port = models.IntegerField(null=True, blank=True)
    transport = LineField(null=True, blank=True)

    class Meta:
        db_table = "peer_address"
        constraints = [
            one_of("peer_address", "action", ("allow", "deny")),
            check("peer_address", "transport_is_known", Q(transport__isnull=True) | Q(transport__in=TRANSPORTS)),
            check("peer_address", "port_is_a_port", Q(port__isnull=True) | Q(port__gte=1, port__lte=HIGHEST_PORT)),
        ]
        indexes = [models.Index(fields=["peer"], name="peer_address_peer")]


class NumberTranslation(models.Model):
    """A pattern that rewrites a number on its way from or to a peer; patterns apply in the order of their positions."""

    id = models.BigAutoField(primary_key=True)
    peer = reference("peers.Peer", on_delete=models.CASCADE)
    direction = LineField()
    field = LineField()
    position = models.IntegerField(db_default=0)
    pattern = LineField()
    replacement = LineField(db_default="", blank=True)

    class Meta:
        db_table = "number_translation"
        constraints = [
            one_of("number_translation", "direction", DIRECTIONS),
            one_of("number_translation", "field", TRANSLATED_FIELDS),
            check("number_translation", "pattern_is_short", LessThanOrEqual(Length("pattern"), LONGEST_PATTERN)),
            check(
                "number_translation", "replacement_is_short", LessThanOrEqual(Length("replacement"), LONGEST_PATTERN)
            ),
        ]
        indexes = [models.Index(fields=["peer"], name="number_translation_peer")]


class Did(models.Model):
    """A phone number that leads to a peer."""

    id = models.BigAutoField(primary_key=True)
    number = LineField()
    peer = reference("peers.Peer")
    dealer = reference("dealers.Dealer")
    tenant_id = models.BigIntegerField(db_default=0, editable=False)

    class Meta:
        db_table = "did"
        constraints = [
            check("did", "number_is_digits", Q(number__regex=r"^[0-9]{3,15}$")),
            models.UniqueConstraint(fields=["number"], name="did_number"),
        ]
        indexes = [
            models.Index(fields=["peer"], name="did_peer"),
            models.Index(fields=["dealer"], name="did_dealer"),
        ]


class Location(models.Model):
    """Where registered phones are: Kamailio's own table (usrloc, version 9), read-only for us."""

    ruid = models.CharField(max_length=64, unique=True)
    username = models.CharField(max_length=64)
    domain = models.CharField(max_length=64, null=True)
    contact = models.CharField(max_length=512)
    received = models.CharField(max_length=128, null=True)
    expires = models.DateTimeField()
    user_agent = models.CharField(max_length=255)
    last_modified = models.DateTimeField()

    class Meta:
        db_table = "location"
        managed = False
