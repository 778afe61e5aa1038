"""How the cells of calls are written: in Python, as those of nouns (nouns/rendering.py), for there are many in a page.

Numbers, and the names that phones show, come from strangers: `markup` escapes all of it.
"""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from smartswitch.web.dashboard.presentation import LegView, Relation
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.ui.markup import markup, markup_each
from smartswitch.web.ui.templatetags.smartswitch import icon, money, phone

NOTHING = SafeString('<span class="text-secondary">–</span>')


def numbers_html(call: Any, viewer: Viewer) -> SafeString:
    """Who called whom, and whose phone it is: of a leg, or of a live call."""
    whose = [markup("{}", call.who)]
    if call.dealer != viewer.dealer_key:
        whose.append(markup("{}", call.dealer_name or call.dealer))
    if call.caller_name:
        title = _("The name that the phone shows")
        whose.append(markup('<span class="caller-name" title="{}">“{}”</span>', title, call.caller_name))
    return markup(
        '<div><div class="numbers"><span class="phone">{}</span>{}<span class="visually-hidden">{}</span>'
        '<span class="phone">{}</span></div><div class="whose">{}</div></div>',
        phone(call.caller), icon("arrow-right"), _("calls"), phone(call.called), SafeString(" · ".join(whose)),
    )  # fmt: skip


def charges_html(view: LegView) -> SafeString:
    """What each level paid for a leg, and to whom."""
    if not view.charges:
        return NOTHING
    rows = (
        (each.relation.value, who, who, money(each.charge.amount, each.charge.currency))
        for each in view.charges
        for who in (_who(each.relation, each.charge),)
    )
    lines = markup_each('<li class="charge-{}"><span class="charge-who" title="{}">{}</span> {}</li>', rows)
    return markup('<ul class="charges">{}</ul>', lines)


def _who(relation: Relation, charge: Any) -> str:
    if relation is Relation.PAID:
        return _("you → %(seller)s") % {"seller": charge.seller_name}
    if relation is Relation.SOLD:
        return _("%(payer)s → you") % {"payer": charge.payer_name}
    return f"{charge.payer_name} → {charge.seller_name}"
