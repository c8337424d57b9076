"""Pure decisions: which hit goes to whom, when, how, and why; when to try again; what to report.

route          hits and subscriptions → routes, each with its reason
release        which of the hits to be told at once may go now: quiet hours, wait, budget
plan_alert     those hits → the message, one to each destination
plan_digest    the hits of a window → the digest of a slot
due_slot       is a digest due, and for which slot?
backoff        how long to wait after a failed delivery
after_result   whether a destination that fails is held back or turned off
next_poll      when a source is asked again: by its rhythm, its hints, its bounds
after_answer, after_failure   what a poll leaves in the memory of its source
follow_hub, asked, verified    how subscriptions at hubs come about and end
as_back_up     polls are rarer while a hub tells of news
first_visits, next_visit      which pages are fetched for their text, and when again
health_of      how a source is, and why in plain words
plan_owner     what the owner is told of sources whose health changed
make_receipt   what was polled, failed, fell silent or overran
"""

from monitor.planning.breaker import Result, after_result, is_off, plan_turned_off
from monitor.planning.deliveries import Planned, plan_alert, plan_digest, plan_test
from monitor.planning.health import Condition, Health, health_of, span_in_words
from monitor.planning.leases import (
    WANTED_SECONDS,
    after_push,
    as_back_up,
    asked,
    denied,
    follow_hub,
    is_over,
    is_signed,
    refused,
    verified,
)
from monitor.planning.owner import APART, OWNER, changes_of, plan_owner
from monitor.planning.pacing import next_poll
from monitor.planning.polls import after_answer, after_failure
from monitor.planning.receipt import make_receipt
from monitor.planning.release import Release, Waiting, release
from monitor.planning.retelling import is_told_again, tell_again
from monitor.planning.retry import ATTEMPTS, backoff
from monitor.planning.routing import PRIORITIES, Watched, route, wish_for
from monitor.planning.schedule import (
    Instant,
    Schedule,
    When,
    due_slot,
    latest_slot,
    next_slot,
    parse_when,
    slot_name,
)
from monitor.planning.subscription import Recipient, Subscription
from monitor.planning.trends import STATISTIC, TREND_HISTORY, history_of, trends_of
from monitor.planning.visits import first_visits, later, look_again, next_visit
from monitor.planning.wishes import Around

__all__ = [
    "APART",
    "ATTEMPTS",
    "OWNER",
    "PRIORITIES",
    "STATISTIC",
    "TREND_HISTORY",
    "WANTED_SECONDS",
    "Around",
    "Condition",
    "Health",
    "Instant",
    "Planned",
    "Recipient",
    "Release",
    "Result",
    "Schedule",
    "Subscription",
    "Waiting",
    "Watched",
    "When",
    "after_answer",
    "after_failure",
    "after_push",
    "after_result",
    "as_back_up",
    "asked",
    "backoff",
    "changes_of",
    "denied",
    "due_slot",
    "first_visits",
    "follow_hub",
    "health_of",
    "history_of",
    "is_off",
    "is_over",
    "is_signed",
    "is_told_again",
    "later",
    "latest_slot",
    "look_again",
    "make_receipt",
    "next_poll",
    "next_slot",
    "next_visit",
    "parse_when",
    "plan_alert",
    "plan_digest",
    "plan_owner",
    "plan_test",
    "plan_turned_off",
    "refused",
    "release",
    "route",
    "slot_name",
    "span_in_words",
    "tell_again",
    "trends_of",
    "verified",
    "wish_for",
]
