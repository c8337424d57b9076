"""Subscriptions at hubs: when one is asked for, renewed or given up, and what polls are then for.

W3C Recommendation "WebSub", 23 January 2018; sections are named by its numbers.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from monitor.model import DAY, Intent, Item, Lease, PollRecord, SourceState
from monitor.planning.retry import LONGEST_WISH, jitter
from monitor.planning.rhythm import observe

WANTED_SECONDS: Final = 10 * 86_400
"""The lease that is asked for; the hub decides (section 5.1)."""
LONGEST_LEASE: Final = 90 * DAY
RENEW_AT: Final = 0.8
"""Part of a lease after which the next one is asked for."""
FAREWELLS: Final = 3
"""How often a hub is asked to end a lease before we go without a word."""
_DELAYS: Final = (300.0, 1_800.0, 7_200.0, 18_000.0, 43_200.0, 86_400.0)
"""Seconds until a hub that did not verify is asked again."""
BACK_UP: Final = 4.0
"""How many times longer the interval of polls is while a hub tells of news."""
CALLBACKS: Final = "/websub/"
_DIGESTS: Final = frozenset({"sha1", "sha256", "sha384", "sha512"})


# --------------------------------------------------------------------------- which ones


def follow_hub(
    known: Sequence[Lease],
    source: str,
    named: tuple[str, str],
    base: str,
    now: datetime,
    draw: Callable[[], str],
) -> list[Lease]:
    """Return what changes in the ``known`` leases of ``source`` when its feed names a hub.

    ``named`` are hub and topic, empty texts when it names none; ``base`` is the address at which
    others reach us, empty when none is set: the hub is then remembered only. ``draw`` returns a
    fresh text that nobody can guess.
    """
    wanted = [lease for lease in known if not lease.leaving and _fits(lease, named, base)]
    changed = [leave(lease, now) for lease in known if not lease.leaving and lease not in wanted]
    if named[0] and not wanted:
        token = draw()
        callback = f"{base.rstrip('/')}{CALLBACKS}{token}" if base else ""
        due = now if base else None
        changed.append(Lease(token, source, *named, callback=callback, secret=draw(), due=due))
    return changed


def _fits(lease: Lease, named: tuple[str, str], base: str) -> bool:
    callback = f"{base.rstrip('/')}{CALLBACKS}{lease.token}" if base else ""
    return (lease.hub, lease.topic) == named and lease.callback == callback


def leave(lease: Lease, now: datetime) -> Lease:
    """Return ``lease`` as one that is no longer wanted."""
    return replace(lease, leaving=True, pending="", due=now, failures=0)


def is_over(lease: Lease, now: datetime) -> bool:
    """Tell whether a lease that is no longer wanted needs no further word to its hub."""
    never = lease.expires is None or lease.expires <= now
    return lease.leaving and (never or lease.failures >= FAREWELLS)


# --------------------------------------------------------------------------- how far it has come


def asked(lease: Lease, now: datetime) -> Lease:
    """Return ``lease`` as it is while the hub is being asked, and asked again if it stays silent."""
    wait = _DELAYS[min(lease.failures, len(_DELAYS) - 1)] * jitter(lease.token, now.isoformat())
    return replace(
        lease,
        pending="unsubscribe" if lease.leaving else "subscribe",
        failures=lease.failures + 1,
        due=now + timedelta(seconds=wait),
    )


def refused(lease: Lease, problem: str, wish: float | None, now: datetime) -> Lease:
    """Return ``lease`` after the hub did not take what was asked; ``wish`` is its Retry-After."""
    patience = timedelta(seconds=min(max(wish or 0.0, 0.0), LONGEST_WISH))
    due = max(lease.due or now, now + patience)
    return replace(lease, pending="", problem=problem, due=due)


def verified(lease: Lease, intent: Intent, now: datetime) -> Lease | None:
    """Return ``lease`` as the hub's ``intent`` makes it, None when we did not ask for that.

    Section 5.3: topic and mode must be those of a request of ours that is still open.
    """
    if not lease.pending or (intent.mode, intent.topic) != (lease.pending, lease.topic):
        return None
    if intent.mode == "unsubscribe":
        return replace(lease, pending="", expires=None, due=now)
    seconds = _seconds(intent.lease_seconds)
    if seconds is None:
        return None
    length = min(timedelta(seconds=seconds), LONGEST_LEASE)
    share = RENEW_AT * jitter(lease.token, now.isoformat())
    return replace(
        lease, pending="", expires=now + length, due=now + length * share, failures=0, problem=""
    )


def denied(lease: Lease, intent: Intent, now: datetime) -> Lease | None:
    """Return ``lease`` after the hub denied or ended it, None when it is about something else.

    Section 5.2. The hub is asked again a day later: a denial may have been a matter of load.
    """
    if intent.mode != "denied" or intent.topic != lease.topic:
        return None
    problem = f"the hub denied it: {intent.reason[:200] or 'no reason given'}"
    return replace(lease, pending="", expires=None, due=now + DAY, problem=problem)


def _seconds(text: str) -> int | None:
    if not text:  # hubs of PubSubHubbub 0.3 may leave it out
        return WANTED_SECONDS
    sound = text.isascii() and text.isdigit() and len(text) <= len("9999999999")
    return int(text) if sound and int(text) else None


# --------------------------------------------------------------------------- what it sends


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Tell whether ``signature`` is that of ``body`` (section 7.1), in constant time.

    ``signature`` is ``method=hexadecimal digits``, the method one of sha1, sha256, sha384, sha512.
    """
    method, _, given = signature.strip().partition("=")
    if method.lower() not in _DIGESTS:
        return False
    expected = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode())


def after_push(state: SourceState, record: PollRecord, fresh: Sequence[Item]) -> SourceState:
    """Return the state after a hub sent ``fresh`` items; it puts no poll off.

    So whoever replays what a hub once signed cannot keep a source from being polled.
    """
    times = [item.published or record.at for item in fresh]
    return replace(
        state,
        last_ok=record.at,
        last_new=record.at if fresh else state.last_new,
        rhythm=observe(state.rhythm, times, record.at),
    )


def as_back_up(
    state: SourceState, until: datetime | None, now: datetime, longest: float
) -> SourceState:
    """Return ``state`` with its next poll put off while a hub tells of its news ``until`` then."""
    if until is None or state.next_poll is None:
        return state
    wait = (state.next_poll - now).total_seconds()
    seconds = backup_interval(wait, (until - now).total_seconds(), longest)
    return replace(state, next_poll=now + timedelta(seconds=seconds))


def backup_interval(wait: float, left: float, longest: float) -> float:
    """Return the seconds between polls that only make sure that a hub keeps its word.

    ``wait`` is what they would be without a hub, ``left`` how long its lease still runs: the first
    poll after its end finds what came since. Never above ``longest``, unless ``wait`` is.
    """
    return max(wait, min(wait * BACK_UP, left, longest))
