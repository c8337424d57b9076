"""No kind of channel lets a secret out of the configuration, however it is written there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.config import ConfigError, load, settings_summary
from tests.acceptance.practice import write_config
from tests.contract.channels.kinds import KINDS, SECRETS, options


def config(folder: Path, kind: str, **more: object) -> Path:
    channel = options(kind, "http://127.0.0.1:1", folder)
    channel = {name: value for name, value in channel.items() if name not in {"folder", "file"}}
    return write_config(
        folder / "config", sources=[], subscriptions=[], channels=[{**channel, **more}]
    )


def own(kind: str, folder: Path) -> list[str]:
    """Return the secrets that a channel is made with; a webhook's ``url`` is an address, no secret."""
    given = {name: value for name, value in options(kind, "", folder).items() if name != "url"}
    return [secret for secret in SECRETS if secret in json.dumps(given)]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_check_shows_of_a_channel_holds_no_secret(kind: str, tmp_path: Path) -> None:
    settings = load(config(tmp_path, kind), {})
    shown = json.dumps(settings_summary(settings)) + repr(settings)
    assert kind in shown
    for secret in settings.secrets:
        assert secret not in settings.mask(f"a log line with {secret} in it")
    for secret in own(kind, tmp_path):
        assert secret not in shown


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_fault_beside_a_secret_is_told_without_it(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(config(tmp_path, kind, surprise=1, id="Not An Id"), {})
    for secret in own(kind, tmp_path):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "option", "value"),
    [
        ("slack", "webhook", "ftp://hooks.example/path-secret"),
        ("slack", "webhook", "https://user:path-secret@hooks.example/"),
        ("telegram", "token", "path-secret"),
        ("feed", "token", "path-secret"),
        ("webhook", "old_secrets", ["whsec_path-secret"]),
        ("apprise", "secret_urls", ["nosuch://path-secret"]),
    ],
)
def test_a_secret_that_is_none_is_refused_without_repeating_it(
    kind: str, option: str, value: object, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=rf"{option}: ") as caught:
        load(config(tmp_path, kind, **{option: value}), {})
    assert "path-secret" not in str(caught.value)


def test_a_secret_address_without_its_beginning_is_told_so(tmp_path: Path) -> None:
    given = {"webhook": "hooks.example/path-secret"}
    with pytest.raises(ConfigError, match="an address begins with https:// or http://"):
        load(config(tmp_path, "slack", **given), {})


def test_where_the_reason_would_repeat_a_secret_it_is_said_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(config(tmp_path, "telegram", token="${GIVEN}"), {"GIVEN": "token-path-secret"})
    assert "the value of ${GIVEN} is refused (The bot's token, best as" in str(caught.value)
