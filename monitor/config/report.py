"""What ``monitor check`` says of a configuration that is in order: pure, without I/O."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, SecretStr

from monitor.config.rules import rule_warnings
from monitor.config.settings import Settings
from monitor.matching import Watch
from monitor.planning.schedule import Schedule, next_slot
from monitor.planning.subscription import Subscription

_USER_INFO = re.compile(r"://[^\s/@]*@")


@dataclass(frozen=True, slots=True)
class NextSlot:
    """When a subscription speaks next; ``at`` (UTC) is None for instant ones."""

    subscription: str
    when: str
    time_zone: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a configuration holds, when it speaks next, and what its owner may have overlooked."""

    version: str
    counts: dict[str, int]
    slots: tuple[NextSlot, ...]
    warnings: tuple[str, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    """`settings_summary`: the options in force, secrets masked."""


def report(settings: Settings, now: datetime) -> CheckReport:
    """Return counts, next slots after ``now`` and warnings."""
    sources = settings.sources.values()
    counts = {
        "sources": len(sources),
        "sources enabled": sum(source.enabled for source in sources),
        "watchlists": len(settings.watchlists),
        "watches": len(settings.watches),
        "subscriptions": len(settings.subscriptions),
        "channels": len(settings.channels),
    }
    slots = tuple(_slot(each, now) for each in settings.subscriptions.values())
    return CheckReport(
        settings.version, counts, slots, tuple(_warnings(settings)), settings_summary(settings)
    )


def _slot(subscription: Subscription, now: datetime) -> NextSlot:
    when = subscription.when
    at = next_slot(when, subscription.time_zone, now) if isinstance(when, Schedule) else None
    return NextSlot(subscription.id, str(when), subscription.time_zone, at)


def selected(settings: Settings, subscription: Subscription) -> list[Watch]:
    """Return the watches that a subscription wants."""
    everything = not subscription.watchlists and not subscription.watches
    return [
        watch
        for watchlist in settings.watchlists.values()
        for watch in watchlist.watches
        if everything
        or watchlist.watchlist in subscription.watchlists
        or watch.id in subscription.watches
        if not subscription.priorities or watch.priority in subscription.priorities
    ]


def _warnings(settings: Settings) -> Iterator[str]:
    yield from _unheard(settings)
    used = {to.channel for each in settings.subscriptions.values() for to in each.to}
    for name in settings.channels:
        if name not in used:
            yield f"channel {name!r}: no subscription uses it"
    yield from _source_warnings(settings)
    for watchlist in settings.watchlists.values():
        if not watchlist.watches:
            yield f"watchlist {watchlist.watchlist!r}: it has no watches"
    yield from rule_warnings(settings.watchlists.values())
    if not settings.monitor.net.contact:
        yield "net.contact is not set: servers cannot tell whom to write to, and may block us"


def _unheard(settings: Settings) -> Iterator[str]:
    heard: set[str] = set()
    for subscription in settings.subscriptions.values():
        chosen = selected(settings, subscription)
        heard |= {watch.id for watch in chosen}
        if not chosen:
            yield f"subscription {subscription.id!r}: it selects no watch"
    for watch in settings.watches:
        if watch not in heard:
            yield f"watch {watch!r}: nobody subscribes to it"


def _source_warnings(settings: Settings) -> Iterator[str]:
    same: dict[str, list[str]] = defaultdict(list)
    for source in settings.sources.values():
        same[source.address.rstrip("/")].append(source.id)
        if not source.enabled:
            yield f"source {source.id!r}: disabled, it is not polled"
        yield from (f"source {source.id!r}: {remark}" for remark in source.remarks)
    for names in same.values():
        if len(names) > 1:
            yield f"sources {', '.join(map(repr, names))}: the same address"
    if not any(source.enabled for source in settings.sources.values()):
        yield "there is no source to poll"


def settings_summary(settings: Settings) -> dict[str, Any]:
    """Return the options in force as plain values; secrets are ``***``."""
    shown = {
        name: _plain(getattr(settings.monitor, name), settings)
        for name in type(settings.monitor).model_fields
        if name != "channels"
    }
    channels = {name: _plain(channel, settings) for name, channel in settings.channels.items()}
    return {"folder": str(settings.folder), **shown, "channels": channels}


def _plain(value: Any, settings: Settings) -> Any:
    if isinstance(value, SecretStr):
        return "***" if value.get_secret_value() else ""
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name), settings) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {str(key): _plain(each, settings) for key, each in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(each, settings) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return settings.mask(_USER_INFO.sub("://***@", str(value)))
