"""What every kind of channel has in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from pydantic import ConfigDict

from monitor.fields import Identifier
from monitor.model import Delivery, Message, Notice
from monitor.net import Net
from monitor.registry import Kind


class Channel(Kind):
    """A way that messages take to their recipients."""

    model_config = ConfigDict(hide_input_in_errors=True)
    """Options hold passwords; what is wrong with them is said without repeating them."""

    family: ClassVar[str] = "channel"

    id: Identifier
    """Stable name of the channel, used by subscriptions."""

    def check_recipient(self, recipient: str) -> str:
        """Return ``recipient`` in its plain form; raises ValueError when it cannot be one."""
        if recipient:
            message = f"channel {self.id!r} takes no recipient"
            raise ValueError(message)
        return recipient

    @abstractmethod
    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the final bytes for ``recipient``; pure, the same input gives the same bytes."""

    @abstractmethod
    async def send(self, delivery: Delivery, net: Net) -> str:
        """Hand the stored bytes over and return what the other side said.

        Raises `TemporaryFailure`, `PermanentFailure` or `DestinationGone`.
        """
