"""Subscriptions to new stories or to developments alone, on the whole path from feed to mail."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from monitor.app import App, build, utc_now
from monitor.config import load
from monitor.model import Delivery
from tests.acceptance.practice import open_feeds, publish_about, source, write_config
from tests.integration.test_held_alerts import reasons
from tests.integration.test_stories import rewrite
from tests.servers import HttpServer

OUTLETS = ("anchor", "beacon", "courier", "dispatch")
NEWS_TITLE = "Weighing records of Port Merrow: Oda Brenn charges Maria Exemplar"
NEWS_TEXT = (
    "Prosecutor Oda Brenn has charged Maria Exemplar with fraud. The weighing records of 40 "
    "ships in Port Merrow were altered, and mayor Tilo Ferrant accepted her resignation as "
    "harbour chief on Monday."
)
TOLD = (rewrite(0), rewrite(1), rewrite(2), (NEWS_TITLE, NEWS_TEXT))
"""A story, told again in other words twice, and what is new in it; each by an outlet of its own."""


@asynccontextmanager
async def service(folder: Path, **wish: Any) -> AsyncIterator[App]:
    """Yield a service that has seen `TOLD` come out, one after another, for a desk's ``wish``."""
    time = utc_now()
    async with HttpServer() as server:
        feeds = open_feeds(server, *OUTLETS)
        config = write_config(
            folder / "config",
            sources=[source(server, name, publisher=name.title()) for name in OUTLETS],
            channels=[{"id": "box", "kind": "mailbox", "folder": "data/box"}],
            subscriptions=[{"id": "desk", "when": "instant", "to": [{"channel": "box"}], **wish}],
        )
        async with build(load(config, {}), clock=lambda: time) as app:
            await app.plan_digests()
            for feed in feeds.values():
                publish_about(feed, "", random.Random(11))
            await app.poll_due()
            for name, told in zip(OUTLETS, TOLD, strict=True):
                feeds[name].publish(*told)
                time += timedelta(minutes=6)
                await app.poll_due()
                await app.deliver_due()
            yield app


async def messages(app: App) -> list[Delivery]:
    return sorted(
        await app.tools.store.read(lambda tx: tx.deliveries(100)), key=lambda each: each.created
    )


def subject(delivery: Delivery) -> str:
    return str(message_from_bytes(delivery.message.content, policy=default)["Subject"])


async def test_whoever_wants_stories_alone_hears_once_of_each(tmp_path: Path) -> None:
    async with service(tmp_path, only="stories") as app:
        (only,) = await messages(app)
        assert subject(only) == f"Maria Exemplar: {rewrite(0)[0]}"
        assert await reasons(app) == {
            "skipped: story already told, and only new stories are wanted"
        }


async def test_whoever_wants_developments_alone_hears_of_what_is_new(tmp_path: Path) -> None:
    async with service(tmp_path, only="developments") as app:
        (only,) = await messages(app)
        assert subject(only) == f"Maria Exemplar, development: {NEWS_TITLE}"
        assert await reasons(app) == {"skipped: no development, and only developments are wanted"}


@pytest.mark.parametrize(
    ("when", "subjects"),
    [
        ("instant", ["Alert: 1 new story", "Alert: 1 development"]),
        ("daily at 07:30", ["Digest: 1 new story"]),
    ],
)
async def test_a_discreet_desk_is_told_how_much_is_new_and_reads_the_rest_inside(
    when: str, subjects: list[str], tmp_path: Path
) -> None:
    async with service(tmp_path, discreet=True, when=when) as app:
        await app.plan_digests(force=True)
        found = await messages(app)
        assert [subject(each) for each in found] == subjects
        assert all(b"Tilo Ferrant" in each.message.content for each in found)
