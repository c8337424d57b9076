"""The body of a webhook: the payload as it is, or in an envelope, below what receivers take."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from monitor.channels.payload import Payload, payload_of
from monitor.model import Notice

LARGEST: Final = 20_000
"""Bytes; the Standard Webhooks specification asks for less than 20 kB."""


def set_payload(notice: Notice) -> bytes:
    """Return the body for ``notice``, smaller than `LARGEST`: what is too much is counted."""
    return _fit(notice, lambda payload: payload.model_dump_json().encode())


def cloud_event(notice: Notice, event_id: str) -> bytes:
    """Return the body in an envelope of CloudEvents 1.0, smaller than `LARGEST` all told.

    Structured mode of the HTTP binding (section 3.2); ``source`` is a URI-reference, for the
    monitor knows no address of its own (CloudEvents section "source").
    """

    def wrap(payload: Payload) -> bytes:
        data = payload.model_dump(mode="json")
        event = {
            "specversion": "1.0",
            "id": event_id,
            "source": f"/subscriptions/{notice.subscription}",
            "type": f"coverage-monitor.{payload.type}",
            "time": data["timestamp"],
            "datacontenttype": "application/json",
            "data": data,
        }
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()

    return _fit(notice, wrap)


def _fit(notice: Notice, wrap: Callable[[Payload], bytes]) -> bytes:
    most = sum(len(group.stories) for group in notice.groups)
    while True:
        body = wrap(payload_of(notice, most))
        if len(body) < LARGEST or most == 0:
            return body
        most = min(most - 1, most * LARGEST // len(body))
