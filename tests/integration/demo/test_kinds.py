"""The practice newsroom through the whole service: what sites without a feed publish is found."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from monitor.app import build, utc_now
from monitor.config import load
from monitor.demo import practice_stage
from monitor.model import Outcome

SITES = {"section": "quayside-mirror", "sitemap": "beacon-bulletin", "page": "port-notices"}


async def rehearse(output):
    """Return the coverage and, after all editions, the records of polls and the hits."""
    async with practice_stage(output, paced=False) as stage:
        passed = [timedelta(0)]
        settings = load(stage.config_folder, stage.environ)
        async with build(settings, clock=lambda: utc_now() + passed[0]) as app:
            for _ in range(stage.newsroom.last_edition + 1):
                await app.poll_due()
                await app.visit_due()
                passed[0] += timedelta(seconds=5)
                stage.newsroom.advance()
            start, end = app.started - timedelta(days=1), app.clock() + timedelta(days=1)
            records = await app.tools.store.read(lambda tx: tx.records(start, end))
            hits = await app.tools.store.read(lambda tx: tx.hits(1_000))
        return stage.newsroom.coverage, records, hits


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory):
    return asyncio.run(rehearse(tmp_path_factory.mktemp("out")))


@pytest.mark.parametrize("kind", SITES)
def test_every_entry_is_found_for_the_watches_it_speaks_of(rehearsal, kind):
    coverage, _, hits = rehearsal
    wanted = {
        (watch, entry.title.split()[0])
        for entry in coverage.all_entries
        if entry.outlet == SITES[kind]
        for watch in entry.about
    }

    found = {
        (hit.hit.watch, hit.item.title.removeprefix("Port Alder Notices: ").split()[0])
        for hit in hits
        if hit.item.source == SITES[kind] and not hit.hit.possible
    }

    assert found == wanted


@pytest.mark.parametrize("kind", SITES)
def test_no_poll_fails_and_none_is_taken_for_an_overrun(rehearsal, kind):
    coverage, records, _ = rehearsal
    own = [record for record in records if record.source == SITES[kind]]

    assert [record.message for record in own if record.outcome is Outcome.FAILED] == []
    assert not any(record.overrun for record in own)
    published = [entry for entry in coverage.all_entries if entry.outlet == SITES[kind]]
    assert sum(record.new for record in own) == len(published) > 1
