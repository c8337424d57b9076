"""``monitor stories``: what is stored of a story, in a list and with its timeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import load
from monitor.model import Hit, Item, Revision
from monitor.store import Store
from monitor.stories import StoryIndex, group
from tests.acceptance.practice import write_config
from tests.acceptance.test_cli import Call, call

__all__ = ["call"]

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
TEXTS = (
    (
        "Gazette",
        "Dockers walk out at Port Merrow",
        "Some 1,900 dockers struck at Port Merrow with Moira Keane.",
    ),
    (
        "Courier",
        "Port Merrow dockers strike",
        "Led by Moira Keane, 1,900 dockers of Port Merrow rest.",
    ),
    (
        "Post",
        "Port Merrow strike: Ruda mediates",
        "Judge Tomas Ruda talks to 1,900 dockers of Port Merrow and Moira Keane; Ruda is calm.",
    ),
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path / "config", sources=[], subscriptions=[])


@pytest.fixture(autouse=True)
def store(config: Path) -> Iterator[Store]:
    """Yield a store with one story of three items."""
    store = Store.open(load(config, {}).database_url)
    store.migrate()
    index = StoryIndex()
    for number, (outlet, title, text) in enumerate(TEXTS):
        seen = NOW + timedelta(hours=number)
        item = Item(str(number), "s", title, text=text, outlet=outlet, first_seen=seen)
        hit = Hit(f"hit-{number}", item.id, "sample-board", "practice", 0.9, (), "r")
        links = group([item], index, seen)
        index.add(links[0][1])
        store.write_now(
            lambda tx, i=item, h=hit, found=links: (
                tx.add_items([i]),
                tx.add_hits([h]),
                tx.add_links(found),
            )
        )
    yield store
    store.close()


def test_stories_are_listed_with_their_outlets_and_developments(call: Call, config: Path) -> None:
    (story,) = json.loads(call("stories", "-c", config, "--json").out)
    assert (story["items"], story["outlets"], story["developments"]) == (3, 3, 1)
    assert "Dockers walk out" in call("stories", "-c", config).out


def test_a_story_is_shown_with_its_timeline_and_reasons(call: Call, config: Path) -> None:
    (story,) = json.loads(call("stories", "-c", config, "--json").out)
    result = call("stories", "show", story["story"][:8], "-c", config, "--json")
    shown = json.loads(result.out)
    assert [moment["role"] for moment in shown["timeline"]] == ["first", "rewrite", "development"]
    assert shown["watches"] == ["sample-board"]
    assert shown["timeline"][1]["why"].startswith("joined: same names ")
    plain = call("stories", "show", story["story"], "-c", config)
    assert plain.code == 0
    assert "outlets: Gazette, Courier, Post" in plain.out


def test_a_story_is_shown_with_what_was_edited_in_its_items(
    call: Call, config: Path, store: Store
) -> None:
    (story,) = json.loads(call("stories", "-c", config, "--json").out)
    edit = Revision("1", NOW + timedelta(hours=5), "v", "watch", "the article was changed: “a”")
    store.write_now(lambda tx: tx.add_revisions([edit]))
    shown = json.loads(call("stories", "show", story["story"], "-c", config, "--json").out)
    edits = [[one["words"] for one in moment["edits"]] for moment in shown["timeline"]]
    assert edits == [[], [edit.words], []]
    plain = call("stories", "show", story["story"], "-c", config).out
    assert "Courier: the article was changed: “a”" in plain


def test_a_story_that_is_not_there_is_one_readable_line(call: Call, config: Path) -> None:
    result = call("stories", "show", "nothing", "-c", config)
    assert result.code == 2
    assert result.complaint == "there is no story 'nothing'; 'monitor stories' shows ids"
