"""Keys made anew for each run of the tests, and the DNS that has their public halves."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

Private = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@cache
def private(kind: str) -> Private:
    """Return a key of ``rsa``, ``short``, ``ed25519`` or ``ec``."""
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 1024 if kind == "short" else 2048)


def pem(kind: str, form: PrivateFormat = PrivateFormat.PKCS8, password: bytes = b"") -> str:
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    return private(kind).private_bytes(Encoding.PEM, form, lock).decode()


def public_pem(kind: str) -> str:
    key = private(kind).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def dns(kind: str, selector: str = "desk", domain: str = "example.org") -> Callable[..., bytes]:
    """Return what answers as DNS would that has the public key at its place alone."""
    key = private(kind).public_key()
    if kind == "ed25519":
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        record = f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
    else:
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        record = f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"

    def answer(name: bytes, timeout: int = 5) -> bytes:
        del timeout
        return record.encode() if name == f"{selector}._domainkey.{domain}.".encode() else b""

    return answer
