"""Where pages of rows are: as `reverse` says, which goes through all patterns of addresses for each row of a table again."""

from functools import cache

from django.urls import reverse

_SAMPLE = 987_654_321_987


def row_address(name: str, pk: int) -> str:
    """The address of the page `name`, whose one argument is the number of a row."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_SAMPLE]).partition(str(_SAMPLE))
    return before, after
