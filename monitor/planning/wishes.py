"""What a subscription leaves out of the watches it asks for: by language, source, score, or for a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model import Hit, Item, StoryLink
from monitor.planning.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Around:
    """What routing looks at beside the hit: tags by source id, and what is muted until when.

    Mutes go by ``watch:ID`` and ``story:ID``.
    """

    tags: Mapping[str, Collection[str]] = field(default_factory=dict)
    mutes: Mapping[str, datetime] = field(default_factory=dict)
    spiking: Collection[str] = ()
    """Watches that are spoken of far more than usual today."""


def unwanted(
    hit: Hit, item: Item, link: StoryLink | None, subscription: Subscription, around: Around
) -> str:
    """Return why ``subscription`` leaves ``hit`` out, in plain words; empty when it does not."""
    if until := around.mutes.get(f"watch:{hit.watch}"):
        return f"skipped: watch muted until {until:%Y-%m-%d %H:%M} UTC"
    if link and (until := around.mutes.get(f"story:{link.story}")):
        return f"skipped: story muted until {until:%Y-%m-%d %H:%M} UTC"
    if not _speaks(item.language, subscription.languages):
        return f"skipped: language {item.language or 'unknown'} not wanted"
    if not _comes_from(item.source, subscription, around):
        return f"skipped: source {item.source} not wanted"
    if hit.score < subscription.minimum_score:
        return f"skipped: score {hit.score:.2f} is below {subscription.minimum_score:g}"
    return ""


def left_out(link: StoryLink | None, known: StoryLink | None, subscription: Subscription) -> str:
    """Return why ``subscription`` leaves out this part of a story; empty when it does not.

    ``known`` is ``link`` when the subscription was told of the story before, else None.
    """
    if known and known.copy_of:
        return "skipped: copy of a story already told"
    if subscription.only == "stories" and known:
        return "skipped: story already told, and only new stories are wanted"
    if subscription.only == "developments" and not (link and link.development):
        return "skipped: no development, and only developments are wanted"
    return ""


def is_urgent(hit: Hit, priority: str, subscription: Subscription, around: Around) -> bool:
    """Tell whether ``subscription`` wants a hit at once, whatever its schedule."""
    spike = "spike" in subscription.escalate and hit.watch in around.spiking
    return spike or priority in subscription.escalate


def _speaks(language: str, wanted: Collection[str]) -> bool:
    """Tell whether a BCP 47 tag falls under one of ``wanted`` (RFC 4647 section 3.3.1)."""
    tag = language.lower()
    return not wanted or any(
        tag == one.lower() or tag.startswith(f"{one.lower()}-") for one in wanted
    )


def _comes_from(source: str, subscription: Subscription, around: Around) -> bool:
    if not subscription.sources and not subscription.tags:
        return True
    return source in subscription.sources or not set(subscription.tags).isdisjoint(
        around.tags.get(source, ())
    )
