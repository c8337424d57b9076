"""Golden pairs after RFC 9110, sections 8.8 and 13."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.demo.conditional import entity_tag, not_modified, validators

CHANGED = datetime(2026, 11, 23, 12, 0, 0, 700_000, tzinfo=UTC)
LATER = CHANGED + timedelta(minutes=1)
ANSWER = validators(b"body", CHANGED, LATER)


def test_the_validators_are_a_quoted_tag_and_an_http_date():
    assert {
        "etag": entity_tag(b"body"),
        "last-modified": "Mon, 23 Nov 2026 12:00:00 GMT",
    } == ANSWER
    assert ANSWER["etag"][0] == ANSWER["etag"][-1] == '"'


def test_another_body_has_another_tag():
    assert entity_tag(b"body") != entity_tag(b"body.")


def test_within_the_second_of_a_change_no_last_modified_is_given():
    assert "last-modified" not in validators(b"x", CHANGED, CHANGED + timedelta(milliseconds=200))
    assert "last-modified" in validators(b"x", CHANGED, CHANGED + timedelta(seconds=1))


TAG = ANSWER["etag"]
DATE = ANSWER["last-modified"]


@pytest.mark.parametrize(
    ("request_headers", "expected"),
    [
        ({}, False),
        ({"if-none-match": TAG}, True),
        ({"if-none-match": f"W/{TAG}"}, True),
        ({"if-none-match": f'"other", {TAG}'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"other"'}, False),
        ({"if-none-match": '"other"', "if-modified-since": DATE}, False),
        ({"if-none-match": TAG, "if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT"}, True),
        ({"if-modified-since": DATE}, True),
        ({"if-modified-since": "Mon, 23 Nov 2026 12:00:01 GMT"}, True),
        ({"if-modified-since": "Mon, 23 Nov 2026 11:59:59 GMT"}, False),
        ({"if-modified-since": "yesterday"}, False),
        ({"if-modified-since": ""}, False),
        ({"if-modified-since": "Mon, 23 Nov 2026 12:00:00"}, False),
    ],
)
def test_a_request_is_answered_304_exactly_when_it_should_be(request_headers, expected):
    assert not_modified(request_headers, ANSWER) is expected


def test_a_date_alone_never_hides_a_change_of_the_same_second():
    first = validators(b"one", CHANGED, CHANGED + timedelta(seconds=2))
    again = CHANGED + timedelta(milliseconds=100)
    second = validators(b"two", again, again + timedelta(milliseconds=50))
    assert not not_modified({"if-modified-since": first["last-modified"]}, second)
