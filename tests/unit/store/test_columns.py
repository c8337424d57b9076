from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, MetaData, Table, create_engine, select

from monitor.store.types import CleanText, UtcDateTime

EARLIEST, LATEST = datetime.fromisoformat("1900-01-02"), datetime.fromisoformat("2200-01-01")
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TABLE = Table("t", MetaData(), Column("time", UtcDateTime), Column("text", CleanText))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    TABLE.metadata.create_all(engine)
    yield engine
    engine.dispose()


def there_and_back(engine: Engine, **values: object) -> tuple[datetime | None, str | None]:
    with engine.connect() as connection:
        connection.execute(TABLE.insert(), values)
        return tuple(connection.execute(select(TABLE)).one())


@given(st.datetimes(EARLIEST, LATEST, timezones=ZONES))
def test_any_aware_time_comes_back_as_the_same_moment_in_utc(
    engine: Engine, time: datetime
) -> None:
    back, _ = there_and_back(engine, time=time)
    assert back == time
    assert back is not None
    assert back.utcoffset() == timedelta(0)


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_stored_and_only_what_no_database_takes_is_changed(
    engine: Engine, text: str
) -> None:
    _, back = there_and_back(engine, text=text)
    assert back is not None
    back.encode()
    if "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text):
        assert back == text
