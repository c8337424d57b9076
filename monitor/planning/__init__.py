"""Pure decisions: which hit goes to whom, when, how, and why; when to try again; what to report.

route          hits and subscriptions → routes, each with its reason
plan_alerts    instant routes → messages, one to each destination
plan_digest    the hits of a window → the digest of a slot
due_slot       is a digest due, and for which slot?
backoff        how long to wait after a failed delivery
after_answer, after_failure   what a poll leaves in the memory of its source
make_receipt   what was polled, failed, fell silent or overran
"""

from monitor.planning.deliveries import Planned, plan_alerts, plan_digest, plan_test
from monitor.planning.health import HISTORY, make_receipt
from monitor.planning.polls import after_answer, after_failure
from monitor.planning.retry import ATTEMPTS, backoff, next_poll
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

__all__ = [
    "ATTEMPTS",
    "HISTORY",
    "PRIORITIES",
    "Instant",
    "Planned",
    "Recipient",
    "Schedule",
    "Subscription",
    "Watched",
    "When",
    "after_answer",
    "after_failure",
    "backoff",
    "due_slot",
    "latest_slot",
    "make_receipt",
    "next_poll",
    "next_slot",
    "parse_when",
    "plan_alerts",
    "plan_digest",
    "plan_test",
    "route",
    "slot_name",
    "wish_for",
]
