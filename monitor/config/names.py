"""The names of watches as a search may ask for them: plain text without the signs of our terms."""

from __future__ import annotations

from monitor.matching import Watch, Watchlist
from monitor.matching.terms import expand
from monitor.matching.watchlist import Named

LONGEST = 100
"""Characters; what is longer is a sentence, which nobody publishes word for word."""


def names_of(watchlist: Watchlist) -> tuple[tuple[str, ...], ...]:
    """Return the names of each watch, the one that readers see first.

    Persons and organisations are searched for by name and aliases, topics by phrases. Short forms,
    soft phrases, groups that must stand together and queries are left out: no provider judges them
    as we do.
    """
    return tuple(_names(watch, watchlist) for watch in watchlist.watches)


def _names(watch: Watch, watchlist: Watchlist) -> tuple[str, ...]:
    terms = watch.phrases
    if isinstance(watch, Named):
        terms = (watch.name, *watch.aliases, *watch.phrases)
    groups = {**watchlist.groups, **watch.groups}
    plain = (_plain(term) for term in expand(terms, groups))
    return tuple(dict.fromkeys(name for name in plain if name))


def _plain(term: str) -> str:
    """Return a term without ``=`` and ``*``, empty when too little is left to search for."""
    text = " ".join(term.removeprefix("=").replace("*", " ").split())
    letters = sum(letter.isalnum() for letter in text)
    least = 2 if any(ord(letter) > 0x2E80 for letter in text) else 3  # noqa: PLR2004 - from there on, ideographs
    return text if least <= letters and len(text) <= LONGEST else ""
