"""What every kind of channel has in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import ConfigDict

from monitor.fields import Identifier
from monitor.model import Delivery, Message, Notice
from monitor.net import Net
from monitor.registry import Kind


class OptionError(ValueError):
    """What an option names is no good; the text says why, and repeats no secret."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option
        """The option's name."""


class Channel(Kind):
    """A way that messages take to their recipients."""

    model_config = ConfigDict(hide_input_in_errors=True)
    """Options hold passwords; what is wrong with them is said without repeating them."""

    family: ClassVar[str] = "channel"
    refused: ClassVar[Mapping[str, str]] = {
        "command": "a program would run with the rights of this service on words that strangers "
        "wrote; have it follow the lines of a channel of kind 'file', or receive a 'webhook'"
    }
    gives_up: ClassVar[bool] = False
    """Whether a destination that fails for five days is turned off and its owner told."""

    id: Identifier
    """Stable name of the channel, used by subscriptions."""

    def check_recipient(self, recipient: str) -> str:
        """Return ``recipient`` in its plain form; raises ValueError when it cannot be one."""
        if recipient:
            message = f"channel {self.id!r} takes no recipient"
            raise ValueError(message)
        return recipient

    def loaded(self) -> Self:
        """Return it with what its files hold in memory, so that `render` reads none.

        The paths are full by now. Raises `OptionError`.
        """
        return self

    def parts(self, notice: Notice) -> tuple[Notice, ...]:
        """Return ``notice`` in the parts that are messages of their own; usually it is one."""
        return (notice,)

    @abstractmethod
    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the final bytes for ``recipient``; pure, the same input gives the same bytes."""

    @abstractmethod
    async def send(self, delivery: Delivery, net: Net) -> str:
        """Hand the stored bytes over and return what the other side said.

        Raises `TemporaryFailure`, `PermanentFailure` or `DestinationGone`.
        """
