"""The hosts at which the web account answers: the operator's own, and those of brands; any other is refused with 400.

Django asks by going through a list, and takes nothing but a list. The operator's own hosts come first, so that for them the
database is not asked.
"""

from collections.abc import Iterator


class AcceptedHosts(list[str]):
    """The operator's own hosts, as a list; going through it gives those of brands, too."""

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        from smartswitch.web.brand.known_brands import hosts

        yield from hosts()

    @property
    def own(self) -> tuple[str, ...]:
        """The operator's own hosts."""
        return tuple(self[place] for place in range(len(self)))
