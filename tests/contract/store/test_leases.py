from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

from monitor.model import DAY, Lease, SourceState
from monitor.store import Store


def lease(make: SimpleNamespace, token: str = "t", **changes: object) -> Lease:
    fresh = Lease(token, "s", "https://hub.example/", "https://s.example/", "https://us/t", "key")
    return replace(fresh, **{"due": make.now, **changes})  # type: ignore[arg-type]


def test_a_lease_comes_back_as_it_was_saved(store: Store, make: SimpleNamespace) -> None:
    saved = lease(
        make, pending="subscribe", expires=make.now + DAY, failures=2, problem="HTTP 503 – später"
    )
    store.write_now(lambda tx: tx.save_leases([saved]))
    assert store.read_now(lambda tx: tx.lease("t")) == saved
    assert store.read_now(lambda tx: tx.leases("s")) == [saved]
    assert store.read_now(lambda tx: tx.leases("other")) == []
    store.write_now(lambda tx: tx.drop_lease("t"))
    assert store.read_now(lambda tx: tx.lease("t")) is None


def test_a_hub_that_is_due_is_claimed_once_until_its_lease_is_saved(
    store: Store, make: SimpleNamespace
) -> None:
    later = lease(make, "later", due=make.now + DAY)
    never = lease(make, "never", due=None)
    store.write_now(lambda tx: tx.save_leases([lease(make), later, never]))

    def claim(seconds: float = 0) -> list[str]:
        now = make.now + timedelta(seconds=seconds)
        return [one.token for one in store.write_now(lambda tx: tx.claim_leases(now, 10, 60))]

    assert claim() == ["t"]
    assert claim() == []
    store.write_now(lambda tx: tx.release_lease("t"))
    assert claim() == ["t"]
    assert claim(61) == ["t"]
    store.write_now(lambda tx: tx.save_leases([lease(make)]))
    assert claim(62) == ["t"]


def test_a_source_is_told_of_news_until_its_last_lease_ends(
    store: Store, make: SimpleNamespace
) -> None:
    until = make.now + DAY
    leases = [
        lease(make, expires=until),
        lease(make, "left", expires=until + DAY, leaving=True),
        lease(make, "old", expires=make.now),
    ]
    store.write_now(lambda tx: tx.save_leases(leases))
    assert store.read_now(lambda tx: tx.pushed_until("s", make.now)) == until
    assert store.read_now(lambda tx: tx.pushed_until("s", until)) is None
    assert store.read_now(lambda tx: tx.pushed_until("other", make.now)) is None


def test_a_push_changes_what_is_new_and_leaves_the_rest_to_polls(
    store: Store, make: SimpleNamespace
) -> None:
    due = make.now + DAY
    store.write_now(lambda tx: tx.sync_sources([("s", "https://s.example/", make.now)]))
    polled = SourceState("s", "https://s.example/", next_poll=due, first_poll_done=True)
    store.write_now(lambda tx: tx.save_state(polled))
    pushed = replace(polled, last_new=make.now, last_ok=make.now, next_poll=None, failures=9)
    store.write_now(lambda tx: tx.save_push(pushed))
    found = store.read_now(lambda tx: tx.source_state("s"))
    assert found == replace(polled, last_new=make.now, last_ok=make.now)


def test_a_source_is_polled_soon_unless_it_is_due_or_never_polled_again(
    store: Store, make: SimpleNamespace
) -> None:
    store.write_now(lambda tx: tx.sync_sources([("s", "https://s.example/", make.now + DAY)]))
    store.write_now(lambda tx: tx.poll_soon("s", make.now))
    assert store.read_now(lambda tx: tx.next_due()) == make.now
    store.write_now(lambda tx: tx.poll_soon("s", make.now + DAY))
    assert store.read_now(lambda tx: tx.next_due()) == make.now
