"""What codes and names of the switch are called in people's words: results, refusals, SIP answers, who ended a call."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smartswitch.core.refusal import Reason

Words = str | Promise

RESULTS: dict[str, Words] = {
    "answered": _("Answered"),
    "unanswered": _("Not answered"),
    "refused": _("Refused"),
}

DIRECTIONS: dict[str, Words] = {
    "outbound": _("Outgoing"),
    "inbound": _("Incoming"),
    "internal": _("Internal"),
}

PARTY_KINDS: dict[str, Words] = {
    "dealer": _("Dealer"),
    "company": _("Company"),
    "originator": _("Originator"),
    "user": _("User"),
    "terminator": _("Terminator"),
}

REFUSED_ABOVE: Words = _("The switch could not take the call.")

REFUSALS: dict[str, Words] = {
    Reason.NO_CREDIT.value: _("The balance has not enough money for the first seconds of the call."),
    Reason.NO_PRICE.value: _("The price list has no price for this number, and a call is never free by omission."),
    Reason.NO_ROUTE.value: _("No route leads to this number."),
    Reason.NO_RATE.value: _("There is no exchange rate between the currency of the price and that of the balance."),
    Reason.BLOCKED.value: _("It is blocked."),
    Reason.CALL_LIMIT.value: _("As many calls as are allowed at one time were in progress."),
    Reason.RATE_LIMIT.value: _("More calls were begun in one second than are allowed."),
    Reason.NOT_ALLOWED.value: _("The caller may not call this number."),
    Reason.NO_PROFIT.value: _("Every route would have cost more than it earns, and profit control forbids that."),
    Reason.BAD_NUMBER.value: _("The number cannot be read as a telephone number."),
    Reason.UNKNOWN_PARTY.value: _("Nobody is known by this number."),
    Reason.UNREACHABLE.value: _("The called phone is not registered."),
    Reason.UNAVAILABLE.value: _("The switch was not able to take calls at that moment."),
}

REFUSALS_SHORT: dict[str, Words] = {
    Reason.NO_CREDIT.value: _("no credit"),
    Reason.NO_PRICE.value: _("no price"),
    Reason.NO_ROUTE.value: _("no route"),
    Reason.NO_RATE.value: _("no exchange rate"),
    Reason.BLOCKED.value: _("blocked"),
    Reason.CALL_LIMIT.value: _("call limit"),
    Reason.RATE_LIMIT.value: _("rate limit"),
    Reason.NOT_ALLOWED.value: _("not allowed"),
    Reason.NO_PROFIT.value: _("no profit"),
    Reason.BAD_NUMBER.value: _("bad number"),
    Reason.UNKNOWN_PARTY.value: _("unknown number"),
    Reason.UNREACHABLE.value: _("unreachable"),
    Reason.UNAVAILABLE.value: _("switch unavailable"),
}

ENDED_BY: dict[str, Words] = {
    "caller": _("The caller hung up."),
    "called": _("The called side hung up."),
    "credit": _("The time that the balances allowed was used up."),
    "block": _("The call was cut by a block."),
    "operator": _("The call was ended from the web account."),
    "media_timeout": _("No sound came any more."),
    "expiry": _("The switch lost sight of the call; it is charged to the last second that was seen."),
    "limit": _("The longest time that a call may last was reached."),
}
ENDED_BY_SWITCH: Words = _("The switch ended the call.")
SAID_TO_THE_OWNER_ONLY = ("block",)

SIP_ANSWERS: dict[int, Words] = {
    0: _("no answer came back"),
    404: _("the number does not exist"),
    408: _("nobody answered in time"),
    410: _("the number has changed"),
    480: _("not available at the moment"),
    484: _("the number is incomplete"),
    486: _("busy"),
    487: _("the caller gave up"),
    488: _("the phones have no common codec"),
    503: _("the line is overloaded"),
    600: _("busy everywhere"),
    603: _("declined"),
    604: _("the number does not exist anywhere"),
}


def sip_answer(status: int) -> Words:
    """What a final SIP status means."""
    return SIP_ANSWERS.get(status) or _("the far side answered %(status)d") % {"status": status}


def refusal(reason: str | None) -> Words:
    """A refusal as a whole sentence."""
    if reason is None:
        return REFUSED_ABOVE
    return REFUSALS.get(reason, reason)


def ended_by(who: str | None, *, is_owner: bool) -> Words:
    """Who or what ended a call. Whose block it was is not told below that dealer; so it is told to the owner only."""
    if who is None:
        return ""
    if who in SAID_TO_THE_OWNER_ONLY and not is_owner:
        return ENDED_BY_SWITCH
    return ENDED_BY.get(who, who)
