"""How facts of calls are said to one viewer: who pays whom seen from where he stands, and results in words and colours."""

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from smartswitch.web.calls.selectors.legs import ChargeFact, LegFact
from smartswitch.web.dashboard import words
from smartswitch.web.login.viewer import Viewer

MS_PER_SECOND = 1000


class Relation(Enum):
    """Where the viewer stands to a charge."""

    PAID = "paid"
    SOLD = "sold"
    BELOW = "below"

    @classmethod
    def of(cls, charge: ChargeFact, viewer: Viewer) -> "Relation":
        """Whether he paid it, sold it, or it is between others below him."""
        if charge.is_paid_by(viewer):
            return cls.PAID
        return cls.SOLD if charge.is_sold_by(viewer) else cls.BELOW


@dataclass(frozen=True, slots=True)
class ChargeView:
    """A charge in one line."""

    charge: ChargeFact
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class LegView:
    """A leg as it is shown. `colour` is a name of the palette, `result_words` one or two words, `story` a sentence."""

    leg: LegFact
    charges: tuple[ChargeView, ...]
    colour: str
    result_words: words.Words
    detail: words.Words
    story: words.Words
    direction: words.Words

    @property
    def duration_s(self) -> int:
        """Whole seconds talked."""
        return self.leg.billed_s

    @property
    def ring_s(self) -> int:
        """Whole seconds from the INVITE to the answer, or to the end without one."""
        leg = self.leg
        until_ms = leg.ended_at_ms if leg.answered_at_ms is None else leg.answered_at_ms
        return max(0, until_ms - leg.authorized_at_ms) // MS_PER_SECOND

    @classmethod
    def of(cls, leg: LegFact, viewer: Viewer) -> "LegView":
        """Say a leg to a viewer."""
        return cls(
            leg=leg,
            charges=tuple(ChargeView(charge, Relation.of(charge, viewer)) for charge in leg.charges),
            colour={"answered": "green", "unanswered": "yellow", "refused": "red"}.get(leg.result, "secondary"),
            result_words=words.RESULTS.get(leg.result, leg.result),
            detail=_detail(leg),
            story=_story(leg, viewer),
            direction=words.DIRECTIONS.get(leg.direction, leg.direction),
        )


def _detail(leg: LegFact) -> words.Words:
    if leg.result == "refused":
        return "" if leg.reason is None else words.REFUSALS_SHORT.get(leg.reason, leg.reason)
    return words.sip_answer(leg.sip_status) if leg.result == "unanswered" else ""


def _story(leg: LegFact, viewer: Viewer) -> words.Words:
    if leg.result == "refused":
        said = words.refusal(leg.reason)
        if leg.refused_by is None:
            return said
        return _("%(party)s: %(sentence)s") % {"party": leg.refused_by, "sentence": said}
    if leg.result == "unanswered":
        return _("Nobody was connected: %(answer)s.") % {"answer": words.sip_answer(leg.sip_status)}
    if leg.ended_by == "credit" and leg.refused_by is not None:
        return _("The call was cut: %(party)s had used up its credit.") % {"party": leg.refused_by}
    return words.ended_by(leg.ended_by, is_owner=viewer.is_owner)
