"""Links in messages that do something when their reader says so: signed, and only a POST acts.

A link carries what it does, to what, and the delivery it stands in, with an HMAC (RFC 2104) over
these; so it needs no session and no password, and nobody can make one. Mail scanners open links:
that shows a page and changes nothing (RFC 8058 section 1). Without a public address of the page there
are no such links.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from monitor.model import Deed, Notice, NoticeLinks, StoryLinks

PREFIX: Final = "/act/"
_LONGEST: Final = 500
_TAG: Final = 16
"""Bytes of the HMAC that are kept: RFC 2104 section 5 asks for half of it at least."""
_MARK: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads links; ``base`` is the page's public address, empty when it has none."""

    base: str = ""
    key: bytes = field(default=b"", repr=False)

    def to(self, deed: Deed) -> str:
        """Return the address of ``deed``."""
        text = _MARK.join((deed.kind, deed.target, deed.delivery)).encode()
        token = _encode(text + self._tag(text))
        return f"{self.base.rstrip('/')}{PREFIX}{token}"

    def read(self, token: str) -> Deed | None:
        """Return what a token stands for, None when it was not made here."""
        if len(token) > _LONGEST:
            return None
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return None
        text, tag = raw[:-_TAG], raw[-_TAG:]
        if not self.key or not hmac.compare_digest(tag, self._tag(text)):
            return None
        kind, target, delivery = text.decode().split(_MARK)
        return Deed(kind, target, delivery)

    def of(self, notice: Notice, delivery: str) -> NoticeLinks | None:
        """Return the links of a message, None when there can be none."""
        if not self.base or not self.key:
            return None
        leading = {
            story.item.id: story.hits[0].id for group in notice.groups for story in group.stories
        }
        stories = _LinksOfStories(self, leading, delivery)
        watches = {
            group.watch: self.to(Deed("mute", group.watch, delivery)) for group in notice.groups
        }
        page = f"{self.base.rstrip('/')}/"
        return NoticeLinks(self.to(Deed("unsubscribe", "", delivery)), stories, watches, page)

    def _tag(self, text: bytes) -> bytes:
        return hmac.new(self.key, text, hashlib.sha256).digest()[:_TAG]


@dataclass(frozen=True, slots=True, eq=False)
class _LinksOfStories(Mapping[str, StoryLinks]):
    """Links by leading item, made when they are asked for: of thousands of stories a mail shows eighty."""

    links: Links
    hits: Mapping[str, str]
    """The hit that a story leads with, by its item."""
    delivery: str

    def __getitem__(self, item: str) -> StoryLinks:
        hit = self.hits[item]
        return StoryLinks(
            relevant=self.links.to(Deed("relevant", hit, self.delivery)),
            irrelevant=self.links.to(Deed("irrelevant", hit, self.delivery)),
            snooze=self.links.to(Deed("snooze", item, self.delivery)),
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
