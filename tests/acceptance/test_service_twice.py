"""Two services on one database, over the same sources: everything happens once."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.demo.mail_sink import MailSink
from monitor.demo.receiver import WebhookReceiver
from monitor.model import DeliveryStatus
from monitor.store import Store
from tests.acceptance.conftest import Running
from tests.acceptance.practice import (
    DIGESTS,
    channels,
    open_feeds,
    publish_about,
    source,
    subscriptions,
    until,
    write_config,
)
from tests.servers import HttpServer

OUTLETS = [f"outlet-{number}" for number in range(10)]
ABOUT = ("maria-exemplar", "", "sample-board", "")
PUBLISHED = 90


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database that both services share."""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("postgresql_databases")
        return make()
    return f"sqlite:///{tmp_path / 'shared.db'}"


async def test_two_services_on_one_database_do_everything_once(
    tmp_path: Path,
    url: str,
    run: Callable[..., Running],
    server: HttpServer,
    receiver: WebhookReceiver,
    sink: MailSink,
) -> None:
    chance = random.Random(4)
    feeds = open_feeds(server, *OUTLETS)
    config = write_config(
        tmp_path / "config",
        sources=[  # intervals that drift apart, so that each service finds some due
            source(server, name, every=f"{0.5 + 0.17 * number:.2f}s", on_first_poll="alert")
            for number, name in enumerate(OUTLETS)
        ],
        channels=channels(receiver, sink),
        subscriptions=subscriptions("every 2 seconds"),
        database=url,
    )
    shutil.copytree(config, tmp_path / "second" / "config")
    services = [
        run(folder, "--no-page", "--verbose") for folder in (config, tmp_path / "second" / "config")
    ]
    for service in services:
        await service.said("polled")
    wanted = []
    for _ in range(PUBLISHED):
        watch = chance.choice(ABOUT)
        entry = publish_about(feeds[chance.choice(OUTLETS)], watch, chance)
        wanted += [entry.url] if watch else []
        if chance.random() < 0.1:
            polls = len(server.requests) + 5
            await until(lambda: len(server.requests) >= polls, "some polls")  # noqa: B023 - awaited at once
    store = Store.open(url)

    def all_told() -> bool:
        told = [hit for d in store.read_now(lambda tx: tx.deliveries(10_000)) for hit in d.hits]
        counts = store.read_now(lambda tx: tx.counts())
        everything = counts["items"] >= PUBLISHED and len(told) >= 3 * len(wanted)
        return everything and not counts["deliveries_pending"]

    await until(all_told, "everything is told", alive=[each.process for each in services])
    assert [await service.stop() for service in services] == [0, 0]
    items = [item.url for item in store.read_now(lambda tx: list(tx.stored_items()))]
    hits = store.read_now(lambda tx: tx.hits(10_000))
    deliveries = store.read_now(lambda tx: tx.deliveries(10_000))
    records = [line for service in services for line in service.lines("polled")]
    store.close()
    assert sorted(items) == sorted(entry.url for feed in feeds.values() for entry in feed.entries)
    assert sorted(found.item.url for found in hits) == sorted(wanted)
    assert sum(record["new"] for record in records) == PUBLISHED
    assert {each.status for each in deliveries} == {DeliveryStatus.SENT}
    assert {each.attempts for each in deliveries} == {1}
    told = Counter((each.channel, each.recipient, hit) for each in deliveries for hit in each.hits)
    assert set(told.values()) == {1}
    assert len(told) == 3 * len(hits)
    assert sorted(hook.id for hook in receiver.received) == sorted(
        each.id for each in deliveries if each.channel == "hook"
    )
    assert not [mail for mail in sink.received if mail.duplicate]
    assert sorted(mail.message_id for mail in sink.received) == sorted(
        each.message.message_id for each in deliveries if each.channel == "mail"
    )
    slots = [each.slot for each in deliveries if each.recipient == DIGESTS]
    assert len(slots) == len(set(slots)) > 1
    for service in services:  # neither was idle, and neither stumbled over the other
        assert service.lines("polled")
        assert not [line for line in service.lines() if line["level"] in {"warning", "error"}]
