"""Addresses that nobody may ask, wherever a configuration takes one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.config import load
from monitor.errors import ConfigError
from tests.acceptance.practice import write_config

REFUSED = {
    "file:///etc/passwd": "only http and https",
    "gopher://a.example/": "only http and https",
    "ftp://a.example/feed.xml": "only http and https",
    "javascript:alert(1)": "",
    "http://ok.test\\@127.0.0.1/": "no spaces, control characters or backslashes",
    "https://user:hunter2@a.example/": "no user name or password",
    "https://hunter2@a.example/": "no user name or password",
    "https://a.example/\r\nX: y": "no spaces, control characters or backslashes",
    "https:///feed.xml": "",
    "//a.example/feed.xml": "",
    "": "",
}
SECRET = "whsec_cHJhY3RpY2UtcHJhY3RpY2UtcHJhY3RpY2UtcHJhYw=="
PLACES: dict[str, dict[str, Any]] = {
    **{
        f"source {kind}": {"sources": [{"id": "a", "kind": kind, "url": None}]}
        for kind in ("feed", "sitemap", "section", "page", "auto")
    },
    "webhook": {"channels": [{"id": "a", "kind": "webhook", "url": None, "secret": SECRET}]},
    "slack": {"channels": [{"id": "a", "kind": "slack", "webhook": None}]},
    "discord": {"channels": [{"id": "a", "kind": "discord", "webhook": None}]},
    "teams": {"channels": [{"id": "a", "kind": "teams", "webhook": None}]},
    "mattermost": {"channels": [{"id": "a", "kind": "mattermost", "webhook": None}]},
    "page": {"web": {"public_url": None}},
}
SECRET_PLACES = {"slack", "discord", "teams", "mattermost"}
"""Where the address is a secret, and what is wrong with it is not told."""


def filled(value: Any, address: str) -> Any:
    """Return ``value`` with the address in the place of None."""
    if isinstance(value, dict):
        return {key: filled(one, address) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, address) for one in value]
    return address if value is None else value


@pytest.mark.parametrize("place", PLACES)
def test_only_plain_web_addresses_are_taken_and_the_refusal_has_its_place(
    tmp_path: Path, place: str
) -> None:
    for address, words in REFUSED.items():
        if place == "page" and not address:
            continue  # no address is what it starts with
        options = {"sources": [], "subscriptions": []} | filled(PLACES[place], address)
        with pytest.raises(ConfigError) as caught:
            load(write_config(tmp_path / "config", **options), {})
        (problem,) = caught.value.problems
        assert problem.line > 1 or problem.column > 1, address
        assert words in str(problem) or place in SECRET_PLACES, address
        assert "hunter2" not in str(problem)
