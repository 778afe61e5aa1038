"""What a call to a number costs by a pack, with every step: rated by the functions that charge calls (core/rating.py).

Only the prices of codes that are prefixes of the number are read, so a pack of a million codes answers at once. They go
through the same index that a node holds, so the same code wins here and there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from smartswitch.core.money import format_scaled
from smartswitch.core.pack import IncrementFrom, Tariff, TaxMode, Terms
from smartswitch.core.pack_index import LONGEST_CODE, Missing, PackError
from smartswitch.core.phone_number import BadNumber, canonical_number
from smartswitch.core.rating import COST_DENOMINATOR, SECONDS_PER_MINUTE, BandCost, RatedCall, rate_call
from smartswitch.core.time_band import band_at
from smartswitch.web.dashboard.explanation import Step
from smartswitch.web.nouns.fields import PPM_OF_PERCENT_DECIMALS
from smartswitch.web.packs.models import BillingPack, Price
from smartswitch.web.packs.selectors import index_of, moment_ms
from smartswitch.web.packs.words import ROUNDINGS
from smartswitch.web.ui.arithmetic import plain_price, sixtieths, trimmed
from smartswitch.web.ui.core_words import in_words
from smartswitch.web.ui.money_format import money_text, price_text

SHOWN_DECIMALS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The answer. `amount` (10^-6) is None where there is no price; then `refusal` says why. `code` is the one that won."""

    number: str
    amount: int | None
    currency: str
    refusal: str
    code: str | None
    steps: tuple[Step, ...]


def cost_of_call(pack: BillingPack, dialled: str, *, seconds: int, at: datetime) -> Cost:
    """Price a call to what was dialled, answered at a moment."""
    number = canonical_number("".join(dialled.split()))
    if isinstance(number, BadNumber):
        return _refused(
            pack,
            dialled,
            _("This is not a number that can be called: it %(why)s.") % {"why": in_words(number.sentence)},
        )
    codes = [number[:length] for length in range(1, min(len(number), LONGEST_CODE) + 1)]
    try:
        index = index_of(pack, Price.objects.filter(pack=pack, code__in=codes))
    except PackError as error:
        return _refused(
            pack, number, _("No call can be charged by this pack: %(why)s.") % {"why": in_words(error.sentence)}
        )
    at_ms = moment_ms(at)
    tariff = index.look_up(number, at_ms)
    known = index.codes_of(number)
    if not isinstance(tariff, Tariff):
        return _refused(pack, number, _missing(tariff, known))
    band = band_at(index.timetable, at_ms) if index.timetable is not None else None
    rated = rate_call(tariff, answered_at_ms=at_ms, duration_s=seconds)
    others = [code for code in known if code != rated.code]
    steps = [
        Step(_("Code"), _code(rated.code, number, others)),
        *([Step(_("Time band"), band or _("none: priced at all times"))] if index.timetable is not None else []),
        *_steps(tariff, rated, seconds, at_ms),
    ]
    return Cost(
        number=number, amount=rated.amount, currency=pack.currency, refusal="", code=rated.code, steps=tuple(steps)
    )


def _refused(pack: BillingPack, number: str, why: str) -> Cost:
    return Cost(number=number, amount=None, currency=pack.currency, refusal=why, code=None, steps=())


def _missing(why: Missing, known: tuple[str, ...]) -> str:
    if why is Missing.BLOCKED:
        return _("The code %(code)s is blocked: the call does not pass.") % {"code": known[0]}
    if known:
        return _("No price of the codes %(codes)s holds at this moment: the call does not pass.") % {
            "codes": ", ".join(known)
        }
    return _("No code of this pack begins like this number: the call does not pass.")


def _code(code: str, number: str, others: list[str]) -> str:
    text = _("%(code)s: the longest code in force with which %(number)s begins") % {"code": code, "number": number}
    return text + _("; %(others)s would also fit") % {"others": ", ".join(others)} if others else text


def _steps(tariff: Tariff, rated: RatedCall, seconds: int, at_ms: int) -> Iterator[Step]:
    terms = tariff.terms
    yield Step(_("Seconds"), _seconds(tariff, rated, seconds, at_ms))
    for part in rated.parts:
        name = _("Price in band %(band)s") % {"band": part.price.band} if part.price.band else _("Price, at all times")
        yield Step(name, _price(part, terms))
    if rated.parts:
        yield Step(_("Cost"), _sum(rated.parts, terms))
    if terms.tax_mode is not TaxMode.NONE:
        yield Step(_("Tax"), _tax(rated, terms))
    if terms.tax_mode is TaxMode.ADDED and rated.parts:
        yield Step(_("Cost with tax"), f"{_exact(rated.numerator)} {terms.currency}")
    yield Step(
        _("Rounding"),
        _("Once, %(rule)s, to %(decimals)d decimals = %(amount)s")
        % {
            "rule": dict(ROUNDINGS)[terms.rounding.value],
            "decimals": terms.decimals,
            "amount": money_text(rated.amount, terms.currency),
        },
    )


def _seconds(tariff: Tariff, rated: RatedCall, seconds: int, at_ms: int) -> str:
    price = rated.parts[0].price if rated.parts else tariff.price_at(at_ms)
    if not rated.parts:
        if seconds:
            return _("Talked %(talked)d s: within the grace, so nothing is charged") % {"talked": seconds}
        return _("Talked 0 s: nothing is charged")
    first_s = sum(part.first_block_s for part in rated.parts)
    from_block = tariff.terms.increment_from is IncrementFrom.FIRST_BLOCK
    text = _("Talked %(talked)d s. First block %(first)d s, then %(rest)d s") % {
        "talked": seconds,
        "first": first_s,
        "rest": rated.billed_s - first_s,
    }
    text += _(" in steps of %(step)d s counted %(origin)s") % {
        "step": price.increment_s,
        "origin": _("after the first block") if from_block else _("from the start"),
    }
    if price.free_s:
        text += _(", %(free)d s free") % {"free": price.free_s}
    return text + _(": charged %(charged)d s") % {"charged": rated.billed_s}


def _price(part: BandCost, terms: Terms) -> str:
    price = part.price
    text = _("%(price)s a minute") % {"price": price_text(price.price_per_minute, terms.currency)}
    if price.first_price_per_minute != price.price_per_minute:
        first = price_text(price.first_price_per_minute, terms.currency)
        text += _("; %(price)s a minute in the first block") % {"price": first}
    if part.connect_fee:
        text += _("; connect fee %(fee)s") % {"fee": price_text(part.connect_fee, terms.currency)}
    return text


def _sum(parts: tuple[BandCost, ...], terms: Terms) -> str:
    shown, total = [], 0
    for part in parts:
        if part.connect_fee:
            shown.append(plain_price(part.connect_fee))
            total += part.connect_fee * SECONDS_PER_MINUTE
        for seconds, price in (
            (part.first_block_s, part.price.first_price_per_minute),
            (part.charged_s, part.price.price_per_minute),
        ):
            if seconds:
                shown.append(f"{seconds} s × {plain_price(price)} / {SECONDS_PER_MINUTE}")
                total += seconds * price
    return f"{' + '.join(shown) or '0'} = {sixtieths(total)} {terms.currency}"


def _exact(numerator: int) -> str:
    """A cost numerator of the core in decimals; with an ellipsis where they do not end."""
    digits, rest = divmod(numerator * 10**SHOWN_DECIMALS, COST_DENOMINATOR)
    return trimmed(format_scaled(digits, decimals=SHOWN_DECIMALS)) + ("…" if rest else "")


def _tax(rated: RatedCall, terms: Terms) -> str:
    words = {
        "percent": trimmed(format_scaled(terms.tax_ppm, decimals=PPM_OF_PERCENT_DECIMALS)),
        "tax": money_text(rated.tax, terms.currency),
    }
    if terms.tax_mode is TaxMode.ADDED:
        return _("%(percent)s %% is added to the cost; %(tax)s of the amount is tax") % words
    return _("%(percent)s %% is included in the price; %(tax)s of the amount is tax") % words
