"""Numbers of an explanation as people write sums: exact, without needless zeros, with the point of the reader's language."""

from django.utils.formats import get_format

from smartswitch.core.money import PRICE_DECIMALS, format_scaled

SECONDS_PER_MINUTE = 60
EXTRA_DECIMALS = 4


def plain_price(price: int) -> str:
    """A price per minute or a fee, without its currency."""
    return trimmed(format_scaled(price, decimals=PRICE_DECIMALS))


def sixtieths(value: int) -> str:
    """A cost of 1/60 of the unit of prices, exactly, in decimals; with an ellipsis where they do not end."""
    scale = 10**EXTRA_DECIMALS
    whole, rest = divmod(abs(value) * scale, SECONDS_PER_MINUTE)
    text = trimmed(format_scaled(whole, decimals=PRICE_DECIMALS + EXTRA_DECIMALS))
    return f"{'-' if value < 0 else ''}{text}{'…' if rest else ''}"


def trimmed(text: str) -> str:
    """Decimals without needless zeros, with the point of the reader's language."""
    shown = text.rstrip("0").rstrip(".") if "." in text else text
    return shown.replace(".", get_format("DECIMAL_SEPARATOR"))
