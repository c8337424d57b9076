"""DKIM (RFC 6376): a mail signed with a key of its domain, for servers that do not do it themselves.

dkimpy signs, an optional extra; ed25519 (RFC 8463) needs PyNaCl besides. A signature depends on
nothing but mail, key and the mail's own date, so that signing twice gives the same bytes.
"""

from __future__ import annotations

import base64
import binascii
import importlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

SELECTOR: Final = (
    r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$"
)
"""RFC 6376 section 3.1: labels of a domain name."""
SIGNED: Final = (
    *("from", "to", "reply-to", "subject", "date", "message-id", "references"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post"),  # RFC 8058 section 4 asks for these
    *("auto-submitted", "mime-version", "content-type"),
)
ONCE: Final = ("from", "to", "subject", "date", "message-id")
"""Signed once more than they occur: a second one that is slipped in breaks the signature
(RFC 6376 section 8.15)."""
SHORTEST: Final = 1024
"""Bits of an RSA key that signers may use at least (RFC 8301 section 3.2)."""
_PEM: Final = re.compile(
    r"-----BEGIN (?:RSA )?PRIVATE KEY-----\s*(.*?)\s*-----END (?:RSA )?PRIVATE KEY-----", re.DOTALL
)
_ED25519: Final = bytes.fromhex("06032b6570")
"""The algorithm's identifier, 1.3.101.112 (RFC 8410 section 3)."""
_SEED: Final = bytes.fromhex("04220420")
"""What stands before the 32 bytes of an ed25519 key (RFC 8410 section 7)."""


@dataclass(frozen=True, slots=True)
class Key:
    """A private key as dkimpy takes it, and the algorithm that it signs with."""

    algorithm: str
    """``rsa-sha256`` or ``ed25519-sha256``."""
    secret: bytes = field(repr=False)


def read_key(pem: str) -> Key:
    r"""Return the key in a PEM text; ``\n`` may stand for its line ends, as in files of variables.

    Raises ValueError that says what is wrong and repeats nothing of the key.
    """
    text = pem.replace("\\n", "\n")
    found = _PEM.search(text)
    if found is None:
        raise ValueError(_no_key(text))
    try:
        der = base64.b64decode("".join(found[1].split()), validate=True)
    except binascii.Error:
        message = "the key is damaged: what stands between its first and last line is no base64"
        raise ValueError(message) from None
    if _ED25519 in der[:16]:
        return _read_ed25519(der)
    return _read_rsa(der)


def _no_key(text: str) -> str:
    if "ENCRYPTED" in text:
        return (
            "the key is locked with a passphrase, which nobody could type in; "
            "unlock it with: openssl pkey -in locked.pem -out key.pem"
        )
    if "PUBLIC KEY" in text:
        return "this is the public key; it belongs into DNS, and the private one here"
    return "no private key in PEM: it begins with -----BEGIN PRIVATE KEY-----"


def _read_ed25519(der: bytes) -> Key:
    _library("nacl.signing", "PyNaCl", "an ed25519 key needs it: pip install 'dkimpy[ed25519]'")
    _, mark, rest = der.partition(_SEED)
    if not mark or len(rest) < 32:  # noqa: PLR2004 - RFC 8032 section 5.1.5
        message = "the ed25519 key is damaged: its 32 bytes are not all there"
        raise ValueError(message)
    return Key("ed25519-sha256", base64.b64encode(rest[:32]))


def _read_rsa(der: bytes) -> Key:
    crypto = _dkimpy("dkim.crypto")
    try:
        numbers = crypto.parse_private_key(der)
        modulus, product = numbers["modulus"], numbers["prime1"] * numbers["prime2"]
    except Exception:  # noqa: BLE001 - its parser fails in many ways on what is no RSA key
        modulus = product = 0
    if not modulus or modulus != product:
        message = "the key is neither RSA nor ed25519, or damaged"
        raise ValueError(message)
    if modulus.bit_length() < SHORTEST:
        message = f"an RSA key of {modulus.bit_length()} bits is too short: 2048 are usual"
        raise ValueError(message)
    body = base64.encodebytes(der)
    whole = b"-----BEGIN PRIVATE KEY-----\n" + body + b"-----END PRIVATE KEY-----\n"
    return Key("rsa-sha256", whole)


def sign(content: bytes, key: Key, domain: str, selector: str, moment: datetime) -> bytes:
    """Return a mail with its signature before it, made at ``moment``; relaxed both ways.

    Raises ValueError when dkimpy is not installed.
    """
    signer = _signer()(content, signature_algorithm=key.algorithm.encode())
    signer.moment = str(int(moment.timestamp())).encode()
    present = [name.decode().lower() for name, _ in signer.headers]
    headers = [name for name in SIGNED for _ in range(present.count(name))]
    header = signer.sign(
        selector.encode(),
        domain.encode(),
        key.secret,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name.encode() for name in (*headers, *ONCE)],
    )
    return bytes(header) + content


@cache
def _signer() -> Any:
    """Return dkimpy's signer, with a time of signing that is not the clock's."""

    class Dated(_dkimpy("dkim").DKIM):  # type: ignore[misc]  # it brings no types
        moment = b""

        def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: Any, **more: Any) -> Any:
            fields[:] = [(name, self.moment if name == b"t" else of) for name, of in fields]
            return super().gen_header(fields, *rest, **more)

    return Dated


def _dkimpy(module: str) -> Any:
    return _library(module, "dkimpy", "install the extra with pip install 'coverage-monitor[dkim]'")


def _library(module: str, name: str, remedy: str) -> Any:
    """Return an optional library; raises ValueError that says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        message = f"{name} is not installed: {remedy}"
        raise ValueError(message) from None
