"""``monitor hits show``: a hit with the versions of its article and what changed between them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import load
from monitor.model import Exchange, Hit, Item, Mode, Revision, Route, Span, Version, version_of
from monitor.store import Store
from tests.acceptance.practice import write_config
from tests.acceptance.test_cli import Call, call

__all__ = ["call"]

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
FIRST = Item(
    "a",
    "gazette",
    "Maria Exemplar speaks",
    url="https://gazette.example/1",
    text="Maria Exemplar will resign.\nIt rained.",
    first_seen=NOW,
)
SECOND = replace(FIRST, text="Maria Exemplar will [not] resign.\nIt rained.")


ROUTES = [
    Route("desk", "hit-a", Mode.DIGEST, "matches watchlist practice"),
    Route("urgent", "hit-a", Mode.SKIP, "skipped: priority normal not wanted"),
]


def page(item: Item, hours: float) -> Version:
    body = item.text.encode()
    return version_of(item, NOW + timedelta(hours=hours), Exchange(item.url, 200, (), body))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path / "config", sources=[], subscriptions=[])


@pytest.fixture(autouse=True)
def store(config: Path) -> Iterator[Store]:
    """Yield a store with one hit, whose article was edited and then taken down."""
    store = Store.open(load(config, {}).database_url)
    store.migrate()
    versions = [version_of(FIRST, NOW, Exchange()), page(FIRST, 0.1), page(SECOND, 1)]
    edit = Revision("a", NOW + timedelta(hours=1), versions[2].digest, "watch", "it was changed")
    gone = Revision("a", NOW + timedelta(hours=6), versions[2].digest, "gone", "no page any more")
    span = Span("text", 0, 14, "Maria Exemplar", "Maria Exemplar")
    hit = Hit("hit-a", "a", "maria-exemplar", "practice", 0.9, (span,), "r", "Says her name.")
    store.write_now(
        lambda tx: (
            tx.add_items([SECOND]),
            tx.add_versions(versions),
            tx.add_hits([replace(hit, version=versions[2].digest)]),
            tx.add_revisions([edit, gone]),
            tx.add_sightings([("a", "k1")], "gazette-politics"),
            tx.add_routes(ROUTES),
        )
    )
    yield store
    store.close()


def test_a_hit_is_shown_with_every_version_and_the_sentences_that_changed(
    call: Call, config: Path
) -> None:
    shown = json.loads(call("hits", "show", "hit-a", "-c", config, "--json").out)
    assert [(one["place"], one["made"]) for one in shown["readings"]] == [
        ("feed", False),
        ("page", False),
        ("page", True),
    ]
    first, last = shown["changes"]
    assert first["removed"] == ["Maria Exemplar will resign."]
    assert first["added"] == ["Maria Exemplar will [not] resign."]
    assert (last["kind"], last["removed"]) == ("gone", [])
    assert shown["gone_since"].startswith("2026-03-02 12:00")
    assert shown["stands"]
    assert [(one["subscription"], one["mode"]) for one in shown["routes"]] == [
        ("desk", "digest"),
        ("urgent", "skip"),
    ]


def test_the_same_reads_well_on_a_terminal(call: Call, config: Path) -> None:
    out = call("hits", "show", "hit", "-c", config).out
    assert "seen in: gazette, gazette-politics" in out
    assert "for desk: digest, matches watchlist practice" in out
    assert "for urgent: skip, priority normal not wanted" in out
    assert "text: »Maria Exemplar« will [not] resign." in out
    assert "  - Maria Exemplar will resign." in out
    assert "  + Maria Exemplar will [not] resign." in out
    assert "no longer there since" in out
    assert "made the hit" in out


def test_a_hit_whose_article_says_it_no_more_says_so(
    call: Call, config: Path, store: Store
) -> None:
    (stored,) = store.read_now(lambda tx: tx.hits(5))
    first = page(FIRST, 0.1).digest
    store.write_now(lambda tx: tx.revise_hits([replace(stored.hit, version=first)]))
    assert "does not say so any more" in call("hits", "show", "hit-a", "-c", config).out


def test_a_hit_that_is_not_there_is_one_readable_line(call: Call, config: Path) -> None:
    result = call("hits", "show", "nothing", "-c", config)
    assert result.code == 2
    assert result.complaint == "there is no hit 'nothing'; 'monitor hits list' shows ids"
