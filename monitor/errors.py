"""The error tree. Every message is one line that says what, where and what to do.

MonitorError
├── InputError            the user's file, argument or configuration is wrong (exit code 2)
│   └── ConfigError       one or more problems with file:line:column
├── FetchError            a source could not be fetched; carries a Reason
├── ParseError            a document could not be read at all
├── DeliveryError         a channel could not hand a message over
│   ├── TemporaryFailure  worth another try, perhaps not before ``retry_after``
│   ├── PermanentFailure  no further try will help: dead letter
│   └── DestinationGone   the destination asked never to be called again (HTTP 410)
└── StoreError            the database refused or could not be reached
"""

from __future__ import annotations

from dataclasses import dataclass


class MonitorError(Exception):
    """Root of everything this package raises on purpose."""


class InputError(MonitorError):
    """The user's file, argument or configuration is wrong."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a configuration file; line and column count from 1."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    excerpt: str = ""

    def __str__(self) -> str:
        """Return the line that a person reads, with the excerpt under it."""
        text = f"{self.file}:{self.line}:{self.column}: {self.message}"
        if self.hint:
            text += f" ({self.hint})"
        return text + (f"\n{self.excerpt}" if self.excerpt else "")


class ConfigError(InputError):
    """One or more problems in the configuration, all found at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class FetchError(MonitorError):
    """A source could not be fetched.

    ``reason`` is one word of `monitor.model.Reason`; ``retry_after`` counts seconds.
    """

    def __init__(
        self, reason: str, message: str, *, status: int = 0, retry_after: float | None = None
    ) -> None:
        self.reason = reason
        self.status = status
        self.retry_after = retry_after
        super().__init__(message)


class ParseError(MonitorError):
    """A document could not be read at all; ``reason`` is one word of `monitor.model.Reason`."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class DeliveryError(MonitorError):
    """A channel could not hand a message over."""


class TemporaryFailure(DeliveryError):
    """Worth another try; ``retry_after`` counts seconds and is the other side's wish."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class PermanentFailure(DeliveryError):
    """No further try will help: the delivery becomes a dead letter."""


class DestinationGone(PermanentFailure):
    """The destination asked never to be called again (HTTP 410)."""


class StoreError(MonitorError):
    """The database refused or could not be reached."""
