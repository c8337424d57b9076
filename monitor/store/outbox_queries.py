"""The outbox: what each subscription does with each hit, messages, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, delete, func, select, tuple_, update

from monitor.model import Attempt, Delivery, DeliveryStatus, Mode, Route
from monitor.store.base import CHUNK, chunks, insert_new
from monitor.store.destination_queries import is_due, is_failing, is_free, within
from monitor.store.hit_queries import stored_hit, with_items
from monitor.store.outbox_lists import OutboxLists
from monitor.store.outbox_rows import (
    attempt_of,
    attempt_row,
    delivery_of,
    delivery_row,
    route_of,
    route_row,
)
from monitor.store.rows import Row, labelled
from monitor.store.tables import ATTEMPT, DELIVERY, DELIVERY_HIT, HIT, ROUTE, STORY_LINK
from monitor.store.values import StoredHit, split_cursor

_SENT = DELIVERY.c


class OutboxQueries(OutboxLists):
    """Decisions about hits, and messages with their attempts."""

    def add_routes(self, routes: Iterable[Route]) -> None:
        """Keep decisions; the first one about a hit for a subscription stands."""
        self._add(ROUTE, [route_row(route) for route in routes])

    def drop_skips(self, hits: Iterable[str]) -> None:
        """Forget decisions to skip ``hits``: they are judged anew."""
        for chunk in chunks(hits):
            skips = ROUTE.c.hit.in_(chunk) & (ROUTE.c.mode == str(Mode.SKIP))
            self._run(delete(ROUTE).where(skips))

    def routes(self, hits: Iterable[str]) -> list[Route]:
        """Return every decision about these hits, by hit and subscription."""
        found: list[Route] = []
        for chunk in chunks(hits):
            statement = select(*labelled(ROUTE)).where(ROUTE.c.hit.in_(chunk))
            statement = statement.order_by(ROUTE.c.hit, ROUTE.c.subscription)
            found += [route_of(row) for row in self._all(statement)]
        return found

    def told_hits(self, subscription: str, hits: Iterable[str]) -> set[str]:
        """Return which of ``hits`` a message of ``subscription`` has told, or is about to."""
        told = _told_of(subscription, DELIVERY_HIT.c.hit)
        return {
            hit
            for chunk in chunks(hits)
            for hit in self._run(told.where(DELIVERY_HIT.c.hit.in_(chunk))).scalars()
        }

    def told_stories(self, subscription: str, stories: Iterable[str]) -> set[str]:
        """Return which of ``stories`` a message of ``subscription`` tells, or is about to."""
        asked = list(stories)
        if not asked:  # as in every first poll
            return set()
        told = _told_of(subscription, STORY_LINK.c.story)
        told = told.join(HIT, HIT.c.id == DELIVERY_HIT.c.hit)
        told = told.join(STORY_LINK, STORY_LINK.c.item == HIT.c.item)
        return {
            story
            for chunk in chunks(asked)
            for story in self._run(told.where(STORY_LINK.c.story.in_(chunk))).scalars()
        }

    def digest_hits(self, subscription: str, since: datetime | None = None) -> list[StoredHit]:
        """Return the hits routed to the digest that no digest has carried yet, oldest first.

        With ``since``: all that were found since then, whether carried or not.
        """
        statement = _routed(subscription, Mode.DIGEST)
        fresh = ~ROUTE.c.carried if since is None else HIT.c.found > since
        return self._stored(statement.where(fresh))

    def all_wait(self, subscription: str, hits: Iterable[str]) -> bool:
        """Tell whether none of ``hits``, which were routed to the digest, has been carried yet."""
        carried = select(func.count()).where(ROUTE.c.subscription == subscription, ROUTE.c.carried)
        return not any(
            self._run(carried.where(ROUTE.c.hit.in_(chunk))).scalar_one() for chunk in chunks(hits)
        )

    def alert_hits(self, subscription: str) -> list[StoredHit]:
        """Return the hits to be told at once that no alert has carried yet, oldest first."""
        return self._stored(_routed(subscription, Mode.INSTANT).where(~ROUTE.c.carried))

    def last_digest(self, subscription: str) -> datetime | None:
        """Return when the last digest of ``subscription`` was made, None when there was none."""
        made = select(func.max(_SENT.created)).where(
            _SENT.subscription == subscription, _SENT.kind == "digest"
        )
        last: datetime | None = self._run(made).scalar()
        return last

    def subscriptions_waiting(self) -> set[str]:
        """Return the subscriptions that have hits to be told at once and not yet told."""
        waiting = select(ROUTE.c.subscription).distinct()
        waiting = waiting.where(ROUTE.c.mode == str(Mode.INSTANT), ~ROUTE.c.carried)
        return set(self._run(waiting).scalars())

    def alert_times(
        self, destinations: Iterable[tuple[str, str]], since: datetime
    ) -> list[datetime]:
        """Return when alerts were made since then for that of ``destinations`` that got most.

        A destination is a channel and a recipient, whatever the subscription.
        """
        times: list[list[datetime]] = [[]]
        for channel, recipient in destinations:
            made = select(_SENT.created).where(
                _SENT.kind == "alert",
                _SENT.channel == channel,
                _SENT.recipient == recipient,
                _SENT.created > since,
            )
            times.append(list(self._run(made.order_by(_SENT.created)).scalars()))
        return max(times, key=len)

    def _stored(self, statement: Select[Any]) -> list[StoredHit]:
        return [stored_hit(row) for row in self._all(statement.order_by(HIT.c.time, HIT.c.id))]

    def add_delivery(self, delivery: Delivery) -> bool:
        """Put ``delivery`` in the outbox and return True; see `add_deliveries`."""
        return bool(self.add_deliveries([delivery]))

    def add_deliveries(self, deliveries: Iterable[Delivery]) -> list[Delivery]:
        """Put ``deliveries`` in the outbox and return those that were not there.

        One is there, and nothing changes, when its id is or, for a digest, when its destination has
        one for its slot. The hits of an alert or a digest are carried from now on; those that many
        destinations share are marked once.
        """
        insert = insert_new(self._dialect, DELIVERY).execution_options(preserve_rowcount=True)
        added = [one for one in deliveries if self._run(insert, delivery_row(one)).rowcount == 1]
        self.told = self.told or bool(added)
        rows = [
            {"delivery": one.id, "hit": hit, "position": position}
            for one in added
            for position, hit in enumerate(dict.fromkeys(one.hits))
        ]
        self._add(DELIVERY_HIT, rows)
        told = [(one.subscription, one.hits) for one in added if one.kind in {"alert", "digest"}]
        for subscription, hits in dict.fromkeys(told):
            for chunk in chunks(hits):
                mine = (ROUTE.c.subscription == subscription) & ROUTE.c.hit.in_(chunk)
                self._run(update(ROUTE).where(mine).values(carried=True))
        return added

    def claim_deliveries(
        self,
        now: datetime,
        limit: int,
        lease_seconds: float,
        left: Mapping[str, int] = MappingProxyType({}),
    ) -> list[Delivery]:
        """Return pending deliveries that are due, longest first, leased until an attempt is told.

        Of those to a destination that fails only one is among them, when its pause is over; of a
        channel that ``left`` names not more than it says. No other process gets them before
        `record_attempt` or `release_delivery`, or before the lease ends because whoever held it died.
        """
        probes = self.probes(now, limit, lease_seconds, left)
        due = (
            select(_SENT.id, _SENT.channel)
            .where(is_due(now), ~is_failing(), is_free(left))
            .order_by(_SENT.due)  # as the index has it: a second key would sort all that are due
            .limit(limit - len(probes))
            .with_for_update(skip_locked=True)
        )
        chosen = within(left, [*probes, *self._run(due)])
        claim = (
            update(DELIVERY)
            .where(_SENT.id.in_(chosen))
            .values(lease_until=now + timedelta(seconds=lease_seconds))
            .returning(*labelled(DELIVERY))
        )
        claimed = self._with_hits(self._all(claim))
        return sorted(claimed, key=lambda delivery: (delivery.due, delivery.id))

    def release_delivery(self, delivery: str) -> None:
        """End the lease on ``delivery`` without an attempt: it stays due."""
        self._run(update(DELIVERY).where(_SENT.id == delivery).values(lease_until=None))

    def record_attempt(self, attempt: Attempt) -> None:
        """Keep ``attempt`` and let it decide its delivery.

        Sent when it went well; dead when it was the last; otherwise due again at ``next_due``.
        A late failure does not take back what another process has sent.
        """
        self._run(insert_new(self._dialect, ATTEMPT), attempt_row(attempt))
        mine = update(DELIVERY).where(_SENT.id == attempt.delivery)
        self._run(mine.values(attempts=_SENT.attempts + 1))
        if attempt.ok:
            self._run(mine.values(status=str(DeliveryStatus.SENT), lease_until=None))
            return
        change: dict[str, Any] = {"lease_until": None}
        if attempt.final:
            change["status"] = str(DeliveryStatus.DEAD)
        elif attempt.next_due is not None:
            change["due"] = attempt.next_due
        self._run(mine.where(_SENT.status == str(DeliveryStatus.PENDING)).values(change))

    def cancel_delivery(self, delivery: str) -> bool:
        """Take a pending delivery out of the outbox; False when it is not pending."""
        return self._move(delivery, DeliveryStatus.PENDING, status=str(DeliveryStatus.CANCELLED))

    def revive_delivery(self, delivery: str, due: datetime) -> bool:
        """Send a dead letter again at ``due``, the same bytes, with all attempts before it anew.

        One that waits becomes due, and its lease stays: somebody may be sending it. False when it
        is neither.
        """
        pending = str(DeliveryStatus.PENDING)
        if self._move(delivery, DeliveryStatus.DEAD, status=pending, due=due, attempts=0):
            return True
        waiting = update(DELIVERY).where(_SENT.id == delivery, _SENT.status == pending)
        return self._run(waiting.values(due=due)).rowcount == 1

    def deliveries_like(self, prefix: str, limit: int = 2) -> list[str]:
        """Return at most ``limit`` ids that begin with ``prefix``, or the one that equals it."""
        statement = select(_SENT.id).where(_SENT.id.startswith(prefix, autoescape=True))
        found = list(self._run(statement.order_by(_SENT.id).limit(limit)).scalars())
        return [prefix] if prefix in found else found

    def claim_delivery(self, delivery: str, until: datetime) -> Delivery | None:
        """Lease one pending delivery that nobody works on, whenever it is due; None when it is not."""
        mine = update(DELIVERY).where(
            _SENT.id == delivery,
            _SENT.status == str(DeliveryStatus.PENDING),
            _SENT.lease_until.is_(None),
        )
        leased = self._run(mine.values(lease_until=until)).rowcount
        return self.delivery(delivery) if leased == 1 else None

    def _move(self, delivery: str, origin: DeliveryStatus, **change: Any) -> bool:
        mine = update(DELIVERY).where(_SENT.id == delivery, _SENT.status == str(origin))
        return self._run(mine.values(lease_until=None, **change)).rowcount == 1

    def delivery(self, delivery: str) -> Delivery | None:
        """Return one delivery, None when there is none."""
        statement = select(*labelled(DELIVERY)).where(_SENT.id == delivery)
        return next(iter(self._with_hits(self._all(statement))), None)

    def deliveries(
        self,
        limit: int,
        status: DeliveryStatus | None = None,
        before: str = "",
        channel: str | None = None,
    ) -> list[Delivery]:
        """Return at most ``limit`` deliveries, newest first.

        ``before`` is ``"<created>|<id>"`` of the last one of the page before.
        """
        statement = select(*labelled(DELIVERY))
        if status is not None:
            statement = statement.where(_SENT.status == str(status))
        if channel is not None:
            statement = statement.where(_SENT.channel == channel)
        if before:
            statement = statement.where(
                tuple_(_SENT.created, _SENT.id) < tuple_(*split_cursor(before))
            )
        statement = statement.order_by(_SENT.created.desc(), _SENT.id.desc()).limit(limit)
        return self._with_hits(self._all(statement))

    def sent_to(self, subscription: str, channel: str, limit: int) -> list[Delivery]:
        """Return the last messages of a subscription that a channel has sent, the newest first."""
        statement = select(*labelled(DELIVERY)).where(
            _SENT.subscription == subscription,
            _SENT.channel == channel,
            _SENT.status.concat("") == str(DeliveryStatus.SENT),  # by date, see `OutboxLists`
        )
        statement = statement.order_by(_SENT.created.desc(), _SENT.id.desc()).limit(limit)
        return self._with_hits(self._all(statement))

    def attempts(self, delivery: str) -> list[Attempt]:
        """Return what was tried for ``delivery``, oldest first."""
        statement = select(*labelled(ATTEMPT)).where(ATTEMPT.c.delivery == delivery)
        return [attempt_of(row) for row in self._all(statement.order_by(ATTEMPT.c.id))]

    def _with_hits(self, rows: Sequence[Row]) -> list[Delivery]:
        hits: dict[str, list[str]] = {row["delivery_id"]: [] for row in rows}
        column = DELIVERY_HIT.c
        for chunk in chunks(hits, CHUNK):
            statement = select(column.delivery, column.hit).where(column.delivery.in_(chunk))
            for delivery, hit in self._run(statement.order_by(column.delivery, column.position)):
                hits[delivery].append(hit)
        return [delivery_of(row, tuple(hits[row["delivery_id"]])) for row in rows]


def _told_of(subscription: str, column: Any) -> Select[Any]:
    sent = select(column).distinct().select_from(DELIVERY_HIT)
    return sent.join(DELIVERY, DELIVERY.c.id == DELIVERY_HIT.c.delivery).where(
        DELIVERY.c.subscription == subscription,
        DELIVERY.c.status != str(DeliveryStatus.CANCELLED),
    )


def _routed(subscription: str, mode: Mode) -> Select[Any]:
    """Return the query of the hits that ``subscription`` wants in this way."""
    statement = with_items().join(ROUTE, ROUTE.c.hit == HIT.c.id)
    return statement.where(ROUTE.c.subscription == subscription, ROUTE.c.mode == str(mode))
