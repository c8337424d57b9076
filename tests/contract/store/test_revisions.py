from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from monitor.model import Mode, Revision, Route, Visit
from monitor.store import Store


def test_revisions_come_back_oldest_first_as_they_were_kept_first(
    filled: Store, make: SimpleNamespace
) -> None:
    first = Revision("a", make.now, "v2", "watch", "the headline was changed: 鹿 \u2067עברית\u2069")
    second = Revision("a", make.now + timedelta(hours=5), "v2", "gone", "no longer there")
    filled.write_now(lambda tx: tx.add_revisions([second, first]))
    filled.write_now(lambda tx: tx.add_revisions([Revision("a", make.now, "v2", "back", "")]))
    assert filled.read_now(lambda tx: tx.revisions(["a", "b"])) == {"a": [first, second]}


def test_the_wording_of_an_item_is_that_of_its_own_source_and_the_newest_counts(
    store: Store,
) -> None:
    store.write_now(lambda tx: tx.set_wordings("gazette", {"a": "d1", "b": "d2"}))
    store.write_now(lambda tx: tx.set_wordings("gazette", {"a": "d3"}))
    assert store.read_now(lambda tx: tx.wordings("gazette", ["a", "b", "c"])) == {
        "a": "d3",
        "b": "d2",
    }
    assert store.read_now(lambda tx: tx.wordings("herald", ["a", "b"])) == {}


def test_a_told_hit_waits_again_once_its_route_is_renewed(
    filled: Store, make: SimpleNamespace
) -> None:
    hit = make.hit("a")
    filled.write_now(lambda tx: tx.add_routes([Route("desk", hit.id, Mode.INSTANT, "matches")]))
    filled.write_now(lambda tx: tx.add_delivery(make.delivery("m1", hit.id)))
    assert filled.read_now(lambda tx: tx.alert_hits("desk")) == []
    again = Route("desk", hit.id, Mode.DIGEST, "edited: the headline was changed")
    filled.write_now(lambda tx: tx.renew_routes([again]))
    assert [one.hit.id for one in filled.read_now(lambda tx: tx.digest_hits("desk"))] == [hit.id]
    assert filled.read_now(lambda tx: tx.routes([hit.id])) == [again]


def test_a_visit_moves_on_once_however_many_made_it(filled: Store, make: SimpleNamespace) -> None:
    first = Visit("a", "coast", "https://coast.example/a", make.now)
    later = Visit("a", "coast", "https://coast.example/a", make.now + timedelta(hours=1), stage=1)
    filled.write_now(lambda tx: tx.add_visits([first]))
    assert filled.read_now(lambda tx: tx.counts())["visits"] == 1
    assert filled.write_now(lambda tx: tx.end_visit(first, later))
    assert not filled.write_now(lambda tx: tx.end_visit(first, later))
    assert filled.read_now(lambda tx: tx.visits()) == [later]
    assert filled.read_now(lambda tx: tx.counts())["visits"] == 0, "a look is not waited for"
    assert filled.write_now(lambda tx: tx.claim_visits(later.due, 5, 60.0)) == [later]
    assert filled.write_now(lambda tx: tx.end_visit(later, None))
    assert not filled.write_now(lambda tx: tx.end_visit(later, None))
    assert filled.read_now(lambda tx: tx.visits()) == []
