"""What an edit of the rules would change: stored coverage replayed, before anything is told.

report = backtest(store, settings, start=now - 90 * DAY, end=now)     # reads one snapshot
report.gained, report.lost, report.watches, report.samples, report.mails
advice = suggest(watchlists, "rushan-abbas", marked)                  # pure
"""

from monitor.backtest.changes import Sample, WatchChange
from monitor.backtest.mails import Mails
from monitor.backtest.replay import MailChange, Progress, Report, backtest
from monitor.backtest.rules import check_rules, with_watchlist
from monitor.backtest.suggest import Advice, Marked, Suggestion, suggest

__all__ = [
    "Advice",
    "MailChange",
    "Mails",
    "Marked",
    "Progress",
    "Report",
    "Sample",
    "Suggestion",
    "WatchChange",
    "backtest",
    "check_rules",
    "suggest",
    "with_watchlist",
]
