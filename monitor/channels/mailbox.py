"""Mail laid into a local folder: what works without a server, an account or a key."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Literal

from pydantic import Field

from monitor.channels.base import Channel
from monitor.channels.email import SenderText
from monitor.channels.mail import Sender, check_address, compose
from monitor.errors import TemporaryFailure
from monitor.model import Delivery, Message, Notice
from monitor.net import Net


class MailboxChannel(Channel):
    """A folder that receives each message as ``.eml``, and as ``.html`` for a browser."""

    kind: Literal["mailbox"]
    """``mailbox``"""
    folder: str = Field(default="data/mailbox", min_length=1)
    """Folder to write to; it is made when missing."""
    sender: SenderText = "monitor@localhost"
    """Address that messages come from."""

    def check_recipient(self, recipient: str) -> str:
        """Return one plain mail address; ``desk@localhost`` when none is given."""
        return check_address(recipient or "desk@localhost")

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the mail for ``recipient``."""
        sender = Sender.parse(self.sender)
        return compose(notice, sender, self.check_recipient(recipient), delivery_id)

    async def send(self, delivery: Delivery, net: Net) -> str:
        """Write the two files, each whole or not at all; a repetition writes the same files."""
        del net  # nothing leaves this machine
        try:
            return await asyncio.to_thread(self._write, delivery)
        except OSError as error:
            message = (
                f"cannot write to the mailbox folder {self.folder!r}: {error.strerror or error}; "
                "make it writable or set another 'folder'"
            )
            raise TemporaryFailure(message) from error

    def _write(self, delivery: Delivery) -> str:
        folder = Path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        mail = folder / f"{file_stem(delivery)}.eml"
        html = message_from_bytes(delivery.message.content, policy=default).get_body(("html",))
        if html is not None:
            _replace(mail.with_suffix(".html"), html.get_content().replace("\r\n", "\n").encode())
        _replace(mail, delivery.message.content)
        return f"written to {mail}"


def file_stem(delivery: Delivery) -> str:
    """Return the name of a delivery's files: slot or time, subscription, delivery id."""
    when = delivery.slot or delivery.created.isoformat(timespec="seconds")
    parts = (when.replace(":", ""), delivery.subscription, delivery.id)
    return "-".join(re.sub(r"[^0-9A-Za-z+-]", "", part) for part in parts)


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that at every moment it is missing, old or complete."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
