"""The two watchlists shipped as examples, each on its own labelled set: a brand and a topic."""

from __future__ import annotations

# ruff: noqa: T201 - the figures are read with pytest -s
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.config import load
from monitor.matching import Matcher, Watchlist
from monitor.model import Item

ROOT = Path(__file__).parents[2]
WATCHLISTS = ROOT / "config/watchlists"
LABELLED = ROOT / "tests/golden/matching_examples"
NAMES = ("puma", "glacial-lakes")


@dataclass(frozen=True)
class Example:
    """A watchlist, its matcher, and (entry, labels wanted, labels given) for each of its items."""

    watchlist: Watchlist
    matcher: Matcher
    judged: list[tuple[dict[str, Any], set[str], set[str]]]


def read(name: str) -> Watchlist:
    text = (WATCHLISTS / f"{name}.yaml").read_text(encoding="utf-8")
    return Watchlist.model_validate(yaml.safe_load(text))


def entries(path: Path) -> Iterator[tuple[dict[str, Any], Item]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        yield entry, Item(id=entry["id"], source="s", title=entry["title"], text=entry["text"])


@pytest.fixture(scope="module", params=NAMES)
def example(request) -> Example:
    watchlist = read(request.param)
    matcher = Matcher([watchlist])
    judged = [
        (
            entry,
            set(entry["labels"]),
            {hit.watch for hit in matcher.match(item) if not hit.possible},
        )
        for entry, item in entries(LABELLED / f"{request.param}.jsonl")
    ]
    return Example(watchlist, matcher, judged)


def test_the_labelled_set_is_large_has_traps_and_many_languages_and_knows_every_watch(
    example,
) -> None:
    assert len(example.judged) >= 80
    assert len([entry for entry, wanted, _ in example.judged if not wanted]) >= 20
    assert len({entry["lang"] for entry, _, _ in example.judged}) >= 12
    wanted = {label for _, labels, _ in example.judged for label in labels}
    assert wanted == {watch.id for watch in example.watchlist.watches}


def test_precision_and_recall_hold_over_all_items(example) -> None:
    right = sum(len(wanted & got) for _, wanted, got in example.judged)
    given = sum(len(got) for _, _, got in example.judged)
    wanted = sum(len(wanted) for _, wanted, _ in example.judged)
    print(
        f"{example.watchlist.watchlist}: precision {right / given:.3f} recall {right / wanted:.3f}"
    )
    assert right / given >= 0.95
    assert right / wanted >= 0.90


def test_no_label_falls_behind(example) -> None:
    right, given, wanted_of = Counter(), Counter(), Counter()
    for _, wanted, got in example.judged:
        right.update(wanted & got)
        given.update(got)
        wanted_of.update(wanted)
    figures = {
        label: 2 * right[label] / (given[label] + count) for label, count in wanted_of.items()
    }
    print("\n".join(f"{label:26} F1 {figure:.3f}" for label, figure in sorted(figures.items())))
    low = {
        label: figure
        for label, figure in figures.items()
        if figure < (0.8 if wanted_of[label] >= 5 else 0.5)
    }
    assert low == {}


def test_traps_raise_few_alerts(example) -> None:
    quiet = [(entry["title"], got) for entry, wanted, got in example.judged if not wanted]
    assert len([title for title, got in quiet if got]) <= 0.07 * len(quiet)


def test_every_watch_points_to_its_place_in_the_seed(example) -> None:
    for watch in example.watchlist.watches:
        path, _, anchor = watch.seed.partition("#")
        assert anchor == watch.id
        assert f"{{#{anchor}}}" in (ROOT / path).read_text(encoding="utf-8")


def test_the_seed_names_its_publisher_date_and_watchlist(example) -> None:
    _, head, _ = (ROOT / example.watchlist.seed).read_text(encoding="utf-8").split("---", 2)
    given = yaml.safe_load(head)
    assert given["publisher"] == "own notes"
    assert {"title", "date"} <= given.keys()
    assert given["watchlist"] == f"config/watchlists/{example.watchlist.watchlist}.yaml"


def test_nothing_of_an_example_is_urgent(example) -> None:
    assert {watch.priority for watch in example.watchlist.watches} <= {"low", "normal"}


def test_every_watch_is_found_without_being_tried_on_every_item(example) -> None:
    assert example.matcher.slow == ()


def test_the_examples_change_nothing_for_the_other_watches() -> None:
    settings = load(WATCHLISTS.parent, {})
    alone = Matcher([settings.watchlists["xinjiang-leaks"]])
    together = Matcher(settings.watchlists.values())
    for _, item in entries(ROOT / "tests/golden/matching/labelled.jsonl"):
        assert together.match(item) == alone.match(item)


def test_the_examples_find_nothing_in_what_the_other_watches_are_about(example) -> None:
    found = {
        item.id: [hit.watch for hit in example.matcher.match(item)]
        for _, item in entries(ROOT / "tests/golden/matching/labelled.jsonl")
    }
    assert {key: watches for key, watches in found.items() if watches} == {}
