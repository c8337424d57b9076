"""What changed between the versions of a hit, with the text that each change took the place of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.history import changes_of
from monitor.model import Exchange, Item, Revision, Version, version_of

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
TEASER = Item("a", "gazette", "Maria Exemplar speaks", summary="She spoke.", first_seen=NOW)
WHOLE = replace(TEASER, text="Maria Exemplar will resign on Monday.\nIt rained in the harbour.")


def fed(item: Item, hours: float) -> Version:
    return version_of(item, NOW + timedelta(hours=hours), Exchange())


def page(item: Item, hours: float) -> Version:
    return version_of(item, NOW + timedelta(hours=hours), Exchange("u", 200, (), b"<p>"))


def edit(version: Version, hours: float | None = None) -> Revision:
    at = version.at if hours is None else NOW + timedelta(hours=hours)
    return Revision("a", at, version.digest, "watch", "it was changed")


def said(item: Item, sentence: str) -> Item:
    return replace(item, text=item.text.replace("Maria Exemplar will resign on Monday.", sentence))


def test_a_change_of_a_page_is_held_against_the_page_and_not_against_its_feed() -> None:
    new = page(said(WHOLE, "She stays."), 2)
    (change,) = changes_of([fed(TEASER, 0), page(WHOLE, 1), new], [edit(new)])
    assert change.removed == ("Maria Exemplar will resign on Monday.",)
    assert change.added == ("She stays.",)
    assert change.version == new.digest


def test_a_page_read_for_the_first_time_after_an_edit_of_its_feed_is_what_changes_next() -> None:
    retitled = fed(replace(TEASER, title="Maria Exemplar speaks out"), 1)
    read = page(replace(WHOLE, title=retitled.item.title), 2)
    new = page(said(read.item, "She stays."), 3)
    first, second = changes_of([fed(TEASER, 0), retitled, read, new], [edit(retitled), edit(new)])
    assert first.titles == (TEASER.title, retitled.item.title)
    assert (second.removed, second.added) == (
        ("Maria Exemplar will resign on Monday.",),
        ("She stays.",),
    )


def test_a_feed_that_changes_after_its_page_was_read_is_held_against_the_feed() -> None:
    new = fed(replace(TEASER, summary="She stays."), 2)
    (change,) = changes_of([fed(TEASER, 0), page(WHOLE, 1), new], [edit(new)])
    assert (change.removed, change.added) == (("She spoke.",), ("She stays.",))


def test_a_text_that_comes_back_changes_what_stood_there_in_between() -> None:
    first, second = page(WHOLE, 0), page(said(WHOLE, "She stays."), 1)
    there, back = changes_of([first, second], [edit(second), edit(first, 2)])
    assert there.added == back.removed == ("She stays.",)
    assert back.added == ("Maria Exemplar will resign on Monday.",)


def test_a_change_from_a_text_that_is_not_at_hand_has_its_words_alone() -> None:
    first, middle = page(WHOLE, 0), page(said(WHOLE, "She stays."), 1)
    last = page(said(WHOLE, "She leaves."), 2)
    gone = Revision("a", NOW + timedelta(hours=3), last.digest, "gone", "no page any more")
    changes = changes_of([first, last], [edit(middle), edit(last), gone])
    assert [(one.words, one.removed, one.added) for one in changes] == [
        ("it was changed", (), ()),
        ("it was changed", (), ()),
        ("no page any more", (), ()),
    ]
