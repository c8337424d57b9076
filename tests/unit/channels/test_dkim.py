from __future__ import annotations

import base64
import re
import sys
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives.serialization import PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.dkim import Key, read_key, sign
from monitor.channels.email import EmailChannel
from monitor.links import Links
from monitor.model import Notice
from tests.unit.channels.dkim_keys import dns, pem, public_pem
from tests.unit.channels.samples import ALERT, DIGEST

ID = "0123456789abcdef0123"
LINKED = replace(DIGEST, links=Links("https://monitor.example", b"k" * 32).of(DIGEST, ID))


def channel(kind: str = "rsa", **more: object) -> EmailChannel:
    options = {
        "id": "mail",
        "kind": "email",
        "host": "127.0.0.1",
        "sender": "Desk <monitor@example.org>",
        "dkim_selector": "desk",
        "dkim_key": pem(kind),
        **more,
    }
    return EmailChannel.model_validate(options)


def signed(notice: Notice = LINKED, kind: str = "rsa", **more: object) -> bytes:
    return channel(kind, **more).render(notice, "desk@example.org", ID).content


@pytest.fixture(params=["rsa", "ed25519"])
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "ed25519":
        pytest.importorskip("nacl", reason="ed25519 needs PyNaCl, which is not installed")
    return str(request.param)


def test_a_signed_mail_verifies_with_the_key_in_dns_and_with_no_other(kind: str) -> None:
    mail = signed(kind=kind)
    assert dkimpy.verify(mail, dnsfunc=dns(kind))
    assert not dkimpy.verify(mail, dnsfunc=dns(kind, selector="other"))


def test_a_signature_is_made_from_nothing_but_the_mail_so_a_repeat_is_the_same(kind: str) -> None:
    assert signed(kind=kind) == signed(kind=kind)
    earlier = replace(LINKED, created=LINKED.created - timedelta(days=1))
    header = message_from_bytes(signed(earlier, kind))["DKIM-Signature"]
    assert f"t={int(earlier.created.timestamp())};" in header


def test_the_signature_covers_what_readers_and_their_programs_trust() -> None:
    header = " ".join(str(message_from_bytes(signed())["DKIM-Signature"]).split())
    tags = dict(part.strip().split("=", 1) for part in header.split(";"))
    covered = [name.strip() for name in tags["h"].split(":")]
    for name in ("from", "to", "subject", "date", "message-id"):
        assert covered.count(name) == 2, "one more than there is: none can be added"
    for name in ("list-unsubscribe", "list-unsubscribe-post", "list-id", "content-type"):
        assert name in covered
    assert (tags["d"], tags["s"], tags["c"]) == ("example.org", "desk", "relaxed/relaxed")


@pytest.mark.parametrize("name", [b"Subject", b"From", b"To", b"Date", b"List-Unsubscribe"])
def test_a_header_that_was_changed_on_the_way_breaks_the_signature(name: bytes) -> None:
    mail = signed()
    changed = re.sub(rb"\r\n" + name + rb": ", rb"\r\n" + name + rb": x", mail, count=1)
    assert changed != mail
    assert not dkimpy.verify(changed, dnsfunc=dns("rsa"))


def test_a_header_that_was_slipped_in_or_a_changed_text_breaks_it_too() -> None:
    assert not dkimpy.verify(b"Subject: You won\r\n" + signed(), dnsfunc=dns("rsa"))
    head, _, body = signed().partition(b"\r\n\r\n")
    changed = head + b"\r\n\r\n" + body.replace(b"Marchetti", b"Marketti", 1)
    assert not dkimpy.verify(changed, dnsfunc=dns("rsa"))


def test_folding_and_trailing_space_on_the_way_do_not_break_it() -> None:
    """What relays do to mail (RFC 6376 section 3.4)."""
    mail = signed(ALERT).replace(b"\r\nSubject: ", b"\r\nsubject:  ", 1) + b"\r\n\r\n"
    assert dkimpy.verify(mail, dnsfunc=dns("rsa"))


def test_the_domain_is_the_senders_unless_another_is_given() -> None:
    mail = signed(dkim_domain="Mail.Example.net")
    assert dkimpy.verify(mail, dnsfunc=dns("rsa", domain="mail.example.net"))


@pytest.mark.parametrize(
    "text",
    [
        pem("rsa"),
        pem("rsa", PrivateFormat.TraditionalOpenSSL),
        pem("rsa").replace("\n", "\r\n"),
        pem("rsa").replace("\n", "\\n"),
        "  Key of the desk\n" + pem("rsa"),
    ],
    ids=["pkcs8", "pkcs1", "crlf", "one line of an env file", "a comment before"],
)
def test_a_key_is_read_in_every_form_that_programs_write(text: str) -> None:
    key = read_key(text)
    assert key.algorithm == "rsa-sha256"
    mail = sign(b"From: a@example.org\r\n\r\nx\r\n", key, "example.org", "desk", ALERT.created)
    assert dkimpy.verify(mail, dnsfunc=dns("rsa"))


WRONG = {
    "nothing": ("", "no private key in PEM"),
    "a password": ("correct-horse-battery", "no private key in PEM"),
    "the public key": (public_pem("rsa"), "the public key; it belongs into DNS"),
    "a locked key": (pem("rsa", password=b"battery"), "locked with a passphrase"),
    "another kind": (pem("ec"), "neither RSA nor ed25519, or damaged"),
    "no base64": (pem("rsa").replace("g", "!"), "is no base64"),
    "half of one": (
        "\n".join(pem("rsa").splitlines()[:9] + pem("rsa").splitlines()[-1:]),
        "damaged",
    ),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_what_is_no_key_is_refused_in_one_line_without_repeating_it(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        read_key(text)
    said = str(caught.value)
    assert "\n" not in said
    for line in filter(lambda line: len(line) > 8 and "-----" not in line, text.splitlines()):
        assert line not in said


def test_a_short_key_is_refused_only_below_what_signers_may_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read_key(pem("short")).algorithm == "rsa-sha256"
    monkeypatch.setattr("monitor.channels.dkim.SHORTEST", 1025)
    with pytest.raises(ValueError, match="1024 bits is too short"):
        read_key(pem("short"))


@given(st.binary(max_size=400))
def test_rubbish_in_a_pem_is_no_key_and_crashes_nothing(rubbish: bytes) -> None:
    body = base64.encodebytes(rubbish).decode()
    with pytest.raises(ValueError, match=r"key|PyNaCl"):
        read_key(f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")


@pytest.mark.parametrize(
    ("module", "kind", "words"),
    [
        ("dkim.crypto", "rsa", r"dkimpy is not installed: install the extra .*monitor\[dkim\]"),
        ("nacl.signing", "ed25519", "PyNaCl is not installed: an ed25519 key needs it"),
    ],
)
def test_without_its_library_a_key_says_what_to_install(
    module: str, kind: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ValueError, match=words) as caught:
        read_key(pem(kind))
    assert "\n" not in str(caught.value)


def test_a_key_shows_nothing_of_itself() -> None:
    key = read_key(pem("rsa"))
    assert repr(key) == repr(Key("rsa-sha256", b"another"))
    assert pem("rsa").splitlines()[3] not in repr(channel()) + channel().model_dump_json()


def test_without_a_key_a_mail_is_not_signed() -> None:
    plain = channel(dkim_key="", dkim_selector="").render(LINKED, "desk@example.org", ID)
    assert message_from_bytes(plain.content)["DKIM-Signature"] is None
    assert signed().endswith(plain.content)
