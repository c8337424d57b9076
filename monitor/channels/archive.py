"""Asking a web archive to keep the pages of hits, such as the Internet Archive's Save Page Now.

A channel, since all that it needs is there: subscriptions choose the hits, the outbox remembers
what was asked and tries again, a destination that fails is held back. What is stored as a message
is the list of addresses with the reasons; what goes out is one request for each address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, Literal
from urllib.parse import quote, urlencode, urlsplit

from pydantic import Field, SecretStr, model_validator

from monitor.channels.batches import grouped
from monitor.channels.posting import Call, PostingChannel, as_json, json_of
from monitor.channels.text import count, one_line, safe_address
from monitor.channels.wording import headline
from monitor.errors import DestinationGone, PermanentFailure, TemporaryFailure
from monitor.fields import Address, Duration
from monitor.model import Delivery, Message, Notice, NoticeStory
from monitor.net import Answer, Net

AT_ONCE: Final = 10
"""Addresses in one message: they are asked for one after another, within the lease of a delivery."""
_PLACE: Final = "{url}"
_REDIRECTS: Final = range(300, 400)
_NO_ENTRY: Final = frozenset({401, 403})
_PASSES: Final = re.compile(r"limit|busy|capacity|overload|unavailable|try again", re.IGNORECASE)
"""Errors told in a JSON answer that a later try may not meet, as in ``error:user-session-limit``."""


class ArchiveChannel(PostingChannel):
    """Asks a web archive to keep the page of each story; readers get nothing."""

    mend: ClassVar[str] = "check 'authorization' and 'endpoint'"

    kind: Literal["archive"]
    """``archive``"""
    endpoint: Address = "https://web.archive.org/save"
    """Where to ask. With ``{url}`` in it a plain request is made, the page's address in that place;
    without it the address is posted as the field ``url`` of a form (Save Page Now 2)."""
    authorization: SecretStr = SecretStr("")
    """The header Authorization, such as ``LOW ${ARCHIVE_KEY}:${ARCHIVE_SECRET}``."""
    again_after: Duration = Field(default=30 * 86400.0, ge=0)
    """The archive leaves a page alone that it has kept since then (``if_not_archived_within``)."""
    every: Duration = Field(default=5.0, ge=0, le=60)
    """Time between two requests."""

    @model_validator(mode="after")
    def _has_keys(self) -> ArchiveChannel:
        host = urlsplit(self.endpoint).hostname or ""
        if host == "web.archive.org" and not self.authorization.get_secret_value():
            message = (
                "the Internet Archive wants keys (https://archive.org/account/s3.php): "
                "authorization: LOW ${ARCHIVE_KEY}:${ARCHIVE_SECRET}"
            )
            raise ValueError(message)
        return self

    def parts(self, notice: Notice) -> tuple[Notice, ...]:
        """Return ``notice`` in parts of at most `AT_ONCE` stories."""
        told = [(group, story) for group in notice.groups for story in group.stories]
        if len(told) <= AT_ONCE:
            return (notice,)
        pages = [told[at : at + AT_ONCE] for at in range(0, len(told), AT_ONCE)]
        return tuple(
            replace(notice, groups=grouped(page), part=number, parts=len(pages))
            for number, page in enumerate(pages, 1)
        )

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return what is to be kept and why; a message without stories asks for nothing."""
        self.check_recipient(recipient)
        stories = (story for group in notice.groups for story in group.stories)
        body = as_json({"delivery": delivery_id, "keep": [_asked(story) for story in stories]})
        return Message(body, "application/json", delivery_id, headline(notice))

    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the request for the first address."""
        del now
        return self._call(_addresses(delivery)[0])

    async def send(self, delivery: Delivery, net: Net) -> str:
        """Ask for each address; what the archive refuses for good is named, the others go on.

        Raises `PermanentFailure` when it refuses them all.
        """
        addresses, refused = _addresses(delivery), []
        if not addresses:
            return "it names no page: nothing was asked of the archive"
        for url in addresses:
            try:
                await self._ask(self._call(url), net)
            except (DestinationGone, _NoEntry):
                raise
            except PermanentFailure as error:
                refused.append(error)
        if refused and len(refused) == len(addresses):
            raise refused[0]
        taken = f"{count(len(addresses) - len(refused), 'page')} handed to the archive"
        return f"{taken}; refused: {refused[0]}" if refused else taken

    async def _ask(self, call: Call, net: Net) -> None:
        answer = await self._exchange(call, net, self.every)
        if call.method == "GET" and answer.status in _REDIRECTS:
            return  # it leads to the page as it was kept
        host = urlsplit(call.url).hostname or ""
        try:
            self._conclude(answer, host, datetime.now(UTC))
        except PermanentFailure as error:
            raise (_NoEntry(str(error)) if answer.status in _NO_ENTRY else error) from None
        self._heed(answer)

    def _heed(self, answer: Answer) -> None:
        """Raise what an answer of 200 says went wrong (Save Page Now 2, "Error codes")."""
        found = json_of(answer)
        if found.get("status") != "error":
            return
        word = str(found.get("status_ext", "error"))
        said = one_line(self._without_secrets(f"{word}: {found.get('message', '')}"), 160)
        message = f"{self._name}: the archive says {said}"
        raise (TemporaryFailure if _PASSES.search(said) else PermanentFailure)(message)

    def _call(self, url: str) -> Call:
        headers = {"accept": "application/json"}
        if authorization := self.authorization.get_secret_value():
            headers["authorization"] = authorization
        if _PLACE in self.endpoint:
            asked = self.endpoint.replace(_PLACE, quote(url, safe=""))
            return Call(asked, b"", headers, "GET")
        form = {"url": url, "skip_first_archive": "1"}
        if self.again_after:
            form["if_not_archived_within"] = f"{self.again_after:.0f}s"
        headers["content-type"] = "application/x-www-form-urlencoded"
        return Call(self.endpoint, urlencode(form).encode("ascii"), headers)

    def _secrets(self) -> Iterator[str]:
        yield from super()._secrets()
        yield from re.split(r"[\s:]+", self.authorization.get_secret_value())


class _NoEntry(PermanentFailure):
    """The archive does not know us: asking for the other pages would be in vain."""


def _asked(story: NoticeStory) -> dict[str, Any]:
    """Return what is stored of a page to keep."""
    return {
        "url": safe_address(story.item.url),
        "title": one_line(story.item.title),
        "outlet": one_line(story.outlet, 80),
        "why": [one_line(hit.why, 240) for hit in story.hits],
    }


def _addresses(delivery: Delivery) -> list[str]:
    asked = json.loads(delivery.message.content)["keep"]
    return list(dict.fromkeys(one["url"] for one in asked if one["url"]))
