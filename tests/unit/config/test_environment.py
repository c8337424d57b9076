"""``${NAME}`` in values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.environment import expand, is_secretish

ENVIRON = {"NAME": "value", "EMPTY": "", "NESTED": "${NAME}"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain $NAME text", "plain $NAME text"),
        ("${NAME}", "value"),
        ("a ${NAME} b ${NAME}", "a value b value"),
        ("$${NAME}", "${NAME}"),
        ("$$${NAME}", "$${NAME}"),
        ("${NESTED}", "${NAME}"),
        ("${MISSING:-fallback}", "fallback"),
        ("${EMPTY:-fallback}", "fallback"),
        ("${NAME:-fallback}", "value"),
        ("${MISSING:-}", ""),
        ("^price in [$]{2}$", "^price in [$]{2}$"),
    ],
)
def test_a_variable_is_filled_in_once(text, expected):
    expanded = expand(text, ENVIRON)
    assert (expanded.text, expanded.faults) == (expected, ())


@pytest.mark.parametrize("text", ["${MISSING}", "${EMPTY}"])
def test_a_variable_that_is_missing_or_empty_is_named(text):
    (fault,) = expand(f"ab {text}", ENVIRON).faults
    assert text[2:-1] in fault.message
    assert fault.offset == 3


@pytest.mark.parametrize("text", ["${", "${}", "${2}", "${a b}", "${NAME", "${NÄME}"])
def test_what_only_looks_like_a_variable_is_refused(text):
    assert expand(text, ENVIRON).faults


def test_bytes_that_are_no_text_are_refused():
    (fault,) = expand("${RAW}", {"RAW": "\udcff"}).faults
    assert "RAW" in fault.message


@settings(deadline=None)
@given(st.text())
def test_escaped_text_comes_back_as_it_was(text):
    assert expand(text.replace("${", "$${"), {}).text == text


@settings(deadline=None)
@given(st.text())
def test_no_text_makes_expansion_fail(text):
    expand(text, ENVIRON)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "Password",
        "pasword",
        "SMTP_PASSWORD",
        "secret",
        "secert",
        "api_key",
        "apikey",
        "token",
        "bot-token",
        "OPS_WEBHOOK_SECRET",
        "passphrase",
        "pwd",
        "credentials",
    ],
)
def test_names_of_secrets_are_recognised_even_misspelt(name):
    assert is_secretish(name)


@pytest.mark.parametrize("name", ["title", "host", "keywords", "url", "authors", "port", "name"])
def test_other_names_are_no_secrets(name):
    assert not is_secretish(name)
