"""A harbour's press over twelve days, under old and new rules, seen by the service's own code."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from monitor import digests, pipeline, planning
from monitor.app import first_sight
from monitor.archives import Window
from monitor.config import Settings, load
from monitor.matching import Matcher
from monitor.model import Document, Fetched, Item, SourceState, digest
from monitor.pipeline import Poll
from monitor.planning import Instant
from monitor.store import Store
from monitor.tools import Tools
from monitor.work.story_memory import StoryMemory
from monitor.work.tasks import find

START = datetime(2026, 10, 1, 6, 0, 7, tzinfo=UTC)
DAYS = 12
END = START + timedelta(days=DAYS)
OLD = [
    {"id": "maria-exemplar", "kind": "person", "name": "Maria Exemplar", "priority": "high"},
    {"id": "old-port", "kind": "topic", "name": "Old port", "phrases": ["harbour wall"]},
    {"id": "gone", "kind": "topic", "name": "Gone", "phrases": ["lantern"]},
]
NEW = [
    OLD[0] | {"short": ["Exemplar"], "context": ["harbour"], "exclude": ["Maria Exemplar Prize"]},
    OLD[1] | {"phrases": ["harbour wall", "quay"]},
    {"id": "ferry", "kind": "topic", "name": "Ferries", "phrases": ["ferry"], "priority": "low"},
]
SUBSCRIPTIONS = [
    {"id": "urgent", "when": "instant", "priorities": ["high"]},
    {"id": "morning", "when": "daily at 07:30", "time_zone": "Europe/Berlin"},
    {"id": "weekly", "when": "weekly on Monday at 08:00", "watches": ["old-port"]},
    {"id": "receipts", "when": "every 12 hours", "when_nothing": "tell", "watches": ["old-port"]},
]
PHRASES = (
    "Maria Exemplar spoke",
    "the Maria Exemplar Prize",
    "Exemplar at the harbour",
    "a harbour wall",
    "on the quay",
    "one ferry",
    "a lantern",
    "nothing at all",
    "no news",
)
FILLER = ("tide", "rope", "salt", "gull", "crane", "dock", "keel", "mast", "sail", "storm", "cargo")


def write_config(
    folder: Path, watches: list[dict[str, Any]], database: str = "sqlite:///data/monitor.db"
) -> Path:
    to = [{"channel": "mailbox", "recipient": "desk@desk.example"}]
    files = {
        "monitor.yaml": {"database": database, "workers": 1},
        "sources.yaml": {
            "sources": [{"id": f"s{n}", "url": f"https://s{n}.example/feed"} for n in range(3)]
        },
        "subscriptions.yaml": {"subscriptions": [one | {"to": to} for one in SUBSCRIPTIONS]},
        "watchlists/port.yaml": {"watchlist": "port", "watches": watches},
    }
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Batch:
    """What one poll of one source brings."""

    at: datetime
    source: str
    items: tuple[Item, ...]


def batches(chance: random.Random) -> list[Batch]:
    """Return polls over the days, with copies of earlier texts in other outlets."""
    found: list[Batch] = []
    told: list[str] = []
    seconds = sorted(chance.randrange(60, DAYS * 86_400) for _ in range(150))
    moments = [START + timedelta(seconds=one) for one in (1, *seconds)]
    for number, at in enumerate(moments):
        source = f"s{chance.randrange(3)}"
        items = []
        for index in range(chance.randint(1, 4)):
            if told and chance.random() < 0.3:
                text = chance.choice(told[-12:])
            else:
                words = chance.choices(FILLER, k=60)
                words[20:20] = [f"w{number}x{index}"]
                words.insert(30, chance.choice(PHRASES))
                text = " ".join(words) + "."
                told.append(text)
            name = digest(str(number), str(index))
            items.append(
                Item(
                    id=name,
                    source=source,
                    title=f"Report {number} {index} {chance.choice(FILLER)}",
                    url=f"https://{source}.example/{name}",
                    text=text,
                    outlet=source.upper(),
                    first_seen=at,
                    keys=(name,),
                    baseline=number < 3,
                )
            )
        found.append(Batch(at, source, tuple(items)))
    return found


async def live(settings: Settings, store: Store, polls: list[Batch]) -> None:
    """Let the service's own code see the polls and the slots in the order of time."""
    matcher = Matcher(tuple(settings.watchlists.values()))
    tools = Tools(settings, store, None, SimpleNamespace(matcher=matcher), StoryMemory())
    for name in settings.subscriptions:
        await store.write(partial(first_sight, name, START))
    await store.write(lambda tx: tx.sync_sources([(f"s{n}", "", START) for n in range(3)]))
    clock = START
    for batch in polls:
        await serve_slots(tools, clock, batch.at)
        clock = batch.at
        poll = Poll(
            settings.sources[batch.source],
            SourceState(batch.source, first_poll_done=True),
            Fetched("", 200),
            Window(Document("rss20"), batch.items),
            find(matcher, batch.items),
            batch.at,
            0.0,
        )
        await store.write(partial(pipeline.conclude, tools, poll))
    await serve_slots(tools, clock, END)


async def serve_slots(tools: Tools, after: datetime, until: datetime) -> None:
    due = []
    for one in tools.settings.subscriptions.values():
        slot = after
        while not isinstance(one.when, Instant):
            slot = planning.next_slot(one.when, one.time_zone, slot)
            if slot > until:
                break
            due.append((slot, one))
    for slot, one in sorted(due, key=lambda pair: (pair[0], pair[1].id)):
        await digests.plan_digest(tools, one, slot)


def lived(config: Path, polls: list[Batch]) -> Settings:
    """Return the configuration in ``config`` after a service has run through ``polls`` under it."""
    settings = load(config, {})
    store = Store.open(settings.database_url)
    store.migrate()
    asyncio.run(live(settings, store, polls))
    store.close()
    return settings
