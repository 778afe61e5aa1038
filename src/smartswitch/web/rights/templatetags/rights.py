"""What the templates of rights ask: the standard roles, and what a role allows."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import gettext as _

from smartswitch.core.rights.standard_roles import STANDARD_ROLES, StandardRole
from smartswitch.web.rights.matrix import Matrix, matrix_of
from smartswitch.web.rights.path import rights_of_dealer, rights_of_role

register = template.Library()


@register.simple_tag
def standard_roles() -> Iterable[StandardRole]:
    """All standard roles, in the order of the pages."""
    return STANDARD_ROLES.values()


@register.simple_tag
def role_matrix(role: Any) -> Matrix:
    """What a role allows, to be looked at."""
    in_effect = rights_of_dealer(role.dealer_id)
    return matrix_of(
        rights_of_role(role.pk), own=frozenset(), reason=_("press Change to change it"), in_effect=in_effect
    )


@register.simple_tag
def key_matrix(key: Any) -> Matrix:
    """What an API key allows, to be looked at."""
    return matrix_of(
        frozenset(key.scopes), own=frozenset(), reason=_("the rights of a key cannot be changed; make a new one")
    )
