from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from monitor.errors import StoreError
from monitor.model import Attempt, Delivery, DeliveryStatus, Mode, Route, StoryLink
from monitor.store import Store, Tx


def add(store: Store, *deliveries: Delivery) -> list[bool]:
    return store.write_now(lambda tx: [tx.add_delivery(each) for each in deliveries])


def claim(store: Store, make: SimpleNamespace, *, minutes: float = 0) -> list[Delivery]:
    now = make.now + timedelta(minutes=minutes)
    return store.write_now(lambda tx: tx.claim_deliveries(now, 10, 60))


def test_a_delivery_comes_back_byte_for_byte_with_its_hits_in_order(
    filled: Store, make: SimpleNamespace
) -> None:
    sent = make.delivery("d", "c/ada", "a/ada", "b/ada")
    assert add(filled, sent) == [True]
    assert filled.read_now(lambda tx: tx.delivery("d")) == sent
    assert filled.read_now(lambda tx: tx.delivery("nobody")) is None


def test_the_same_delivery_and_a_second_digest_for_a_slot_change_nothing(
    filled: Store, make: SimpleNamespace
) -> None:
    slot = "2026-03-04T07:30"
    digest = make.delivery("d1", "a/ada", kind="digest", slot=slot)
    second = make.delivery("d2", "b/ada", kind="digest", slot=slot)
    colleague = replace(second, id="d3", recipient="colleague@example.org")
    assert add(filled, digest, digest, second, colleague) == [True, False, False, True]
    assert filled.read_now(lambda tx: tx.delivery("d2")) is None


def test_alerts_have_no_slot_and_are_not_held_to_one(filled: Store, make: SimpleNamespace) -> None:
    assert add(filled, make.delivery("x", "a/ada"), make.delivery("y", "b/ada")) == [True, True]


def test_a_delivery_of_a_hit_that_is_not_stored_is_refused_whole(
    filled: Store, make: SimpleNamespace
) -> None:
    with pytest.raises(StoreError, match="not stored"):
        add(filled, make.delivery("d", "a/ada", "ghost/ada"))
    assert filled.read_now(lambda tx: tx.delivery("d")) is None


def test_a_digest_carries_each_routed_hit_once(filled: Store, make: SimpleNamespace) -> None:
    routes = [
        Route("desk", "a/ada", Mode.DIGEST, "daily"),
        Route("desk", "b/ada", Mode.INSTANT, "critical"),
        Route("desk", "c/ada", Mode.DIGEST, "daily"),
        Route("other", "a/ada", Mode.DIGEST, "daily"),
    ]
    filled.write_now(lambda tx: tx.add_routes(routes))

    def waiting(subscription: str) -> list[str]:
        found = filled.read_now(lambda tx: tx.digest_hits(subscription))
        return [each.hit.id for each in found]

    def all_wait(*hits: str) -> bool:
        return filled.read_now(lambda tx: tx.all_wait("desk", hits))

    assert waiting("desk") == ["a/ada", "c/ada"]
    assert all_wait("a/ada", "c/ada")
    add(filled, make.delivery("d", "a/ada", kind="digest", slot="1"))
    assert (waiting("desk"), waiting("other")) == (["c/ada"], ["a/ada"])
    assert (all_wait("c/ada"), all_wait("a/ada", "c/ada"), all_wait()) == (True, False, True)
    add(filled, make.delivery("d2", "c/ada", kind="digest", slot="1"))
    assert waiting("desk") == ["c/ada"]


def test_the_first_decision_about_a_hit_stands(filled: Store) -> None:
    first = Route("desk", "a/ada", Mode.SKIP, "baseline")
    filled.write_now(lambda tx: tx.add_routes([first]))
    filled.write_now(lambda tx: tx.add_routes([Route("desk", "a/ada", Mode.INSTANT, "again")]))
    assert filled.read_now(lambda tx: tx.routes(["a/ada", "b/ada"])) == [first]


def test_told_hits_and_stories_are_those_of_messages_that_were_not_cancelled(
    filled: Store, make: SimpleNamespace
) -> None:
    links = [(StoryLink(n, f"s-{n}"), make.sketch(n, f"s-{n}")) for n in "abc"]
    filled.write_now(lambda tx: tx.add_links(links))
    add(
        filled,
        make.delivery("alert", "a/ada"),
        make.delivery("digest", "b/ada", kind="digest", slot="1"),
        make.delivery("cancelled", "c/ada"),
    )
    assert filled.write_now(lambda tx: tx.cancel_delivery("cancelled"))
    stories, hits = ["s-a", "s-b", "s-c"], ["a/ada", "b/ada", "c/ada"]
    assert filled.read_now(lambda tx: tx.told_stories("desk", stories)) == {"s-a", "s-b"}
    assert filled.read_now(lambda tx: tx.told_hits("desk", hits)) == {"a/ada", "b/ada"}
    assert filled.read_now(lambda tx: tx.told_stories("other", stories)) == set()
    assert filled.read_now(lambda tx: tx.told_hits("desk", [])) == set()


def test_due_deliveries_are_claimed_once_and_again_after_the_lease(
    filled: Store, make: SimpleNamespace
) -> None:
    later = make.delivery("later", due=make.now + timedelta(minutes=5))
    add(filled, make.delivery("b", "a/ada"), make.delivery("a", "b/ada"), later)
    assert [each.id for each in claim(filled, make)] == ["a", "b"]
    assert claim(filled, make) == []
    filled.write_now(lambda tx: tx.release_delivery("b"))
    (again,) = claim(filled, make)
    assert again == make.delivery("b", "a/ada")
    assert [each.id for each in claim(filled, make, minutes=6)] == ["a", "b", "later"]


@pytest.mark.parametrize(
    ("ok", "final", "status"),
    [
        (True, False, DeliveryStatus.SENT),
        (True, True, DeliveryStatus.SENT),
        (False, True, DeliveryStatus.DEAD),
        (False, False, DeliveryStatus.PENDING),
    ],
)
def test_an_attempt_decides_what_becomes_of_its_delivery(
    filled: Store, make: SimpleNamespace, *, ok: bool, final: bool, status: DeliveryStatus
) -> None:
    add(filled, make.delivery("d", "a/ada"))
    claim(filled, make)
    next_due = None if ok or final else make.now + timedelta(minutes=10)
    attempt = Attempt("d", make.now, ok, "said 250", final, next_due)
    filled.write_now(lambda tx: tx.record_attempt(attempt))
    kept = filled.read_now(lambda tx: tx.delivery("d"))
    assert kept is not None
    assert (kept.status, kept.attempts, kept.due) == (status, 1, next_due or make.now)
    assert filled.read_now(lambda tx: tx.attempts("d")) == [attempt]
    assert len(claim(filled, make, minutes=11)) == (status is DeliveryStatus.PENDING)


def test_a_late_failure_does_not_take_back_what_was_sent(
    filled: Store, make: SimpleNamespace
) -> None:
    add(filled, make.delivery("d"))
    filled.write_now(lambda tx: tx.record_attempt(Attempt("d", make.now, ok=True, detail="250")))
    late = Attempt("d", make.now, ok=False, detail="timeout", final=True)
    filled.write_now(lambda tx: tx.record_attempt(late))
    kept = filled.read_now(lambda tx: tx.delivery("d"))
    assert kept is not None
    assert (kept.status, kept.attempts) == (DeliveryStatus.SENT, 2)


def test_a_dead_letter_can_be_sent_again_with_the_same_bytes(
    filled: Store, make: SimpleNamespace
) -> None:
    add(filled, make.delivery("d", "a/ada"))
    assert not filled.write_now(lambda tx: tx.revive_delivery("nobody", make.now))
    dead = Attempt("d", make.now, ok=False, detail="550", final=True)
    filled.write_now(lambda tx: tx.record_attempt(dead))
    assert filled.write_now(lambda tx: tx.revive_delivery("d", make.now))
    assert not filled.write_now(lambda tx: tx.cancel_delivery("nobody"))
    (again,) = claim(filled, make)
    assert again.message == make.delivery("d").message
    assert again.attempts == 0


def test_one_that_waits_becomes_due_but_is_not_taken_from_who_sends_it(
    filled: Store, make: SimpleNamespace
) -> None:
    add(filled, replace(make.delivery("d"), due=make.now + timedelta(hours=1)))
    assert claim(filled, make) == []
    assert filled.write_now(lambda tx: tx.revive_delivery("d", make.now))
    assert [one.id for one in claim(filled, make)] == ["d"]
    assert filled.write_now(lambda tx: tx.revive_delivery("d", make.now))
    assert claim(filled, make) == [], "it is under way"


def test_one_message_is_leased_by_its_id_once_and_whenever_it_is_due(
    filled: Store, make: SimpleNamespace
) -> None:
    later = make.now + timedelta(hours=1)
    add(filled, replace(make.delivery("d"), due=later))
    claimed = filled.write_now(lambda tx: tx.claim_delivery("d", later))
    assert claimed is not None
    assert claimed.id == "d"
    assert filled.write_now(lambda tx: tx.claim_delivery("d", later)) is None
    assert filled.write_now(lambda tx: tx.claim_delivery("nobody", later)) is None


def test_dead_letters_are_found_by_channel_and_age_and_counted_by_when_they_were_given_up(
    filled: Store, make: SimpleNamespace
) -> None:
    hour = timedelta(hours=1)
    for number, channel in enumerate(["hook", "hook", "mail"]):
        made = make.now + number * hour
        add(filled, replace(make.delivery(f"d{number}"), channel=channel, created=made))
        given_up = Attempt(f"d{number}", made, ok=False, detail="550", final=True)
        filled.write_now(lambda tx, one=given_up: tx.record_attempt(one))
    read = filled.read_now
    assert read(lambda tx: tx.dead_letters()) == ["d0", "d1", "d2"]
    assert read(lambda tx: tx.dead_letters("hook")) == ["d0", "d1"]
    assert read(lambda tx: tx.dead_letters("hook", make.now + hour)) == ["d1"]
    assert read(lambda tx: tx.given_up(make.now, make.now + 9 * hour)) == {"hook": 2, "mail": 1}
    assert read(lambda tx: tx.given_up(make.now + hour, make.now + 2 * hour)) == {"hook": 1}
    filled.write_now(lambda tx: tx.revive_delivery("d1", make.now))
    assert read(lambda tx: tx.given_up(make.now, make.now + 9 * hour)) == {"hook": 1, "mail": 1}


def test_deliveries_are_listed_newest_first_by_status_and_page(
    filled: Store, make: SimpleNamespace
) -> None:
    made = [make.delivery(f"d{n}", created=make.now + timedelta(minutes=n // 2)) for n in range(5)]
    add(filled, *made)
    filled.write_now(lambda tx: tx.record_attempt(Attempt("d3", make.now, ok=True, detail="")))
    page = filled.read_now(lambda tx: tx.deliveries(2))
    assert [each.id for each in page] == ["d4", "d3"]
    before = f"{page[-1].created.isoformat()}|{page[-1].id}"
    assert [each.id for each in filled.read_now(lambda tx: tx.deliveries(9, before=before))] == [
        "d2",
        "d1",
        "d0",
    ]
    sent = filled.read_now(lambda tx: tx.deliveries(9, DeliveryStatus.SENT))
    assert [each.id for each in sent] == ["d3"]


def test_a_slot_is_reached_once_and_never_goes_back(store: Store, make: SimpleNamespace) -> None:
    assert store.read_now(lambda tx: tx.last_slot("desk")) is None
    later = make.now + timedelta(days=1)
    moves = [make.now, make.now, later, make.now]
    answers = store.write_now(lambda tx: [tx.set_last_slot("desk", slot) for slot in moves])
    assert answers == [True, False, True, False]
    assert store.read_now(lambda tx: tx.last_slot("desk")) == later
    assert store.read_now(lambda tx: tx.last_slots()) == {"desk": later}


def test_counts_say_how_much_there_is_of_everything(filled: Store, make: SimpleNamespace) -> None:
    filled.write_now(lambda tx: tx.sync_sources([("gazette", "https://x/", make.now)]))
    add(filled, make.delivery("d", "a/ada"))
    assert filled.read_now(lambda tx: tx.counts()) == {
        "items": 3,
        "hits": 3,
        "stories": 0,
        "visits": 0,
        "sources": 1,
        "sources_failing": 0,
        "sources_gone": 0,
        "deliveries_pending": 1,
        "deliveries_sent": 0,
        "deliveries_dead": 0,
        "deliveries_cancelled": 0,
        "destinations_off": 0,
        "destinations_failing": 0,
    }


def test_the_deliveries_of_one_message_are_put_in_together_but_for_those_that_are_there(
    filled: Store, make: SimpleNamespace
) -> None:
    route = Route("desk", "a/ada", Mode.INSTANT, "critical")
    filled.write_now(lambda tx: tx.add_routes([route]))
    all_of_them = [make.delivery(f"d{n}", "a/ada", recipient=f"r{n}@x.org") for n in range(3)]
    filled.write_now(lambda tx: tx.add_delivery(all_of_them[1]))
    added = filled.write_now(lambda tx: tx.add_deliveries(all_of_them))
    assert [each.id for each in added] == ["d0", "d2"]
    stored = filled.read_now(lambda tx: tx.deliveries(9))
    assert {each.id: each.hits for each in stored} == dict.fromkeys(["d0", "d1", "d2"], ("a/ada",))
    assert filled.read_now(lambda tx: tx.alert_hits("desk")) == []


def test_who_listens_hears_of_each_commit_that_brought_messages(
    filled: Store, make: SimpleNamespace
) -> None:
    heard: list[int] = []

    def note() -> None:
        heard.append(len(filled.read_now(lambda tx: tx.deliveries(9))))

    def fail_late(tx: Tx) -> None:
        tx.add_delivery(make.delivery("lost"))
        raise LookupError

    filled.listen(note)
    with pytest.raises(LookupError):
        filled.write_now(fail_late)
    add(filled, make.delivery("d0"))
    add(filled, make.delivery("d0"))
    filled.write_now(lambda tx: tx.release_delivery("d0"))
    add(filled, make.delivery("d1"))
    filled.write_now(lambda tx: tx.release_delivery("d0"))  # by now the last commit was told of
    assert heard == [1, 2]
