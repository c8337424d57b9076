from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from monitor.errors import InputError, StoreError
from monitor.store.engine import parse_url, shown_name
from monitor.store.faults import explain


@pytest.mark.parametrize(
    "address",
    [
        "",
        "monitor.db",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://ada:s3cret@db/x",
        "postgres",
        "sqlite",
    ],
)
def test_an_address_that_is_neither_file_nor_server_is_refused_without_its_password(
    address: str,
) -> None:
    with pytest.raises(InputError, match=r"write sqlite:///file or postgresql://") as caught:
        parse_url(address)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("sqlite:///data/monitor.db", "data/monitor.db"),
        ("sqlite:////var/lib/monitor.db", "/var/lib/monitor.db"),
        ("postgresql://ada:s3cret@db.example:5433/news", "news on db.example:5433"),
        ("postgres://ada:s3cret@db.example/news", "news on db.example"),
        ("postgresql:///news?host=/run/postgresql", "news on /run/postgresql"),
    ],
)
def test_messages_name_the_database_and_never_its_password(address: str, name: str) -> None:
    assert shown_name(parse_url(address)) == name


def test_an_error_keeps_its_first_line_and_drops_sql_and_values() -> None:
    cause = RuntimeError("unheard of\nDETAIL: row (secret title)")
    error = OperationalError("INSERT INTO item VALUES (?)", ("secret title",), cause)
    assert str(explain(error, "x.db")) == "the database x.db refused: unheard of"


def test_an_error_that_was_explained_is_not_explained_again() -> None:
    error = StoreError("the database x.db is closed")
    assert str(explain(error, "x.db")) == "the database x.db is closed"
