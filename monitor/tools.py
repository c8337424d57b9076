"""What the pipeline works with, and how a planned message gets its final bytes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from monitor.config import Settings
from monitor.links import Links
from monitor.model import Delivery
from monitor.net import Net
from monitor.planning import Planned
from monitor.store import Store
from monitor.work.crew import Crew
from monitor.work.story_memory import StoryMemory


@dataclass(frozen=True, slots=True)
class Tools:
    """What the pipeline works with; replaced whole when the configuration changes."""

    settings: Settings
    store: Store
    net: Net
    crew: Crew
    stories: StoryMemory
    links: Links = field(default_factory=Links)


def messages(tools: Tools, planned: Planned) -> tuple[Delivery, ...]:
    """Return what a planned message becomes: one, unless it is too large for its channel."""
    parts = tools.settings.channels[planned.channel].parts(planned.notice)
    return tuple(render(tools, part) for part in planned.parted(parts))


def render(tools: Tools, planned: Planned) -> Delivery:
    """Give a planned message its final bytes; from here on nothing changes them."""
    channel = tools.settings.channels[planned.channel]
    notice = replace(planned.notice, links=tools.links.of(planned.notice, planned.id))
    return planned.delivery(channel.render(notice, planned.recipient, planned.id))
