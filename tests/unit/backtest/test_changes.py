from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.backtest.changes import Tally
from monitor.model import Hit, Item, digest

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def item(number: int) -> Item:
    return Item(id=f"i{number}", source="s", title=f"T{number}", first_seen=NOW + timedelta(number))


def hit(of: Item, watch: str, *, possible: bool = False) -> Hit:
    score = 0.3 if possible else 0.8
    return Hit(digest(of.id, watch), of.id, watch, "list", score, (), "r", f"{watch}.", possible)


HITS = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.booleans())
PAIRS = st.lists(st.tuples(HITS, HITS), max_size=30)


@given(PAIRS)
def test_the_counts_are_those_of_sets_of_hits(pairs) -> None:
    tally = Tally(1000)
    sets: dict[str, set[tuple[int, str]]] = {"before": set(), "after": set()}
    possible: Counter[tuple[str, str]] = Counter()
    for number, sides in enumerate(pairs):
        one = item(number)
        made = [[hit(one, watch, possible=p) for watch, p in side.items()] for side in sides]
        tally.add(one, *made)
        for name, side in zip(("before", "after"), sides, strict=True):
            sets[name] |= {(number, watch) for watch, p in side.items() if not p}
            possible.update((name, watch) for watch, p in side.items() if p)
    for change in tally.changes():
        before, after = ({one for one in side if one[1] == change.watch} for side in sets.values())
        assert (change.gained, change.lost) == (len(after - before), len(before - after))
        assert (change.kept, change.before, change.after) == (
            len(after & before),
            len(before),
            len(after),
        )
        assert change.possible_before == possible["before", change.watch]
        assert change.possible_after == possible["after", change.watch]
    changed = {(one.kind, one.item, one.watch) for one in tally.samples()}
    gained, lost = sets["after"] - sets["before"], sets["before"] - sets["after"]
    assert changed == {("gained", f"i{n}", w) for n, w in gained} | {
        ("lost", f"i{n}", w) for n, w in lost
    }


def test_samples_stay_few_and_are_the_same_in_any_order() -> None:
    items = [item(number) for number in range(200)]
    forward, backward = Tally(3), Tally(3)
    for one in items:
        forward.add(one, [], [hit(one, "a")])
    for one in reversed(items):
        backward.add(one, [], [hit(one, "a")])
    assert len(forward.samples()) == 3
    assert forward.samples() == backward.samples()
    times = [one.time for one in forward.samples()]
    assert times == sorted(times, reverse=True)


def test_samples_are_drawn_from_all_of_the_window() -> None:
    tally = Tally(20)
    for number in range(2000):
        tally.add(item(number), [], [hit(item(number), "a")])
    numbers = [int(one.item[1:]) for one in tally.samples()]
    assert min(numbers) < 500
    assert max(numbers) > 1500


def test_a_hit_that_was_only_possible_before_is_gained() -> None:
    tally, one = Tally(5), item(1)
    tally.add(one, [hit(one, "a", possible=True)], [hit(one, "a")])
    (sample,) = tally.samples()
    assert (sample.kind, sample.why, sample.other) == ("gained", "a.", "possible, score 0.30")


def test_without_samples_there_are_only_counts() -> None:
    tally, one = Tally(0), item(1)
    tally.add(one, [hit(one, "a")], [])
    assert tally.samples() == ()
    assert tally.changes()[0].lost == 1
