"""What channels have in common that hand a message over in one HTTP exchange."""

from __future__ import annotations

import json
import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, SecretStr

from monitor.channels.base import Channel
from monitor.channels.text import one_line
from monitor.errors import DestinationGone, FetchError, PermanentFailure, TemporaryFailure
from monitor.fields import Duration, check_address
from monitor.model import Delivery, Reason
from monitor.net import Answer, Net, parse_retry_after

_TRY_AGAIN: Final = frozenset({408, 425, 429})
"""Client errors that pass: request timeout, too early, too many requests."""
_LONGEST_WISH: Final = 86_400.0
_SHORTEST_SECRET: Final = 4
_TELLING: Final = 8
"""Characters from which on a step of a path is taken for a secret and no word, such as ``hooks``."""
_WORDS: Final = ("description", "error", "message")
"""Where services say in JSON what they did not like: Telegram; Matrix, ntfy; Discord, Mattermost."""


def _check_secret_address(secret: SecretStr) -> SecretStr:
    check_address(secret.get_secret_value())
    return secret


SecretAddress = Annotated[SecretStr, AfterValidator(_check_secret_address)]
"""An ``http`` or ``https`` address that lets in whoever knows it; it is shown nowhere."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"


class PostingChannel(Channel):
    """A channel that hands its messages over by HTTP; a kind says where to and with what."""

    gives_up: ClassVar[bool] = True
    mend: ClassVar[str]
    """What to look at when the other side refuses messages, such as ``check 'url'``."""

    timeout: Duration = 20.0
    """Time for one attempt."""

    @abstractmethod
    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the request that hands ``delivery`` over, made at ``now``."""

    def accepted(self, answer: Answer) -> str:
        """Return what to note about a 2xx answer."""
        return f"HTTP {answer.status}"

    async def send(self, delivery: Delivery, net: Net) -> str:
        """Make the request and return what its status means."""
        call = self.call(delivery, datetime.now(UTC))
        answer = await self._exchange(call, net)
        return self._conclude(answer, urlsplit(call.url).hostname or "", datetime.now(UTC))

    async def _exchange(self, call: Call, net: Net, gap: float | None = None) -> Answer:
        """Make the request, ``gap`` seconds after the last one to its host, and return the answer."""
        try:
            return await net.post(
                call.url,
                content=call.body,
                headers=call.headers,
                deadline=self.timeout,
                method=call.method,
                gap=gap,
            )
        except FetchError as error:
            raise self._failure(error, call.url) from error

    def _failure(self, error: FetchError, url: str) -> TemporaryFailure | PermanentFailure:
        """Return what a request without an answer comes to."""
        host = urlsplit(url).hostname or ""
        words = self._without_secrets(one_line(str(error).replace(url, host)))
        if error.reason == Reason.REFUSED_ADDRESS:
            return PermanentFailure(f"{self._name}: {words}")
        return TemporaryFailure(f"{self._name}: {words}", retry_after=error.retry_after)

    def _conclude(self, answer: Answer, host: str, now: datetime) -> str:
        """Return the success, or raise what the status means (Standard Webhooks, "Deliverability").

        A redirect is a failure that may be mended at the other end, so it is tried again; it is
        never followed, for it would carry the message to a place that nobody configured.
        """
        status = answer.status
        if 200 <= status < 300:  # noqa: PLR2004 - RFC 9110 section 15.3
            return self.accepted(answer)
        words = one_line(self._without_secrets(_words_of(answer)), 160)
        said = f"{self._name}: {host} answered HTTP {status}{words and f' ({words})'}"
        if status == 410:  # noqa: PLR2004 - RFC 9110 section 15.5.11
            message = f"{said}: it does not want to be called again; nothing more is sent there"
            raise DestinationGone(message)
        if 300 <= status < 400:  # noqa: PLR2004 - RFC 9110 section 15.4
            message = f"{said}, a redirect, which is not followed; set the new address"
            raise TemporaryFailure(message)
        if status >= 500 or status in _TRY_AGAIN:  # noqa: PLR2004 - RFC 9110 section 15.6
            message = f"{said}; it will be tried again"
            raise TemporaryFailure(message, retry_after=wish_of(answer, now))
        message = f"{said}: it refuses the message; {self.mend}"
        raise PermanentFailure(message)

    @property
    def _name(self) -> str:
        return f"{self.kind} {self.id!r}"

    def _without_secrets(self, text: str) -> str:
        """Return the other side's words without what it may have repeated of our secrets."""
        for secret in sorted(self._secrets(), key=len, reverse=True):
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "***")
        return text

    def _secrets(self) -> Iterator[str]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, SecretStr):
                    yield from forms_of(each.get_secret_value())


def forms_of(secret: str) -> Iterator[str]:
    """Yield a secret and what of it is one still: of an address its path, its query, their parts."""
    yield from (secret, secret.removeprefix("whsec_"))
    with suppress(ValueError):
        parts = urlsplit(secret)
        if parts.scheme in {"http", "https"}:
            yield from (parts.path, unquote(parts.path), parts.query)
            values = (pair.partition("=")[2] for pair in parts.query.split("&"))
            yield from (part for part in (*parts.path.split("/"), *values) if len(part) >= _TELLING)


def wish_of(answer: Answer, now: datetime) -> float | None:
    """Return the seconds an answer asks us to wait, None when it does not say.

    The header counts (RFC 9110 section 10.2.3), then what services write into JSON:
    ``retry_after`` (Discord, "Rate Limits"), ``parameters.retry_after`` (Telegram,
    "ResponseParameters"), ``retry_after_ms`` (Matrix 1.10, section 2.3, for old servers).
    """
    header = parse_retry_after(answer.headers.get("retry-after", ""), now)
    if header is not None:
        return header
    found = json_of(answer)
    parameters = found.get("parameters")
    seconds = _number(found.get("retry_after"))
    if seconds is None and isinstance(parameters, dict):
        seconds = _number(parameters.get("retry_after"))
    if seconds is None and (wait := _number(found.get("retry_after_ms"))) is not None:
        seconds = wait / 1000
    return None if seconds is None else min(seconds, _LONGEST_WISH)


def _number(value: Any) -> float | None:
    """Return a JSON number that is a time to wait; neither rubbish nor a negative one is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(min(value, _LONGEST_WISH * 1000)) if math.isfinite(value) and value >= 0 else None


def json_of(answer: Answer) -> dict[str, Any]:
    """Return the JSON object of an answer, an empty one when there is none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _words_of(answer: Answer) -> str:
    """Return the reason an answer gives; markup gives none."""
    found = json_of(answer)
    for name in _WORDS:
        if isinstance(found.get(name), str):
            return one_line(found[name], 4000)
    text = one_line(answer.body[:4000].decode("utf-8", "replace"), 4000)
    return "" if text[:1] in {"<", "{", "["} else text


def as_json(value: Any) -> bytes:
    """Return JSON in UTF-8 with other scripts as they are, the same bytes every time."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
