"""Amounts and prices as people read them: in their currency, with its decimals and those that are not zero, localised.

Sums that are shown are exact: what lies beyond the decimals of the currency is shown smaller, never cut off.
"""

from dataclasses import dataclass

from django.utils.formats import get_format

from smartswitch.core.money import AMOUNT_DECIMALS, PRICE_DECIMALS, format_scaled

USUAL_DECIMALS = 2
DECIMALS_OF_CURRENCY = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),  # noqa: SIM905 - ISO 4217, one line
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),  # noqa: SIM905 - ISO 4217, one line
}
"""ISO 4217 currencies whose minor unit is not a hundredth."""
MINUS = "\N{MINUS SIGN}"
GROUP_DIGITS = 3


@dataclass(frozen=True, slots=True)
class MoneyText:
    """An amount cut into what is read at once and the small change behind it."""

    main: str
    rest: str
    currency: str
    is_negative: bool

    def __str__(self) -> str:
        return f"{self.main}{self.rest} {self.currency}".strip()


def money_text(amount: int, currency: str) -> MoneyText:
    """An amount of 10^-6: `1_234_567_800` USD is 1,234.56 and, smaller, 78."""
    return _text(amount, AMOUNT_DECIMALS, currency)


def price_text(price: int, currency: str) -> MoneyText:
    """A price per minute, or a connect fee, of 10^-8."""
    return _text(price, PRICE_DECIMALS, currency)


def _text(value: int, decimals: int, currency: str) -> MoneyText:
    currency = currency.strip()
    shown = DECIMALS_OF_CURRENCY.get(currency, USUAL_DECIMALS)
    whole, _, fraction = format_scaled(abs(value), decimals=decimals).partition(".")
    rest = fraction[shown:].rstrip("0")
    point = get_format("DECIMAL_SEPARATOR")
    main = grouped(whole)
    if shown:
        main += point + fraction[:shown]
    elif rest:
        rest = point + rest
    sign = MINUS if value < 0 else ""
    return MoneyText(sign + main, rest, currency, value < 0)


def grouped(digits: str) -> str:
    """Whole digits in groups of three."""
    if len(digits) <= GROUP_DIGITS:
        return digits
    separator = get_format("THOUSAND_SEPARATOR").replace("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}")
    head = len(digits) % GROUP_DIGITS
    groups = [digits[:head]] if head else []
    groups += [digits[at : at + GROUP_DIGITS] for at in range(head, len(digits), GROUP_DIGITS)]
    return separator.join(groups)
