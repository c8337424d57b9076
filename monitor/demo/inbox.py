"""The practice inbox: a folder in which invented newsletters fall, as mails of real form."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from monitor.demo.clock import Clock, utc_now
from monitor.demo.coverage import Letter

FOLDER: Final = "inbox"
"""Where letters fall, below the project's folder."""
_BEFORE: Final = 5.0
"""Seconds that a letter was finished before it was put there: whoever looks need not wait."""


def deliver_into(
    folder: Path, letters: tuple[Letter, ...], clock: Clock = utc_now
) -> Callable[[int], None]:
    """Return what puts the letters of all editions up to one into ``folder``, each once."""
    folder.mkdir(parents=True, exist_ok=True)

    def deliver(edition: int) -> None:
        for letter in letters:
            path = folder / f"{letter.id}.eml"
            if letter.edition <= edition and not path.exists():
                _put(path, _mail(letter, clock))

    return deliver


def _mail(letter: Letter, clock: Clock) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{letter.sender} <letters@practice.example>"
    mail["To"] = "desk@practice.example"
    mail["Subject"] = letter.title
    mail["Date"] = format_datetime(clock())
    mail["Message-ID"] = f"<{letter.id}@practice.example>"
    mail.set_content(letter.text)  # which drops headers of content that are there already
    mail["Content-Language"] = letter.language
    return mail.as_bytes()


def _put(path: Path, body: bytes) -> None:
    """Write aside and move: nobody ever reads half a letter."""
    aside = path.with_suffix(".part")
    aside.write_bytes(body)
    written = time.time() - _BEFORE
    os.utime(aside, (written, written))
    aside.replace(path)
