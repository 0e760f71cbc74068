"""The hash of a PIN: what the database keeps of it. scrypt over six digits with a 128-bit salt; reliability.md 5.2.

The salt is derived like the PIN rather than drawn: a decision may run twice and must come to the same both times.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import Protocol

from bot.domain.pins import Code

SALT_BYTES = 16
_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


class Keys(Protocol):
    """What is secret and derived; see `bot.keys`."""

    def derive(self, purpose: str, nonce: str) -> bytes: ...

    def pin(self, nonce: str) -> str: ...


def sealed(code: Code, keys: Keys) -> Code:
    """The code with the hash of its PIN."""
    salt = keys.derive("salt", code.nonce)[:SALT_BYTES]
    return replace(code, salt=salt.hex(), digest=_hash(keys.pin(code.nonce), salt).hex())


def fits(code: Code, guessed: str) -> bool:
    """Whether these are the PIN's digits, told in a time that does not depend on them."""
    return hmac.compare_digest(_hash(guessed, bytes.fromhex(code.salt)), bytes.fromhex(code.digest))


def _hash(digits: str, salt: bytes) -> bytes:
    return hashlib.scrypt(digits.encode(), salt=salt, **_COST)
