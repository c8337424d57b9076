"""A watch in plain words: the portrait of `monitor watch show`, laid out for a page; pure."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.config import Settings
from monitor.matching.portrait import MADE_BY, Portrait, portrait
from monitor.matching.rules import Lexicons, Rule
from monitor.planning.subscription import Subscription

TERMS_SHOWN = 12
"""Terms of a list that are seen at once, as in `monitor watch show`."""
MOST_TERMS = 500


@dataclass(frozen=True, slots=True)
class TermList:
    """Terms that mean the same to a watch."""

    meaning: str
    terms: tuple[str, ...]
    rest: tuple[str, ...]
    """Those that are seen when one asks for more."""
    total: int


@dataclass(frozen=True, slots=True)
class WatchView:
    """What the page says of a watch beside its hits."""

    drawn: Portrait
    watchlist: str
    """Title of its watchlist."""
    lists: tuple[TermList, ...]
    forms: tuple[TermList, ...]
    """Further forms that count, by the rule that makes them."""
    forms_total: int
    told: tuple[str, ...]
    """Titles of the subscriptions that take its hits."""


def watch_view(settings: Settings, watch: str) -> WatchView:
    """Return what there is to say of a configured watch; KeyError when there is none of that id."""
    drawn = portrait(_rule(settings, watch))
    forms: dict[str, list[str]] = {}
    for form in drawn.variants:
        forms.setdefault(form.meaning or MADE_BY.get(form.rule, form.rule), []).append(form.form)
    owner = settings.watchlists[drawn.watchlist]
    return WatchView(
        drawn=drawn,
        watchlist=owner.title or owner.watchlist,
        lists=tuple(_cut(meaning, terms) for meaning, terms in drawn.terms),
        forms=tuple(_cut(meaning, tuple(each)) for meaning, each in forms.items()),
        forms_total=len(drawn.variants),
        told=tuple(
            one.title or one.id for one in settings.subscriptions.values() if _takes(one, drawn)
        ),
    )


def _rule(settings: Settings, watch: str) -> Rule:
    """Return a watch made ready; the others of all lists only as far as its query refers to them."""
    lexicons, rules = Lexicons(), dict[str, Rule]()
    for watchlist in settings.watchlists.values():
        for each in watchlist.watches:
            rules[each.id] = Rule(each, watchlist, lexicons, rules)
    return rules[watch]


def _takes(subscription: Subscription, drawn: Portrait) -> bool:
    """Tell whether a subscription asks for the watch, as `monitor.planning.routing` judges its hits."""
    every = not subscription.watches and not subscription.watchlists
    return every or drawn.id in subscription.watches or drawn.watchlist in subscription.watchlists


def _cut(meaning: str, terms: tuple[str, ...]) -> TermList:
    return TermList(meaning, terms[:TERMS_SHOWN], terms[TERMS_SHOWN:MOST_TERMS], len(terms))
