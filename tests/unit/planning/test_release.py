from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.planning.release import Release, Waiting, release
from monitor.planning.subscription import Budget, Subscription

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def subscription(**more):
    return Subscription.model_validate(
        {"id": "desk", "when": "instant", "to": [{"channel": "box"}], **more}
    )


def waiting(*names, since=NOW, critical=False):
    return [Waiting(name, since, critical) for name in names]


def test_without_limits_everything_goes_at_once_in_one_message():
    assert release(subscription(), waiting("a", "b"), [], NOW) == Release(("a", "b"))


def test_when_nothing_waits_nothing_goes():
    wish = subscription(budget={"per_hour": 1}, wait="60s")
    assert release(wish, [], [NOW], NOW) == Release()


def test_a_burst_gathers_for_its_wait_and_then_goes_as_one():
    wish = subscription(wait="60s")
    first = waiting("a")
    assert release(wish, first, [], NOW) == Release(again=NOW + timedelta(seconds=60))
    burst = first + waiting("b", since=NOW + timedelta(seconds=50))
    assert release(wish, burst, [], NOW + timedelta(seconds=60)).hits == ("a", "b")


def test_what_is_critical_waits_for_nobody():
    wish = subscription(wait="60s", quiet_hours="11:00-13:00")
    both = waiting("a") + waiting("b", critical=True)
    assert release(wish, both, [], NOW) == Release(("b",), again=NOW + HOUR)


def test_quiet_hours_keep_alerts_back_until_they_end():
    wish = subscription(quiet_hours="11:00-13:00")
    assert release(wish, waiting("a"), [], NOW) == Release(again=NOW + HOUR)
    assert release(wish, waiting("a"), [], NOW + HOUR).hits == ("a",)


def test_a_budget_that_is_used_up_holds_everything_until_the_oldest_alert_is_an_hour_old():
    wish = subscription(budget={"per_hour": 2})
    sent = [NOW - timedelta(minutes=50), NOW - timedelta(minutes=10)]
    held = waiting("a", "b", critical=True)
    assert release(wish, held, sent, NOW) == Release(again=NOW + timedelta(minutes=10))
    later = release(wish, held, sent, NOW + timedelta(minutes=10))
    assert later.hits == ("a", "b")
    assert "2 of these had to wait" in later.note
    assert "at most 2 a hour" not in later.note
    assert "2 an hour" in later.note


def test_a_day_has_a_budget_of_its_own():
    wish = subscription(budget={"per_hour": 5, "per_day": 1})
    sent = [NOW - 20 * HOUR]
    assert release(wish, waiting("a"), sent, NOW) == Release(again=NOW + 4 * HOUR)


def test_a_message_within_the_budget_says_nothing_of_it():
    wish = subscription(budget={"per_hour": 2})
    assert release(wish, waiting("a"), [NOW - HOUR], NOW).note == ""


@given(
    st.lists(st.integers(0, 100_000), max_size=60),
    st.integers(1, 4),
    st.integers(0, 12),
    st.booleans(),
)
def test_however_hits_arrive_the_budget_holds_and_each_is_told_once(arrivals, most, wait, night):
    wish = subscription(
        budget={"per_hour": most},
        wait=f"{wait * 60}s",
        **({"quiet_hours": "01:00-06:00"} if night else {}),
    )
    start = datetime(2026, 3, 4, tzinfo=UTC)
    pending = sorted(start + timedelta(seconds=second) for second in arrivals)
    inbox, sent, told, now = [], [], [], start
    for number, moment in enumerate(pending):
        inbox.append(Waiting(f"h{number}", moment))
    for _ in range(10_000):
        here = [one for one in inbox if one.since <= now]
        found = release(wish, here, sent, now)
        if found.hits:
            told += found.hits
            sent.append(now)
            inbox = [one for one in inbox if one.hit not in found.hits]
        coming = [one.since for one in inbox if one.since > now]
        following = [moment for moment in (found.again, *coming[:1]) if moment]
        if not following:
            break
        assert min(following) > now
        now = min(following)
    assert sorted(told) == sorted(f"h{number}" for number in range(len(pending)))
    for moment in sent:
        assert sum(moment - HOUR < other <= moment for other in sent) <= most


def test_recipients_of_other_zones_get_slots_of_their_own():
    wish = Subscription.model_validate(
        {
            "id": "morning",
            "when": "daily at 07:30",
            "time_zone": "Europe/Berlin",
            "to": [
                {"channel": "mail", "recipient": "a@desk.example"},
                {"channel": "mail", "recipient": "b@desk.example", "time_zone": "Asia/Tokyo"},
                {"channel": "mail", "recipient": "c@desk.example", "time_zone": "Asia/Tokyo"},
            ],
        }
    )
    here, there = wish.by_zone()
    assert (here.id, here.time_zone, len(here.to)) == ("morning", "Europe/Berlin", 1)
    assert (there.id, there.time_zone, len(there.to)) == ("morning--asia-tokyo", "Asia/Tokyo", 2)


def test_a_subscription_of_one_zone_stays_as_it_is():
    wish = subscription()
    assert wish.by_zone() == (wish,)
    assert Budget().per_hour == 0


def test_readers_in_another_zone_see_the_same_title_and_no_zone_in_it() -> None:
    to = [{"channel": "mail", "recipient": "a@example.org", "time_zone": "Asia/Tokyo"}]
    for title, shown in (("The desk", "The desk"), ("", "desk")):
        (there,) = subscription(title=title, to=to).by_zone()
        assert (there.id, there.title) == ("desk--asia-tokyo", shown)
