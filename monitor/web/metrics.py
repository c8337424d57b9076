"""Numbers for Prometheus, each page with a registry of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from monitor.model import PollRecord, SourceState
from monitor.store import Tx
from monitor.web.source_rows import count_by_state
from monitor.web.view import ServiceView

OVERLAP = timedelta(minutes=5)
"""How long after its start a poll may still be saved: so far back every scrape looks again."""


class Metrics:
    """Brings its numbers up to date from the store whenever they are asked for.

    Polls are counted from the start of this process on; everything else is what the store holds.
    """

    def __init__(self, started: datetime) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._started = started
        self._counted_to = started
        self._seen: set[tuple[str, datetime]] = set()
        self._polls = Counter(
            "monitor_polls",
            "Polls by how they ended.",
            ["outcome", "reason"],
            registry=self.registry,
        )
        self._items = self._gauge("monitor_items", "Items stored.")
        self._hits = self._gauge("monitor_hits", "Hits stored.")
        self._stories = self._gauge("monitor_stories", "Stories stored.")
        self._deliveries = self._gauge("monitor_deliveries", "Messages by status.", "status")
        self._destinations = self._gauge(
            "monitor_destinations", "Destinations of messages that do badly, by state.", "state"
        )
        self._sources = self._gauge("monitor_sources", "Sources by state.", "state")
        self._ages = self._gauge(
            "monitor_tick_age_seconds", "Seconds since a round last ended well.", "tick"
        )
        self._config = self._gauge(
            "monitor_config_broken", "1 while an edited configuration is broken and not in force."
        )

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    async def exposition(self, view: ServiceView) -> bytes:
        """Return all numbers in Prometheus' text format; raises StoreError."""
        now = view.now()
        start = max(self._started, self._counted_to - OVERLAP)
        counts, states, records = await view.store.read(lambda tx: _read(tx, start, now))
        self._count_polls(records, now)
        self._items.set(counts.pop("items"))
        self._hits.set(counts.pop("hits"))
        self._stories.set(counts.pop("stories"))
        for name, number in counts.items():
            if name.startswith("deliveries_"):
                self._deliveries.labels(name.removeprefix("deliveries_")).set(number)
            if name.startswith("destinations_"):
                self._destinations.labels(name.removeprefix("destinations_")).set(number)
        for word, number in count_by_state(view.settings().sources, states, now).items():
            self._sources.labels(word).set(number)
        for name, ended in view.rounds().items():
            if ended is not None:
                self._ages.labels(name).set((now - ended).total_seconds())
        self._config.set(bool(view.config_error()))
        return generate_latest(self.registry)

    def _count_polls(self, records: Iterable[PollRecord], now: datetime) -> None:
        """Count each poll once, though windows overlap because a poll is saved after its start."""
        fresh = {(record.source, record.at): record for record in records}
        for key in fresh.keys() - self._seen:
            self._polls.labels(str(fresh[key].outcome), str(fresh[key].reason)).inc()
        self._seen = {key for key in self._seen | fresh.keys() if key[1] >= now - 2 * OVERLAP}
        self._counted_to = now


def _read(
    tx: Tx, start: datetime, end: datetime
) -> tuple[dict[str, int], list[SourceState], list[PollRecord]]:
    # The window's end is not part of it: what was polled this very moment is counted as well.
    end += timedelta(microseconds=1)
    return tx.counts(), tx.source_states(), tx.records(start, end)
