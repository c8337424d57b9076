"""Column types: aware UTC times, text that any database accepts."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept and returned in UTC; a naive one raises ValueError.

    SQLite keeps no offset and would give naive values back, PostgreSQL answers in the zone of its
    session: both come back as UTC.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return ``value`` in UTC."""
        del dialect
        if value is None or value.tzinfo is UTC:
            return value
        if value.tzinfo is None:
            message = f"times are stored with their zone; {value.isoformat()} has none"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return ``value`` as an aware datetime in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text from outside, made storable: NUL goes, a lone surrogate becomes U+FFFD.

    PostgreSQL refuses NUL and neither database takes half a surrogate pair; one such character
    in a server's error message must not cost the poll it belongs to.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return ``value`` without what databases refuse."""
        del dialect
        if value is None:
            return None
        if "\x00" in value:
            value = value.replace("\x00", "")
        if value.isascii():
            return value
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return value
