from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.links import PREFIX, Links
from monitor.model import Deed
from tests.unit.channels.samples import DIGEST

LINKS = Links("https://monitor.example", b"k" * 32)
IDS = st.text(
    st.characters(codec="ascii", exclude_characters="\x1f", categories=("L", "N")), max_size=64
)


def token_of(address: str) -> str:
    return address.partition(PREFIX)[2]


@given(st.sampled_from(["relevant", "irrelevant", "snooze", "mute", "unsubscribe"]), IDS, IDS)
def test_a_link_reads_back_as_what_it_was_made_for(kind, target, delivery):
    deed = Deed(kind, target, delivery)
    assert LINKS.read(token_of(LINKS.to(deed))) == deed


@given(st.integers(0, 60), st.sampled_from("ABCxyz019-_"))
def test_a_link_that_was_changed_anywhere_stands_for_nothing(place, letter):
    token = token_of(LINKS.to(Deed("mute", "maria-exemplar", "d" * 20)))
    changed = token[:place] + letter + token[place + 1 :]
    found = LINKS.read(changed)
    assert found is None or found == LINKS.read(token)
    if found:  # base64 ignores the unused bits of its last letter
        assert changed == token or place == len(token) - 1


@given(st.text(max_size=700))
def test_rubbish_is_no_link(text):
    assert LINKS.read(text) is None


def test_another_key_opens_nothing_and_no_key_makes_nothing():
    token = token_of(LINKS.to(Deed("unsubscribe", "", "d")))
    assert Links("https://monitor.example", b"x" * 32).read(token) is None
    assert Links("https://monitor.example").read(token) is None
    assert Links("", b"k" * 32).of(DIGEST, "d") is None
    assert Links("https://monitor.example").of(DIGEST, "d") is None


def test_a_message_gets_a_link_for_each_story_each_watch_and_its_end():
    found = LINKS.of(DIGEST, "d")
    stories = [story.item.id for group in DIGEST.groups for story in group.stories]
    assert found is not None
    assert found.stories.keys() == set(stories)
    assert found.watches.keys() == {group.watch for group in DIGEST.groups}
    assert LINKS.read(token_of(found.unsubscribe)) == Deed("unsubscribe", "", "d")


def test_the_key_is_never_shown():
    assert "kkkk" not in repr(LINKS)
