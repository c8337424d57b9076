"""The shipped watchlist on an own labelled set: precision and recall, over all and by label."""

from __future__ import annotations

# ruff: noqa: T201 - the figures are read with pytest -s
import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from monitor.matching import Matcher, Watchlist
from monitor.model import Item

ROOT = Path(__file__).parents[2]
LABELLED = ROOT / "tests/golden/matching/labelled.jsonl"
SHIPPED = ROOT / "config/watchlists/xinjiang-leaks.yaml"


@pytest.fixture(scope="module")
def watchlist() -> Watchlist:
    return Watchlist.model_validate(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def matcher(watchlist: Watchlist) -> Matcher:
    return Matcher([watchlist])


@pytest.fixture(scope="module")
def judged(matcher: Matcher) -> list[tuple[dict, set[str], set[str]]]:
    results = []
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        hits = matcher.match(
            Item(id=entry["id"], source="s", title=entry["title"], text=entry["text"])
        )
        results.append(
            (entry, set(entry["labels"]), {hit.watch for hit in hits if not hit.possible})
        )
    return results


def test_the_labelled_set_is_large_and_knows_every_watch(judged, watchlist) -> None:
    assert len(judged) >= 900
    assert {label for _, wanted, _ in judged for label in wanted} == {
        watch.id for watch in watchlist.watches
    }


def test_precision_and_recall_hold_over_all_items(judged) -> None:
    right = sum(len(wanted & got) for _, wanted, got in judged)
    assert right / sum(len(got) for _, _, got in judged) >= 0.99
    assert right / sum(len(wanted) for _, wanted, _ in judged) >= 0.99


def test_no_label_falls_behind(judged) -> None:
    right, given, wanted_of = Counter(), Counter(), Counter()
    for _, wanted, got in judged:
        right.update(wanted & got)
        given.update(got)
        wanted_of.update(wanted)
    figures = {
        label: 2 * right[label] / (given[label] + count) for label, count in wanted_of.items()
    }
    print(
        "\n".join(
            f"{label:26} F1 {figure:.3f} of {wanted_of[label]}"
            for label, figure in sorted(figures.items())
        )
    )
    assert {label: figure for label, figure in figures.items() if figure < 0.9} == {}


def test_traps_raise_no_alert(judged) -> None:
    quiet = [(entry["title"], got) for entry, wanted, got in judged if not wanted]
    assert len(quiet) >= 80
    assert len([title for title, got in quiet if got]) <= 0.01 * len(quiet)


def test_every_span_is_what_stands_in_the_item(matcher) -> None:
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        for hit in matcher.match(
            Item(id=entry["id"], source="s", title=entry["title"], text=entry["text"])
        ):
            assert hit.spans
            assert all(entry[span.field][span.start : span.end] == span.text for span in hit.spans)


def test_every_watch_points_to_its_place_in_the_seed(watchlist) -> None:
    for watch in watchlist.watches:
        path, _, anchor = watch.seed.partition("#")
        assert anchor == watch.id
        assert f"{{#{anchor}}}" in (ROOT / path).read_text(encoding="utf-8")


def test_the_seed_document_hits_its_watches(matcher, watchlist) -> None:
    text = (ROOT / watchlist.seed).read_text(encoding="utf-8").split("---", 2)[2]
    got = {
        hit.watch
        for hit in matcher.match(Item(id="seed", source="s", title="", text=text))
        if not hit.possible
    }
    assert got == {watch.id for watch in watchlist.watches}
