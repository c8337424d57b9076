"""Finding watched persons, organisations and topics in items: fold, scan, judge, explain."""

from monitor.matching.definition import watchlists_of
from monitor.matching.matcher import Matcher
from monitor.matching.watchlist import Organisation, Person, Topic, Watch, Watchlist

__all__ = ["Matcher", "Organisation", "Person", "Topic", "Watch", "Watchlist", "watchlists_of"]
