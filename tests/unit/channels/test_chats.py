"""The exact bytes of an alert on each chat service, and how each writes what strangers wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.chat import Line, Run, chat_of, fit, utf16
from monitor.channels.markup import escape_markdown, html_line, markdown_line, plain
from monitor.channels.ntfy import within
from monitor.channels.view import make_view
from monitor.model import NoticeGroup
from tests.contract.channels.kinds import CHATS, RECIPIENTS, html_text, make, markdown
from tests.unit.channels.samples import ALERT, DIGEST, QUIET, RECEIPT, long_digest, make_item

GOLDEN = Path(__file__).parents[2] / "golden" / "chats"


def rendered(kind: str, notice) -> dict:
    channel = make(kind, "https://chat.example.org", Path())
    return json.loads(channel.render(notice, RECIPIENTS.get(kind, ""), "d1").content)


@pytest.mark.parametrize("kind", CHATS)
def test_an_alert_is_rendered_to_the_bytes_that_were_looked_at(kind: str) -> None:
    channel = make(kind, "https://chat.example.org", Path())
    content = channel.render(ALERT, RECIPIENTS.get(kind, ""), "d1").content
    shown = json.dumps(json.loads(content), ensure_ascii=False, indent=1) + "\n"
    assert shown == (GOLDEN / f"{kind}.json").read_text(encoding="utf-8")
    assert (
        content == json.dumps(json.loads(shown), ensure_ascii=False, separators=(",", ":")).encode()
    )


@pytest.mark.parametrize("kind", CHATS)
def test_the_receipt_names_troubled_sources_and_counts_the_others(kind: str) -> None:
    failed = tuple(replace(RECEIPT.failed[0], name=f"Outlet {n}") for n in range(9))
    text = json.dumps(rendered(kind, replace(QUIET, receipt=replace(RECEIPT, failed=failed))))
    assert "9 failed" in text.replace("\\\\", "")
    assert "Outlet 4" in text
    assert "and 4 more" in text
    assert "Outlet 5" not in text


def test_the_watch_is_named_once_above_its_stories() -> None:
    chat = chat_of(make_view(DIGEST, 6))
    headings = [story.heading.text for story in chat.stories if story.heading]
    assert headings == ["Elena Marchetti (2)", "Forced labour in ports (4)"]
    assert [bool(story.heading) for story in chat.stories] == [
        True,
        False,
        True,
        False,
        False,
        False,
    ]


def test_stories_that_do_not_fit_are_left_out_whole_from_the_end() -> None:
    text = fit(long_digest(40), plain, len, 3000)
    assert len(text) <= 3000
    shown = [f"Story {n:04}" in text for n in range(40)]
    most = sum(shown)
    assert shown == [True] * most + [False] * (40 - most)
    assert f"{40 - most} more stories did not fit" in text


def test_what_is_no_story_stays_below_every_services_limit() -> None:
    """The bound that `chat_of` promises, with everything as long as it can be."""
    long = "w" * 5000
    troubles = tuple(replace(RECEIPT.failed[0], name=long, why=long) for _ in range(200))
    receipt = replace(RECEIPT, failed=troubles, silent=troubles, overrun=troubles, never=troubles)
    groups = tuple(
        NoticeGroup(f"w{n}", long, "harbour-files", DIGEST.groups[0].stories) for n in range(90)
    )
    notice = replace(DIGEST, title=long, warnings=(long,) * 9, receipt=receipt, groups=groups)
    assert len(plain(chat_of(make_view(notice, 0)))) <= 3300


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@everyone", "@\u200beveryone"),
        ("[a](b)", r"\[a\]\(b\)"),
        ("<!channel>", r"\<\!channel\>"),
        ("a_b*c`d", r"a\_b\*c\`d"),
        ("http://x.example", r"http\://x\.example"),
        ("\\@here", "\\\\@\u200bhere"),
        ("港口文件", "港口文件"),
    ],
)
def test_markdown_of_strangers_is_escaped(text: str, shown: str) -> None:
    assert escape_markdown(text) == shown


@given(st.text(alphabet=st.sampled_from("ab @<>!#*_`[]()\\|~:./&;'\"-港")))
def test_whatever_is_written_is_what_markdown_shows_and_calls_nobody(text: str) -> None:
    assert markdown(escape_markdown(text)) == text.replace("\u200b", "")


@given(st.text(alphabet=st.sampled_from("ab <>&\"'/港=:")))
def test_whatever_is_written_is_what_html_shows(text: str) -> None:
    assert html_text(html_line(Line("text", (Run(text),)))) == text


def test_neighbours_with_one_address_are_one_link_and_its_brackets_are_encoded() -> None:
    url = "https://outlet.example/a_(b)?c=[d]&e='f'"
    line = Line("title", (Run("Elena ", url=url), Run("Marchetti", bold=True, url=url)))
    assert markdown_line(line) == (
        "[Elena **Marchetti**](https://outlet.example/a_%28b%29?c=[d]&e='f')"
    )
    assert html_line(line).startswith(
        '<a href="https://outlet.example/a_(b)?c=[d]&amp;e=&#x27;f&#x27;">Elena <b>Marchetti</b></a>'
    )


def test_emphasis_neither_begins_nor_ends_with_a_space() -> None:
    line = Line("text", (Run("a"), Run(" b ", bold=True), Run(" ", bold=True), Run("c")))
    assert markdown_line(line) == "a **b**  c"


def test_an_address_that_is_not_safe_to_follow_is_no_link() -> None:
    item = make_item(1, "Elena Marchetti resigns", "text", url="javascript:alert(1)")
    story = replace(ALERT.groups[0].stories[0], item=item, hits=ALERT.groups[0].stories[0].hits)
    notice = replace(ALERT, groups=(replace(ALERT.groups[0], stories=(story,)),))
    for kind in CHATS:
        assert "javascript" not in json.dumps(rendered(kind, notice))


@pytest.mark.parametrize("kind", CHATS)
def test_an_alert_opens_its_story_on_a_tap_where_the_service_can(kind: str) -> None:
    assert "https://outlet.example/1" in json.dumps(rendered(kind, ALERT))


def test_ntfy_rings_louder_for_an_alert() -> None:
    assert rendered("ntfy", ALERT)["priority"] == 4
    assert rendered("ntfy", DIGEST)["priority"] == 3


@given(st.text(), st.integers(min_value=4, max_value=40))
def test_a_text_is_cut_to_bytes_and_never_inside_a_character(text: str, largest: int) -> None:
    text = text.encode("utf-8", "replace").decode()
    cut = within(text, largest)
    assert len(cut.encode()) <= largest
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


def test_a_character_outside_the_first_plane_counts_twice() -> None:
    assert utf16("a😀") == 3
