from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.model import Hit, Item, Message, NoticeCopy, NoticeStory, StoryLink
from monitor.planning import Planned, Subscription, plan_alert, plan_digest, plan_test


@dataclass(frozen=True)
class Watch:
    name: str
    priority: str = "normal"


NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
WATCHES = {
    "marchetti": Watch("Elena Marchetti", "high"),
    "labour": Watch("Forced labour"),
    "ledger": Watch("Ledger Bank", "low"),
}


def item(name: str, hours: float = 1, outlet: str = "") -> Item:
    when = NOW - timedelta(hours=hours)
    return Item(
        name, "s", f"Title {name}", f"https://x.example/{name}", outlet=outlet, published=when
    )


def hit(item: str, watch: str, score: float = 0.8) -> Hit:
    return Hit(f"{item}:{watch}", item, watch, "harbour-files", score, (), "r1")


def subscription(**more: object) -> Subscription:
    to = [
        {"channel": "mail", "recipient": "a@example.org"},
        {"channel": "mail", "recipient": "b@example.org"},
    ]
    plain = {"id": "desk", "title": "The desk", "when": "instant", "to": to, **more}
    return Subscription.model_validate(plain)


def digest_of(
    hits: list[Hit], items: list[Item], links: list[StoryLink] | None = None, **more: object
) -> tuple[Planned, ...]:
    return plan_digest(
        subscription(when="daily at 07:30", time_zone="Europe/Berlin", **more),
        hits,
        {i.id: i for i in items},
        {link.item: link for link in links or []},
        WATCHES,
        start=NOW - timedelta(days=1),
        slot=NOW,
    )


def told_in(
    language: str, *items: Item, links: list[StoryLink] | None = None, **more: object
) -> NoticeStory:
    """Return the one story that ``items`` tell to readers of ``language``."""
    found = [StoryLink(one.id, "story-1", why="joined" if n else "") for n, one in enumerate(items)]
    hits = [hit(one.id, "marchetti") for one in items]
    first, _ = digest_of(hits, list(items), links or found, language=language, **more)
    [group] = first.notice.groups
    [story] = group.stories
    return story


CHINESE = replace(item("zh", hours=5, outlet="海港日报"), language="zh-Hans", title="港口部长辞职")
ARABIC = replace(item("ar", hours=4, outlet="صدى"), language="ar", title="استقالة وزيرة الموانئ")
ENGLISH = replace(item("en", hours=2), language="en-GB", title="Port minister resigns")


def test_a_title_in_the_readers_language_leads_and_the_first_title_stands_beside_it() -> None:
    story = told_in("en", CHINESE, ENGLISH)
    assert story.item.id == "en"
    assert story.original == NoticeCopy("海港日报", CHINESE.url, CHINESE.title, "zh-Hans")
    assert told_in("ar", CHINESE, ARABIC, ENGLISH).item.id == "ar"


def test_a_story_that_nobody_told_in_the_readers_language_keeps_its_first_title() -> None:
    story = told_in("en", CHINESE, ARABIC)
    assert story.item.id == "zh"
    assert story.original is None
    assert told_in("en", ENGLISH, replace(CHINESE, published=NOW)).original is None


def test_a_language_that_is_not_known_is_no_other_language() -> None:
    assert told_in("en", replace(CHINESE, language=""), ENGLISH).original is None


def test_the_readers_language_does_not_hide_the_more_urgent_watch() -> None:
    hits = [hit("zh", "marchetti"), hit("zh", "labour"), hit("en", "labour")]
    links = [StoryLink("zh", "story-1"), StoryLink("en", "story-1", why="joined")]
    first, _ = digest_of(hits, [CHINESE, ENGLISH], links, language="en")
    assert layout(first) == [("Elena Marchetti", ["zh"])]
    assert first.notice.groups[0].stories[0].also == ("Forced labour",)


def test_a_story_ran_before_when_what_founded_it_came_earlier_and_something_is_new() -> None:
    news = StoryLink("en", "story-1", why="joined", development="new number 37")
    assert told_in("en", ENGLISH, links=[news]).ran_before
    founder = StoryLink("zh", "story-1")
    assert not told_in("en", CHINESE, ENGLISH, links=[founder, news]).ran_before
    rewrite = replace(news, development="")
    assert not told_in("en", ENGLISH, links=[rewrite]).ran_before


def test_a_discreet_subscription_makes_discreet_messages() -> None:
    desk = subscription(discreet=True)
    found = [*plan_test(desk, NOW), *digest_of([], [], discreet=True)]
    found += plan_alert(desk, [hit("i", "labour")], {"i": item("i")}, {}, WATCHES, NOW)
    assert all(planned.notice.discreet for planned in found)
    assert not any(planned.notice.discreet for planned in plan_test(subscription(), NOW))


def layout(planned: Planned) -> list[tuple[str, list[str]]]:
    return [(g.name, [s.item.id for s in g.stories]) for g in planned.notice.groups]


def test_several_hits_of_one_item_are_one_entry_under_its_strongest_watch() -> None:
    hits = [hit("a", "labour", 0.99), hit("a", "marchetti", 0.6)]
    first, _ = digest_of(hits, [item("a")])
    assert layout(first) == [("Elena Marchetti", ["a"])]
    story = first.notice.groups[0].stories[0]
    assert [h.watch for h in story.hits] == ["marchetti", "labour"]


def test_groups_and_stories_are_ordered_by_priority_score_and_time() -> None:
    items = [item("old", 9), item("new", 1), item("strong", 5), item("low", 0), item("top", 20)]
    hits = [
        hit("low", "ledger", 1.0),
        hit("old", "labour"),
        hit("new", "labour"),
        hit("strong", "labour", 0.9),
        hit("top", "marchetti", 0.5),
    ]
    first, _ = digest_of(hits, items)
    assert layout(first) == [
        ("Elena Marchetti", ["top"]),
        ("Forced labour", ["strong", "new", "old"]),
        ("Ledger Bank", ["low"]),
    ]


def test_copies_are_folded_under_the_original_even_when_they_are_older() -> None:
    items = [item("copy", 3, "Wire"), item("original", 2, "Meridian"), item("late", 1, "Ledger")]
    links = [
        StoryLink("copy", "s1", copy_of="original"),
        StoryLink("original", "s1"),
        StoryLink("late", "s1", copy_of="original"),
    ]
    hits = [hit("copy", "labour"), hit("original", "labour"), hit("late", "labour")]
    first, _ = digest_of(hits, items, links)
    (story,) = first.notice.groups[0].stories
    assert story.item.id == "original"
    assert [copy.outlet for copy in story.copies] == ["Wire", "Ledger"]
    assert first.hits == ("copy:labour", "late:labour", "original:labour")


def test_rewrites_are_folded_under_the_first_and_say_what_is_new() -> None:
    items = [item("first", 3, "Wire"), item("again", 2, "Post"), item("news", 1, "Ledger")]
    links = [
        StoryLink("first", "s1"),
        StoryLink("again", "s1", why="joined: same name Merrow as Wire"),
        StoryLink(
            "news", "s1", why="joined: same name Merrow as Wire", development="new number 37"
        ),
    ]
    first, _ = digest_of([hit(i.id, "labour") for i in items], items, links)
    (story,) = first.notice.groups[0].stories
    assert story.item.id == "first"
    assert [copy.outlet for copy in story.copies] == ["Post", "Ledger"]
    assert story.developments == ("new number 37",)
    assert [copy.development for copy in story.copies] == ["", "new number 37"]


def test_the_item_that_speaks_of_more_watches_leads_so_that_none_is_lost() -> None:
    items = [item("short", 3), item("long", 2)]
    links = [StoryLink("short", "s1"), StoryLink("long", "s1", copy_of="short")]
    hits = [hit("short", "labour"), hit("long", "labour"), hit("long", "marchetti")]
    first, _ = digest_of(hits, items, links)
    assert layout(first) == [("Elena Marchetti", ["long"])]


def test_the_same_plan_has_the_same_id_and_another_slot_or_recipient_another() -> None:
    hits, items = [hit("a", "labour")], [item("a")]
    first, second = digest_of(hits, items)
    assert (first.id, second.id) == tuple(p.id for p in digest_of([], []))
    assert first.id != second.id
    later = plan_digest(
        subscription(when="daily at 07:30"), hits, {"a": items[0]}, {}, WATCHES, start=NOW, slot=NOW
    )
    assert later[0].id != first.id, "the slot is named in local time"
    assert first.slot == "2026-11-23T07:30:00+01:00"


def test_the_id_of_an_alert_depends_on_its_hits_and_not_on_their_order() -> None:
    items = {"a": item("a"), "b": item("b")}
    hits = [hit("a", "labour"), hit("b", "labour")]

    def ids(found: list[Hit]) -> list[str]:
        return [p.id for p in plan_alert(subscription(), found, items, {}, WATCHES, NOW)]

    assert ids(hits) == ids(hits[::-1])
    assert len(set(ids(hits) + ids(hits[:1]))) == 4


def test_an_alert_goes_to_each_destination_and_says_what_held_it_back() -> None:
    planned = plan_alert(
        subscription(),
        [hit("a", "labour")],
        {"a": item("a")},
        {},
        WATCHES,
        NOW,
        warnings=("Late.",),
    )
    assert [(p.subscription, p.recipient, p.hits, p.slot) for p in planned] == [
        ("desk", "a@example.org", ("a:labour",), ""),
        ("desk", "b@example.org", ("a:labour",), ""),
    ]
    assert {p.notice.warnings for p in planned} == {("Late.",)}


def test_a_destination_that_is_named_twice_gets_one_message() -> None:
    to = [{"channel": "ops"}, {"channel": "ops"}]
    assert len(digest_of([], [], to=to)) == 1


def test_a_planned_message_becomes_a_delivery_that_is_due_at_once() -> None:
    planned, _ = digest_of([hit("a", "labour")], [item("a")])
    message = Message(b"bytes", "message/rfc822", "<m@x>", "1 new on Forced labour")
    delivery = planned.delivery(message)
    assert (delivery.id, delivery.slot, delivery.hits) == (planned.id, planned.slot, planned.hits)
    assert delivery.due == delivery.created == NOW
    assert delivery.message is message


def test_a_test_message_has_an_id_of_its_own_each_time() -> None:
    first = plan_test(subscription(), NOW)[0]
    again = plan_test(subscription(), NOW + timedelta(seconds=1))[0]
    assert first.kind == first.notice.kind == "test"
    assert first.id != again.id
