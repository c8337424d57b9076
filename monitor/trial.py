"""A test message through one channel, on the way that every message takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor import planning
from monitor.errors import StoreError
from monitor.model import Attempt, Delivery, digest
from monitor.pipeline import deliver
from monitor.planning import Subscription
from monitor.store import Tx
from monitor.tools import Tools, render

LEASE = timedelta(minutes=5)


async def send_test(
    tools: Tools, channel: str, recipient: str, clock: Callable[[], datetime]
) -> Attempt:
    """Send a test message to a destination at once, even one that is turned off.

    It goes through the outbox and stays there. Raises `ValueError` for a recipient that is none.
    """
    now = clock()
    delivery = trial_message(tools, channel, recipient, now)

    def put(tx: Tx) -> Delivery | None:
        tx.forget_destination(channel, recipient)
        tx.add_delivery(delivery)
        return tx.claim_delivery(delivery.id, now + LEASE)

    claimed = await tools.store.write(put)
    if claimed is None:
        message = "another process took the test message over; see 'monitor deliveries list'"
        raise StoreError(message)
    return await deliver(tools, claimed, clock)


def trial_message(tools: Tools, channel: str, recipient: str, now: datetime) -> Delivery:
    """Return the message; each is another one, however quickly they follow one another."""
    options = tools.settings.monitor
    subscription = Subscription.model_validate(
        {
            "id": "monitor",
            "title": options.title,
            "when": "instant",
            "time_zone": options.time_zone,
            "to": [{"channel": channel, "recipient": recipient}],
        }
    )
    (planned,) = planning.plan_test(subscription, now)
    planned = replace(planned, id=digest(planned.id, now.isoformat()), slot="")
    return render(tools, planned)
