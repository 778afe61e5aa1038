"""Who may do what: rights granted to dealers, roles of people, and logins (core/rights.py has the registry)."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from smartswitch.core.rights.standard_roles import STANDARD_ROLES
from smartswitch.web.config.columns import LineField, check, created_at, key_rules, one_of_optional, reference

RIGHT_PATTERN = r"^[a-z_]+\.[a-z_]+$"


class RightGrant(models.Model):
    """A right that a dealer was granted by its parent; it has it while its parent has it."""

    id = models.BigAutoField(primary_key=True)
    dealer = reference("dealers.Dealer", on_delete=models.CASCADE)
    right = LineField()
    created_at = created_at()

    class Meta:
        db_table = "right_grant"
        constraints = [
            check("right_grant", "right_is_well_formed", Q(right__regex=RIGHT_PATTERN)),
            models.UniqueConstraint(fields=["dealer", "right"], name="right_grant_once"),
        ]


class Role(models.Model):
    """What a kind of person may do at one dealer."""

    id = models.BigAutoField(primary_key=True)
    key = LineField()
    dealer = reference("dealers.Dealer")
    name = LineField(db_default="", blank=True)

    class Meta:
        db_table = "role"
        constraints = key_rules("role")
        indexes = [models.Index(fields=["dealer"], name="role_dealer")]

    def __str__(self) -> str:
        return self.key


class RoleRight(models.Model):
    """A right of a role."""

    id = models.BigAutoField(primary_key=True)
    role = reference("rights.Role", on_delete=models.CASCADE)
    right = LineField()

    class Meta:
        db_table = "role_right"
        constraints = [
            check("role_right", "right_is_well_formed", Q(right__regex=RIGHT_PATTERN)),
            models.UniqueConstraint(fields=["role", "right"], name="role_right_once"),
        ]


class Login(AbstractBaseUser):
    """What a person logs in with. Without a role, of either sort, a person may do all that his dealer may.

    `role` is a role of the dealer's own, `standard_role` one of core/rights/standard_roles.py. With a `company` or a `peer`
    it is the login of that customer or phone, and sees nothing else of the house (sql/narrow_logins.sql).
    """

    id = models.BigAutoField(primary_key=True)
    username = LineField(unique=False)
    password = LineField()
    dealer = reference("dealers.Dealer")
    role = reference("rights.Role", null=True, blank=True)
    standard_role = LineField(null=True, blank=True)
    company = reference("companies.Company", null=True, blank=True, on_delete=models.CASCADE)
    peer = reference("peers.Peer", null=True, blank=True, on_delete=models.CASCADE)
    name = LineField(db_default="", blank=True)
    email = LineField(db_default="", blank=True)
    is_active = models.BooleanField(db_default=True)
    created_at = created_at()

    objects = BaseUserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("dealer",)

    class Meta:
        db_table = "login"
        constraints = [
            check("login", "username_is_well_formed", Q(username__regex=r"^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,149}$")),
            models.UniqueConstraint(fields=["username"], name="login_username"),
            one_of_optional("login", "standard_role", STANDARD_ROLES),
            check("login", "has_one_role_at_most", Q(role__isnull=True) | Q(standard_role__isnull=True)),
            check("login", "is_of_a_company_or_a_peer", Q(company__isnull=True) | Q(peer__isnull=True)),
        ]
        indexes = [models.Index(fields=["dealer"], name="login_dealer")]
