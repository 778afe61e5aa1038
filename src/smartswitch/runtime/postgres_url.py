"""Rewriting database URLs: another database, another role, the rest unchanged."""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit


def with_database(url: str, name: str) -> str:
    """Return `url` for another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name, safe='')}"))


def with_role(url: str, role: str) -> str:
    """Return `url` for a session that acts as `role`.

    Over a Unix socket the role is who connects. Over the network it would need a password of its own, so the session
    connects as before and takes the role on (`SET ROLE`), which the connecting role must have been granted.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if query.get("host", "").startswith("/"):
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{quote(role, safe='')}@{host}"))
    query["options"] = f"{query.get('options', '')} -c role={role}".strip()
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))
