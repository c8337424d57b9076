"""What HTTP answers mean for a source: conditional requests, freshness and named failures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from monitor.errors import FetchError
from monitor.model import Fetched, Reason, SourceState, Validators

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Answer, Net

OK, REDIRECTION, CLIENT_ERROR, SERVER_ERROR = 200, 300, 400, 500
IM_USED, NOT_MODIFIED, GONE, TOO_MANY_REQUESTS = 226, 304, 410, 429

_MEANINGS = {
    400: "the server did not understand the request",
    401: "the server asks for a login",
    402: "the server asks for payment",
    403: "the server refuses access",
    404: "there is nothing at this address; check it",
    406: "the server has nothing in a form we read",
    408: "the server gave up waiting",
    451: "the address is withheld for legal reasons",
    500: "the server failed",
    502: "the server behind the gateway failed",
    503: "the server is out of service for now",
    504: "the server behind the gateway did not answer",
}
_CLASSES = (
    (SERVER_ERROR, Reason.SERVER_ERROR, "the server failed"),
    (CLIENT_ERROR, Reason.CLIENT_ERROR, "the server refuses the request"),
    (REDIRECTION, Reason.REDIRECTS, "a redirect without an address to go to"),
)
_CHALLENGE_HEADERS = {
    "cf-mitigated": "challenge",
    "x-amzn-waf-action": "",
    "x-datadome": "",
    "x-datadome-cid": "",
    "x-sucuri-block": "",
}
"""Header of an access check, and what it must say; empty where its presence is enough."""
_CHALLENGE_BODY = re.compile(
    rb"challenge-platform|cf-chl|cf_chl|<title>Just a moment|Attention Required! \| Cloudflare"
    rb"|captcha-delivery\.com|g-recaptcha|h-captcha|px-captcha|_Incapsula_Resource|sucuri_cloudproxy"
    rb"|<title>Access Denied</title>|DDoS protection by|AwsWafIntegration|ddos-guard",
    re.IGNORECASE,
)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})\"?", re.IGNORECASE)
_DIGITS = 10
_NEVER_FRESH = re.compile(r"(?:^|[\s,])(?:no-cache|no-store)(?:$|[\s,=])", re.IGNORECASE)


def hash_of(body: bytes) -> str:
    """Return the SHA-256 of ``body`` in hex."""
    return hashlib.sha256(body).hexdigest()


async def fetch_conditionally(
    net: Net,
    url: str,
    state: SourceState,
    *,
    accept: str,
    changes_only: bool = False,
    robots: bool = False,
    max_bytes: int | None = None,
    gap: float | None = None,
    hashed: Callable[[bytes], str] = hash_of,
) -> Fetched:
    """Ask ``url`` for what changed since ``state``.

    Validators are echoed as they came (RFC 9110 sections 8.8, 13.1.2, 13.1.3). A 304, or a body
    that is ``hashed`` to the same, comes back as ``unchanged``. ``changes_only`` offers to take the new
    entries alone: an answer of them, 226, comes back as ``partial`` (RFC 3229 section 10.5.3).
    ``robots``, ``max_bytes`` and ``gap`` are those of `Net.get`. Raises FetchError for every other status
    than 2xx.
    """
    headers = {"accept": accept, **conditions(state.validators)}
    if changes_only and state.validators.etag:
        headers["a-im"] = "feed"
    answer = await net.get(url, headers=headers, max_bytes=max_bytes, robots=robots, gap=gap)
    if answer.status == NOT_MODIFIED:
        return _fetched(answer, state.validators, unchanged=True)
    if not OK <= answer.status < REDIRECTION or is_challenge(answer):
        raise failure(answer, now=datetime.now(UTC))
    if answer.status == IM_USED and not _is_feed_of_changes(answer):
        raise _unreadable_changes(answer)
    validators = _validators_of(answer, hashed)
    unchanged = validators.body_hash == state.validators.body_hash
    return _fetched(answer, validators, unchanged=unchanged)


def _is_feed_of_changes(answer: Answer) -> bool:
    """Tell whether a 226 is a feed of the new entries and no other kind of difference."""
    words = re.split(r"[\s,;]+", answer.headers.get("im", "feed").lower())
    return "feed" in words


def _unreadable_changes(answer: Answer) -> FetchError:
    used = answer.headers.get("im", "")[:50]
    message = f"{answer.url} sent changes in a form that was not asked for: IM: {used}"
    return FetchError(Reason.ENCODING, message, status=answer.status)


def conditions(validators: Validators) -> dict[str, str]:
    """Return the request headers that ask for changes only (RFC 9110 sections 13.1.2, 13.1.3)."""
    headers = {"if-none-match": validators.etag, "if-modified-since": validators.last_modified}
    return {name: value for name, value in headers.items() if value}


def _validators_of(answer: Answer, hashed: Callable[[bytes], str]) -> Validators:
    """Return what a 2xx answer gives to ask with next time; absent headers clear old ones."""
    return Validators(
        etag=answer.headers.get("etag", ""),
        last_modified=answer.headers.get("last-modified", ""),
        body_hash=hashed(answer.body),
    )


def _fetched(answer: Answer, validators: Validators, *, unchanged: bool) -> Fetched:
    return Fetched(
        url=answer.url,
        status=answer.status,
        body=b"" if unchanged else answer.body,
        content_type=answer.headers.get("content-type", ""),
        validators=validators,
        unchanged=unchanged,
        moved_to=answer.moved_to,
        max_age=max_age(answer.headers),
        seconds=answer.seconds,
        partial=answer.status == IM_USED,
        link=answer.headers.get("link", ""),
        headers=tuple(answer.headers.items()),
    )


def max_age(headers: dict[str, str]) -> float | None:
    """Return the seconds an answer stays fresh (RFC 9111 sections 4.2.1, 5.2.2, 5.3), less its Age.

    Expires counts where Cache-Control does not say, from the Date of the same server on: our clock
    and its may differ.
    """
    control = headers.get("cache-control", "")
    if _NEVER_FRESH.search(control):
        return None
    match = _MAX_AGE.search(control)
    fresh = float(match[1]) if match else _until_expiry(headers)
    if fresh is None:
        return None
    age = headers.get("age", "").strip()
    spent = int(age) if age.isascii() and age.isdigit() and len(age) <= _DIGITS else 0
    return max(0.0, fresh - spent)


def _until_expiry(headers: dict[str, str]) -> float | None:
    """Return the seconds from Date to Expires; rubbish such as ``Expires: 0`` says nothing."""
    try:
        expires, date = (parsedate_to_datetime(headers[name]) for name in ("expires", "date"))
        return (expires - date).total_seconds()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def is_challenge(answer: Answer) -> bool:
    """Tell whether an answer is a check for humans instead of the document.

    Pages of that kind come with any status; a 2xx counts only when its headers say so.
    """
    for name, value in _CHALLENGE_HEADERS.items():
        if name in answer.headers and value in answer.headers[name].lower():
            return name != "x-datadome" or answer.status >= CLIENT_ERROR
    return answer.status >= CLIENT_ERROR and bool(_CHALLENGE_BODY.search(answer.body[:100_000]))


def failure(answer: Answer, *, now: datetime) -> FetchError:
    """Return the named failure of an answer without a document (RFC 9110 section 15).

    429 is of RFC 6585 section 4; Retry-After of RFC 9110 section 10.2.3.
    """
    status = answer.status
    retry_after = answer.retry_after(now)
    reason, meaning = _reason(answer)
    if retry_after is not None and reason in {Reason.RATE_LIMITED, Reason.SERVER_ERROR}:
        meaning += f"; it asks to wait {retry_after:.0f} s"
    return FetchError(
        reason, f"{answer.url} answered {status}: {meaning}", status=status, retry_after=retry_after
    )


def _reason(answer: Answer) -> tuple[Reason, str]:
    status = answer.status
    if status == GONE:
        return Reason.GONE, "it was taken away for good; look for its new address"
    if is_challenge(answer):
        return Reason.BLOCKED, "an access check for humans stands before it"
    if status == TOO_MANY_REQUESTS:
        return Reason.RATE_LIMITED, "too many requests"
    for least, reason, meaning in _CLASSES:
        if status >= least:
            return reason, _MEANINGS.get(status, meaning)
    return Reason.SERVER_ERROR, "no final answer"
