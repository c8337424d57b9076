"""Keys of mail channels: what is wrong with one is told at its place, and the key is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.channels.email import EmailChannel
from monitor.config import ConfigError, load
from tests.acceptance.practice import write_config
from tests.unit.channels.dkim_keys import pem, public_pem

CHANNEL = {
    "id": "mail",
    "kind": "email",
    "host": "smtp.example.org",
    "sender": "monitor@example.org",
    "dkim_selector": "desk",
}


def config(folder: Path, **more: str) -> Path:
    channels = [{**CHANNEL, **more}]
    return write_config(folder / "config", sources=[], subscriptions=[], channels=channels)


def line_of(folder: Path, option: str) -> int:
    lines = (folder / "monitor.yaml").read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.strip().startswith(f"{option}:"))


def no_line_of(key: str, text: str) -> None:
    for line in key.splitlines():
        assert line.startswith("-----") or line not in text


def test_a_key_of_the_environment_is_taken(tmp_path: Path) -> None:
    folder = config(tmp_path, dkim_key="${DKIM_KEY}")
    found = load(folder, {"DKIM_KEY": pem("rsa")}).channels["mail"]
    assert isinstance(found, EmailChannel)
    assert found.dkim_key.get_secret_value() == pem("rsa")


def test_a_key_of_a_file_is_in_memory_when_the_configuration_is(tmp_path: Path) -> None:
    folder = config(tmp_path, dkim_file="keys/dkim.pem")
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "dkim.pem").write_text(pem("rsa"))
    settings = load(folder, {})
    (tmp_path / "keys" / "dkim.pem").unlink()
    found = settings.channels["mail"]
    assert isinstance(found, EmailChannel)
    assert found.dkim_key.get_secret_value() == pem("rsa")
    no_line_of(pem("rsa"), repr(settings))


@pytest.mark.parametrize("place", ["dkim_key", "dkim_file"])
@pytest.mark.parametrize(
    ("key", "words"),
    [
        (pem("ec"), "the key is neither RSA nor ed25519, or damaged"),
        (public_pem("rsa"), "this is the public key"),
        (pem("rsa").replace("g", "!"), "the key is damaged"),
    ],
    ids=["another kind", "the public key", "no base64"],
)
def test_a_bad_key_is_named_with_its_place_and_never_shown(
    place: str, key: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "dkim.pem").write_text(key)
    given = {"dkim_key": "${DKIM_KEY}", "dkim_file": "dkim.pem"}
    folder = config(tmp_path, **{place: given[place]})
    with pytest.raises(ConfigError) as caught:
        load(folder, {"DKIM_KEY": key})
    [problem] = caught.value.problems
    assert problem.message.startswith(f"{place}: {words}")
    assert problem.line == line_of(folder, place)
    assert problem.column > 1
    no_line_of(key, str(caught.value))


def test_a_bad_key_that_stands_in_the_file_itself_is_not_shown_either(tmp_path: Path) -> None:
    folder = config(tmp_path, dkim_key=pem("ec"))
    with pytest.raises(ConfigError, match="neither RSA nor ed25519") as caught:
        load(folder, {})
    no_line_of(pem("ec"), str(caught.value))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "dkim_selector: goes with a key"),
        ({"dkim_key": pem("rsa"), "dkim_file": "dkim.pem"}, "dkim_selector: goes with a key"),
        ({"dkim_key": pem("rsa"), "dkim_selector": ""}, "'dkim_selector' is missing"),
        ({"dkim_key": pem("rsa"), "dkim_selector": "a b"}, "dkim_selector"),
        ({"dkim_key": pem("rsa"), "dkim_domain": "ex ample"}, "dkim_domain"),
        ({"dkim_file": "nowhere.pem"}, "dkim_file: cannot be read: No such file"),
        ({"dkim_file": "config"}, "dkim_file: cannot be read: Is a directory"),
        ({"dkim_file": "../outside.pem"}, "dkim_file: "),
    ],
    ids=[
        "no key",
        "two keys",
        "no selector",
        "a selector",
        "a domain",
        "no file",
        "a folder",
        "outside",
    ],
)
def test_options_that_do_not_go_together_are_told(
    more: dict[str, str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(config(tmp_path, **more), {})
    assert words in str(caught.value)
    no_line_of(pem("rsa"), str(caught.value))
