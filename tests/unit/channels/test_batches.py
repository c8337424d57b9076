"""A digest that is too large for one webhook comes in parts that together hold everything."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from monitor.channels.batches import MOST_HITS, parts_of
from monitor.channels.envelopes import cloud_event, set_payload
from monitor.channels.payload import payload_of
from monitor.model import Notice
from monitor.planning import Planned
from tests.unit.channels.samples import DIGEST, TEST, WARNED, hit_of, long_digest, make_item, story


def ids(notice: Notice) -> list[str]:
    return [told.item.id for group in notice.groups for told in group.stories]


@pytest.mark.parametrize("notice", [DIGEST, WARNED, TEST], ids=["digest", "warned", "test"])
def test_what_fits_is_one_part_and_the_same_notice(notice: Notice) -> None:
    assert parts_of(notice) == (notice,)


@pytest.mark.parametrize("stories", [40, 300, 1000])
@pytest.mark.parametrize("write", [set_payload, lambda notice: cloud_event(notice, "f" * 64)])
def test_every_story_is_in_exactly_one_part_and_every_part_fits(stories: int, write) -> None:
    notice = long_digest(stories, "港口文件曝光 " * 30)
    parts = parts_of(notice)
    assert [one for part in parts for one in ids(part)] == ids(notice)
    for number, part in enumerate(parts, 1):
        body = write(part)
        data = json.loads(body)["data"]
        data = data.get("data", data)
        assert len(body) < 20_000
        assert (data["part"], data["parts"], data["more"]) == (number, len(parts), 0)
        assert len(data["stories"]) == len(ids(part))


def test_a_part_has_at_most_a_hundred_hits() -> None:
    def small(number: int):
        item = make_item(number, "Elena", "", url="", outlet="o", language="")
        hits = tuple(hit_of(item, f"w{n}", why="x") for n in range(5))
        return story(item, *hits)

    groups = (replace(DIGEST.groups[0], stories=tuple(small(n) for n in range(45))),)
    parts = parts_of(replace(DIGEST, groups=groups, receipt=None))
    sizes = [sum(len(s.hits) for group in part.groups for s in group.stories) for part in parts]
    assert max(sizes) <= MOST_HITS
    assert sum(sizes) == 45 * 5


def test_receipt_and_warnings_come_once() -> None:
    parts = parts_of(replace(long_digest(100), warnings=("broken",)))
    assert [bool(part.receipt) for part in parts] == [True] + [False] * (len(parts) - 1)
    assert [part.warnings for part in parts][:2] == [("broken",), ()]


def test_a_story_that_no_body_holds_is_counted() -> None:
    """A hostile feed may bring a story of more than 20 kB; it must not stop the others."""
    base = DIGEST.groups[0].stories[0]
    copies = tuple(
        replace(base.copies[0], url=f"https://a.example/{'x' * 1980}") for _ in range(12)
    )
    huge = replace(base, copies=copies)
    notice = replace(DIGEST, groups=(replace(DIGEST.groups[0], stories=(huge, base)),))
    parts = parts_of(notice)
    bodies = [json.loads(set_payload(part))["data"] for part in parts]
    assert [(len(body["stories"]), body["more"]) for body in bodies] == [(0, 1), (1, 0)]


def test_each_part_is_a_message_of_its_own_that_settles_its_hits() -> None:
    notice = long_digest(100)
    parts = parts_of(notice)
    hits = tuple(h.id for group in notice.groups for s in group.stories for h in s.hits)
    planned = Planned(
        "d1", "s", "digest", "hook", "", notice, (*hits, "of-a-copy"), "2026-11-23T07:30"
    )
    made = planned.parted(parts)
    assert len(made) == len(parts) > 2
    assert len({one.id for one in made}) == len(made)
    assert [one.slot for one in made][:2] == ["2026-11-23T07:30", "2026-11-23T07:30 part 2"]
    assert made[0].id == "d1"
    assert "of-a-copy" in made[0].hits
    told = [hit for one in made for hit in one.hits]
    assert sorted(told) == sorted([*hits, "of-a-copy"])
    assert [len(one.hits) for one in made[1:]] == [len(ids(part)) for part in parts[1:]]
    assert planned.parted((notice,)) == (planned,)
    assert planned.parted(parts) == made


def test_payload_counts_parts() -> None:
    assert payload_of(replace(DIGEST, part=2, parts=3), 1).data.parts == 3
