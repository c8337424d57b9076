"""From exceptions of sockets, TLS and HTTP to one reason and one readable line each."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import httpcore

from monitor.errors import FetchError
from monitor.model import Reason

Wording = Callable[[Any], str]
_CUT_OFF = "the connection was cut off"


def one_line(text: object, limit: int = 200) -> str:
    """Return ``text`` from the other side as one short printable line."""
    clean = "".join(char if char.isprintable() else " " for char in str(text))
    clean = " ".join(clean.split())
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def explain(error: Exception, key: str) -> FetchError:
    """Return the `FetchError` that says what happened at ``key`` (``host:port``)."""
    if isinstance(error, FetchError):
        return error
    if "without sending a response" in str(error):  # httpcore has no type of its own for it
        return FetchError(Reason.RESET, f"{key}: the connection was closed without an answer")
    for kinds, reason, wording in _FAULTS:
        if isinstance(error, kinds):
            return FetchError(reason, f"{key}: {wording(error)}")
    return FetchError(Reason.INTERNAL, f"{key}: {type(error).__name__}: {one_line(error)}")


def _always(text: str) -> Wording:
    return lambda _: text


def _certificate(error: Any) -> str:
    return f"the certificate is not accepted: {one_line(error.verify_message)}"


def _tls(error: Any) -> str:
    return f"TLS failed: {one_line(error.reason or error).replace('_', ' ').lower()}"


def _protocol(error: Any) -> str:
    text = one_line(error)
    if "without sending complete message body" in text or "incomplete chunked read" in text:
        counts = text[text.find("(") :] if "(" in text else ""
        return f"the body ends before its announced length {counts}".rstrip()
    return f"the answer is not valid HTTP: {text}"


def _unreachable(error: Any) -> str:
    return f"cannot be reached: {one_line(error.strerror or error)}"


_FAULTS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Reason, Wording], ...] = (
    # The first that fits counts: most of these are an OSError, too.
    (ssl.SSLCertVerificationError, Reason.TLS, _certificate),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), Reason.RESET, _always(_CUT_OFF)),
    (ssl.SSLError, Reason.TLS, _tls),
    (TimeoutError, Reason.TIMEOUT, _always("no answer in time")),
    (
        ConnectionRefusedError,
        Reason.REFUSED,
        _always("the connection was refused: nothing listens there"),
    ),
    ((ConnectionError, httpcore.NetworkError), Reason.RESET, _always(_CUT_OFF)),
    (httpcore.ProxyError, Reason.REFUSED, lambda error: f"the proxy refused: {one_line(error)}"),
    # The library's own words repeat the header, which may be a secret.
    (httpcore.LocalProtocolError, Reason.INTERNAL, _always("a header of the request is invalid")),
    (httpcore.RemoteProtocolError, Reason.MALFORMED, _protocol),
    (OSError, Reason.REFUSED, _unreachable),
)
