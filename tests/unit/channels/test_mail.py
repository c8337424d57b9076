from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape, unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.channels.html import LARGEST
from monitor.channels.mail import Sender, check_address, compose
from monitor.channels.wording import headline, language_name
from monitor.links import Links
from monitor.model import Item, Message, Notice, NoticeCopy, Trend
from tests.unit.channels.samples import (
    ALERT,
    ARABIC,
    CHINESE,
    DIGEST,
    LEAD,
    QUIET,
    WARNED,
    hit_of,
    long_digest,
)

SENDER = Sender("monitor@example.org", "Coverage monitor")
ID = "0123456789abcdef0123"


def sent(notice: Notice) -> Message:
    return compose(notice, SENDER, "desk@example.org", ID)


def read(message: Message) -> EmailMessage:
    mail = message_from_bytes(message.content, policy=default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def part(notice: Notice, kind: str) -> str:
    body = read(sent(notice)).get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_the_headers_say_who_what_when_and_that_a_machine_wrote() -> None:
    mail = read(sent(DIGEST))
    assert mail["From"] == "Coverage monitor <monitor@example.org>"
    assert mail["To"] == "desk@example.org"
    assert mail["Subject"] == "2 new on Elena Marchetti, 4 on Forced labour in ports"
    assert mail["Date"].datetime == DIGEST.created
    assert mail["Message-ID"] == f"<{ID}@example.org>"
    assert mail["References"] == "<thread.harbour-morning@example.org>"
    assert mail["List-Id"] == "<harbour-morning.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"


def test_every_line_is_short_enough_for_smtp_and_ends_as_it_should() -> None:
    for line in sent(DIGEST).content.split(b"\r\n"):
        assert len(line) <= 998
        assert b"\n" not in line
        assert b"\r" not in line


def test_encoded_words_are_never_too_long_for_strict_readers() -> None:
    chinese = replace(ALERT.groups[0].stories[0], item=replace(CHINESE, title=CHINESE.title * 8))
    notice = replace(ALERT, groups=(replace(ALERT.groups[0], name="陈" * 40, stories=(chinese,)),))
    message = sent(notice)
    words = re.findall(rb"=\?[^?]+\?[bq]\?[^?]*\?=", message.content.split(b"\r\n\r\n")[0])
    assert words
    assert all(len(word) <= 75 for word in words)
    assert read(message)["Subject"] == headline(notice) == message.subject


def test_the_subject_is_bounded_however_many_watches_there_are() -> None:
    groups = tuple(
        replace(DIGEST.groups[0], watch=f"w{n}", name=f"Watch number {n}") for n in range(40)
    )
    line = headline(replace(DIGEST, groups=groups))
    assert len(line) <= 120
    assert line.startswith("2 new on Watch number 0, 2 on Watch number 1")
    assert line.endswith("more")


def test_an_alert_about_one_story_names_it_and_one_about_several_counts() -> None:
    assert headline(ALERT).startswith("Elena Marchetti: Port minister Elena Marchetti resigns")
    assert headline(replace(ALERT, groups=DIGEST.groups)).startswith(
        "2 new on Elena Marchetti, 4 on"
    )


def again(notice: Notice, *places: tuple[int, int]) -> Notice:
    """Return ``notice`` with the stories at (group, story) as developments of what ran before."""
    groups = [list(group.stories) for group in notice.groups]
    for group, place in places:
        told = groups[group][place]
        groups[group][place] = replace(told, ran_before=True, developments=("new number 37",))
    found = zip(notice.groups, groups, strict=True)
    return replace(notice, groups=tuple(replace(g, stories=tuple(s)) for g, s in found))


def test_a_subject_tells_new_stories_from_developments() -> None:
    assert headline(again(DIGEST, (1, 0))) == (
        "2 new on Elena Marchetti, 3 on Forced labour in ports, 1 development"
    )
    assert headline(again(DIGEST, (0, 0), (0, 1), (1, 2))) == (
        "3 new on Forced labour in ports, 3 developments"
    )
    every = [(0, 0), (0, 1), *((1, place) for place in range(4))]
    assert headline(again(DIGEST, *every)) == (
        "2 developments on Elena Marchetti, 4 on Forced labour in ports"
    )
    assert headline(replace(again(DIGEST, *every), discreet=True)) == "Digest: 6 developments"
    assert headline(again(ALERT, (0, 0))).startswith("Elena Marchetti, development: Port minister")


def in_two_languages(headlined: Item, first: Item) -> Notice:
    """Return an alert whose story has its headline from one item and came out as another."""
    told = replace(
        ALERT.groups[0].stories[0],
        item=headlined,
        hits=(hit_of(headlined, "elena-marchetti"),),
        original=NoticeCopy(first.outlet, first.url, first.title, first.language),
    )
    return replace(ALERT, groups=(replace(ALERT.groups[0], stories=(told,)),))


@pytest.mark.parametrize(
    ("first", "label"), [(CHINESE, "First in Chinese"), (ARABIC, "First in Arabic")]
)
def test_the_title_a_story_had_first_stands_beside_that_in_the_readers_language(
    first: Item, label: str
) -> None:
    notice = in_two_languages(LEAD, first)
    html, plain = part(notice, "html"), " ".join(part(notice, "plain").split())
    assert label in html
    title = re.escape(escape(first.title))
    assert re.search(rf'<bdi lang="{first.language}">{title}</bdi>', html), "isolated and named"
    assert f'href="{first.url}"' in html
    assert LEAD.title in plain
    assert f"{label}: {first.title} {first.outlet} · {first.url}" in plain


@pytest.mark.parametrize("item", [CHINESE, ARABIC])
def test_a_headline_in_another_language_says_which_and_in_which_direction_it_runs(
    item: Item,
) -> None:
    notice = in_two_languages(item, LEAD)
    html = part(replace(notice, groups=notice.groups), "html")
    block = html[html.index('<div class="story"') :]
    assert block.startswith(f'<div class="story" lang="{item.language}"')
    assert re.search(r'<h3 dir="auto"', block)
    assert language_name(item.language) in block
    assert "First in English" in block


@pytest.mark.parametrize(
    ("authors", "shown"),
    [
        (("Ana Teller", "Bo Keane"), " · Ana Teller, Bo Keane · 05:30"),
        (("A", "B", "C", "D"), " · A, B, C and 1 more · 05:30"),
        (("The Meridian",), "The Meridian · 05:30"),
        (("the meridian", "Ana Teller"), "The Meridian · Ana Teller · 05:30"),
        ((), "The Meridian · 05:30"),
    ],
)
def test_a_story_names_who_wrote_it_unless_that_is_the_outlet(
    authors: tuple[str, ...], shown: str
) -> None:
    told = ALERT.groups[0].stories[0]
    told = replace(told, item=replace(told.item, authors=authors))
    notice = replace(ALERT, groups=(replace(ALERT.groups[0], stories=(told,)),))
    assert shown in part(notice, "plain")
    html = unescape(re.sub(r"<[^>]+>", "", part(notice, "html")))
    assert shown in html


def test_both_parts_say_the_same() -> None:
    plain, html = (" ".join(part(WARNED, kind).split()) for kind in ("plain", "html"))
    html = re.sub(r"<[^>]+>", "", html)
    links = part(WARNED, "html")
    for words in (
        "Monday, 23 November 2026, 07:30",
        "Nordhavener Bote",
        "22 Nov, 23:30",
        "seen 02:30",
        "Chinese",
        "Full name in the title and the text.",
        "Also in 3 outlets",
        "Coastal Wire",
        "Checked 36 of 37 sources, 1,412 polls; 286 new items read.",
        "2 failed",
        "nothing new for 3 days; its longest pause before was 9 hours",
        "unknown key",
    ):
        assert words in plain
        assert words in html
    for story in (s for group in WARNED.groups for s in group.stories):
        assert story.item.url in plain
        assert story.item.url in links


def test_evidence_is_marked_in_both_parts() -> None:
    assert re.search(r"<mark[^>]*>Elena Marchetti</mark>", part(DIGEST, "html"))
    assert "*Elena Marchetti*" in part(DIGEST, "plain")


def test_a_quiet_digest_says_that_nothing_was_there_and_how_closely_it_looked() -> None:
    for kind in ("plain", "html"):
        text = part(QUIET, kind)
        assert "Nothing new" in text
        assert "Checked 37 sources, 1,412 polls" in text


def test_markup_in_titles_and_names_is_shown_and_never_obeyed() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=y> \"'>&amp;{{ 7*7 }}"
    item = replace(ALERT.groups[0].stories[0].item, title=evil, text=evil, outlet=evil)
    story = replace(ALERT.groups[0].stories[0], item=item, outlet=evil, hits=(
        replace(ALERT.groups[0].stories[0].hits[0], spans=(), why=evil),
    ))  # fmt: skip
    html = part(
        replace(DIGEST, groups=(replace(ALERT.groups[0], name=evil, stories=(story,)),)), "html"
    )
    assert "<script" not in html
    assert "<img" not in html
    assert "{{ 7*7 }}" in html
    assert "&lt;script&gt;" in html


def test_a_link_that_is_no_web_address_is_not_a_link() -> None:
    item = replace(ALERT.groups[0].stories[0].item, url="javascript:alert(1)")
    story = replace(ALERT.groups[0].stories[0], item=item)
    notice = replace(ALERT, groups=(replace(ALERT.groups[0], stories=(story,)),))
    assert "javascript:" not in part(notice, "html") + part(notice, "plain")


def test_nothing_is_loaded_from_elsewhere() -> None:
    html = part(DIGEST, "html")
    assert not re.search(r"<(img|link|script|iframe|object|video)\b|url\(|@import", html)


@pytest.mark.parametrize("stories", [1, 40, 1000])
def test_a_mail_stays_below_what_readers_clip_and_counts_what_it_leaves_out(stories: int) -> None:
    html, plain = part(long_digest(stories), "html"), part(long_digest(stories), "plain")
    assert len(html.encode()) <= LARGEST
    shown = len(set(re.findall(r"Story (\d{4})", plain)))
    if shown < stories:
        assert f"{stories - shown} more stories" in html
        assert f"{stories - shown} more stories did not fit" in " ".join(plain.split())
    else:
        assert "more stories" not in html


def test_one_endless_story_cannot_make_the_mail_large() -> None:
    notice = long_digest(2, "Elena Marchetti " * 50_000)
    assert len(part(notice, "html").encode()) <= LARGEST


@pytest.mark.parametrize(
    ("given_text", "plain"),
    [
        ("desk@example.org", "desk@example.org"),
        (" desk@Example.ORG ", "desk@example.org"),
        ("first.last+tag@sub.example.org", "first.last+tag@sub.example.org"),
        ("desk@bücher.example", "desk@xn--bcher-kva.example"),
        ("desk@localhost", "desk@localhost"),
    ],
)
def test_one_plain_address_is_accepted(given_text: str, plain: str) -> None:
    assert check_address(given_text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "a@x.example, evil@y.example",
        "a@x.example;evil@y.example",
        "a@x.example\r\nBcc: evil@y.example",
        "a@x.example\x00",
        "a@x@y.example",
        "Desk <a@x.example>",
        "<a@x.example>",
        '"a b"@x.example',
        "a(comment)@x.example",
        "a b@x.example",
        "@x.example",
        "a@",
        "a@-x.example",
        "a@x..example",
        "a@[127.0.0.1]",
        "a.@x.example",
        "группа@x.example",
        "a" * 65 + "@x.example",
        "a@" + "b" * 64 + ".example",
        "a@" + ".".join(["bbbbbbbb"] * 32),
        "-oX/tmp/x",
        "",
    ],
)
def test_anything_but_one_plain_address_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match="is not one plain mail address") as caught:
        check_address(text)
    assert "\n" not in str(caught.value)


def test_a_sender_may_carry_a_name() -> None:
    assert Sender.parse("Desk <m@x.example>") == Sender("m@x.example", "Desk")
    assert Sender.parse('"The Desk" <m@x.example>') == Sender("m@x.example", "The Desk")
    assert Sender.parse("m@x.example") == Sender("m@x.example")
    with pytest.raises(ValueError, match="one plain mail address"):
        Sender.parse("Desk <m@x.example>, evil@y.example")


def test_without_a_name_of_its_own_the_sender_is_the_subscription() -> None:
    mail = read(compose(DIGEST, Sender("m@x.example"), "desk@example.org", ID))
    assert mail["From"] == "Harbour Files coverage <m@x.example>"


@pytest.mark.parametrize(
    "title",
    [
        "Лекция в библиотеке порта: уйгурская музыка и Xinjiang Papers",
        "燈塔博物館展出「中國電文」影印本 介紹 再教育營 的 管理 規定 與 證詞 集",
        "معرض صور في مكتبة الميناء عن رحلة طويلة على طريق الحرير القديم",
    ],
)
def test_a_long_subject_in_another_script_keeps_every_space(title: str) -> None:
    [group] = ALERT.groups
    [story] = group.stories
    named = replace(story, item=replace(story.item, title=title))
    message = sent(replace(ALERT, groups=(replace(group, stories=(named,)),)))
    assert read(message)["Subject"] == message.subject
    assert title[:30] in message.subject


@settings(max_examples=60)
@given(st.text(st.sampled_from("ab :,-x"), min_size=1, max_size=130))
def test_a_subject_of_any_length_reads_back_as_it_is_and_begins_on_its_own_line(title: str) -> None:
    [group] = ALERT.groups
    [told] = group.stories
    named = replace(told, item=replace(told.item, title=title))
    message = sent(replace(ALERT, groups=(replace(group, stories=(named,)),)))
    assert read(message)["Subject"] == message.subject
    assert re.search(rb"\r\nSubject: \S", message.content)


LINKED = replace(DIGEST, links=Links("https://monitor.example", b"k" * 32).of(DIGEST, ID))


def test_a_mail_with_links_can_be_answered_and_ended_with_one_click() -> None:
    mail = read(sent(LINKED))
    assert LINKED.links is not None
    assert mail["List-Unsubscribe"] == f"<{LINKED.links.unsubscribe}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = sent(LINKED).content
    assert f"List-Unsubscribe: <{LINKED.links.unsubscribe}>\r\n".encode() in raw
    html, text = part(LINKED, "html"), part(LINKED, "plain")
    for links in LINKED.links.stories.values():
        assert all(each in html for each in (links.relevant, links.irrelevant, links.snooze))
    assert f"Unsubscribe: {LINKED.links.unsubscribe}" in text


def test_what_does_not_fit_is_a_link_to_the_page_that_lists_it() -> None:
    notice = long_digest(200)
    linked = replace(notice, links=Links("https://monitor.example", b"k" * 32).of(notice, ID))
    html, plain = part(linked, "html"), part(linked, "plain")
    assert len(html.encode()) <= LARGEST
    assert re.search(r'<a href="https://monitor\.example/"[^>]*>\d+ more stories</a>', html)
    assert "https://monitor.example/" in plain.splitlines()


def test_plain_text_puts_what_a_reader_can_do_under_numbers_at_its_end() -> None:
    text = part(LINKED, "plain")
    assert LINKED.links is not None
    places = dict(re.findall(r"^\[(\d+)\] (\S+)\r?$", text, re.MULTILINE))
    assert list(places) == [str(number) for number in range(1, len(places) + 1)]

    def behind(words: str) -> list[str]:
        return [places[number] for number in re.findall(rf"{words} \[(\d+)\]", text, re.MULTILINE)]

    stories = [LINKED.links.stories[s.item.id] for g in LINKED.groups for s in g.stories]
    assert behind("^Relevant") == [links.relevant for links in stories]
    assert behind("Not relevant") == [links.irrelevant for links in stories]
    assert behind("Mute this story") == [links.snooze for links in stories]
    assert behind("^Mute .* for a week") == list(LINKED.links.watches.values())


def test_a_mail_without_a_public_address_has_no_links_that_lead_nowhere() -> None:
    mail = read(sent(DIGEST))
    assert mail["List-Unsubscribe"] is None
    assert "/act/" not in part(DIGEST, "html") + part(DIGEST, "plain")


def test_one_click_is_offered_over_https_alone() -> None:
    plain = replace(DIGEST, links=Links("http://monitor.example", b"k" * 32).of(DIGEST, ID))
    assert read(sent(plain))["List-Unsubscribe-Post"] is None


def test_a_watch_shows_how_often_it_was_spoken_of_lately() -> None:
    today = DIGEST.created.date()
    trend = Trend(DIGEST.groups[0].watch, today, (0, 1, 2, 9), 1.0, (today,))
    notice = replace(DIGEST, groups=(replace(DIGEST.groups[0], trend=trend),))
    words = "▁▂▃█ 12 in 4 days, far more than usual today"
    assert words in part(notice, "html")
    assert words in part(notice, "plain")


def test_a_development_shows_who_brought_it_and_under_which_title() -> None:
    told = replace(
        ALERT.groups[0].stories[0],
        copies=(
            NoticeCopy(ARABIC.outlet, ARABIC.url, ARABIC.title, "ar", "new name Brenn"),
            NoticeCopy("The Ledger", "https://ledger.example/1", "The same in other words"),
        ),
        developments=("new number 37", "new name Brenn"),
    )
    notice = replace(ALERT, groups=(replace(ALERT.groups[0], stories=(told,)),))
    html, plain = part(notice, "html"), " ".join(part(notice, "plain").split())
    assert "Development: new number 37" in plain, "what the leading item adds"
    assert f"Development, new name Brenn: {ARABIC.title} {ARABIC.outlet}" in plain
    assert f'href="{ARABIC.url}"' in html
    assert "The same in other words" not in plain, "a mere rewrite is counted, not quoted"
