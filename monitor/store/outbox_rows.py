"""Rows of routes, deliveries and attempts to values of `monitor.model` and back."""

from __future__ import annotations

from typing import Any

from monitor.model import Attempt, Delivery, DeliveryStatus, Message, Mode, Route
from monitor.store.rows import Row


def route_row(route: Route) -> dict[str, Any]:
    """Return the columns of ``route``."""
    return {
        "subscription": route.subscription,
        "hit": route.hit,
        "mode": str(route.mode),
        "reason": route.reason,
        "carried": False,
    }


def route_of(row: Row) -> Route:
    """Return the route a row of ``route`` holds."""
    return Route(
        row["route_subscription"], row["route_hit"], Mode(row["route_mode"]), row["route_reason"]
    )


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """Return the columns of ``delivery``; its hits live in ``delivery_hit``."""
    return {
        "id": delivery.id,
        "subscription": delivery.subscription,
        "kind": delivery.kind,
        "channel": delivery.channel,
        "recipient": delivery.recipient,
        "content": delivery.message.content,
        "content_type": delivery.message.content_type,
        "message_id": delivery.message.message_id,
        "subject": delivery.message.subject,
        "created": delivery.created,
        "due": delivery.due,
        "slot": delivery.slot,
        "status": str(delivery.status),
        "attempts": delivery.attempts,
    }


def delivery_of(row: Row, hits: tuple[str, ...]) -> Delivery:
    """Return the delivery a row of ``delivery`` holds."""
    return Delivery(
        id=row["delivery_id"],
        subscription=row["delivery_subscription"],
        kind=row["delivery_kind"],
        channel=row["delivery_channel"],
        recipient=row["delivery_recipient"],
        message=Message(
            content=row["delivery_content"],
            content_type=row["delivery_content_type"],
            message_id=row["delivery_message_id"],
            subject=row["delivery_subject"],
        ),
        hits=hits,
        created=row["delivery_created"],
        due=row["delivery_due"],
        slot=row["delivery_slot"],
        status=DeliveryStatus(row["delivery_status"]),
        attempts=row["delivery_attempts"],
    )


def attempt_row(attempt: Attempt) -> dict[str, Any]:
    """Return the columns of ``attempt``."""
    return {
        "delivery": attempt.delivery,
        "at": attempt.at,
        "ok": attempt.ok,
        "detail": attempt.detail,
        "final": attempt.final,
        "next_due": attempt.next_due,
    }


def attempt_of(row: Row) -> Attempt:
    """Return the attempt a row of ``attempt`` holds."""
    return Attempt(
        delivery=row["attempt_delivery"],
        at=row["attempt_at"],
        ok=row["attempt_ok"],
        detail=row["attempt_detail"],
        final=row["attempt_final"],
        next_due=row["attempt_next_due"],
    )
