"""What is secret and yet made anew by whoever needs it: one-time PINs and the scenes of invitations.

Both come from a nonce that is unique for ever (the id of the event that asked for them) and one secret, by HMAC-SHA256.
So the web process that keeps the hash of a PIN and the worker that sends the PIN need share nothing but the settings,
and the PIN is in no row, log or message: the outbox holds the nonce. The secret is made from the account's AppSecret.
When that is changed, a PIN on its way no longer fits its hash, and the contact asks for another.
"""

from __future__ import annotations

import hashlib
import hmac

PIN_DIGITS = 6


class Keys:
    """Derives from `secret`; everything depends on it staying secret."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"multiline: what is derived", hashlib.sha256)

    def __repr__(self) -> str:
        return "Keys(***)"

    def derive(self, purpose: str, nonce: str) -> bytes:
        """32 bytes that nobody without the secret can tell from random ones."""
        return hmac.digest(self._key, f"{purpose}\n{nonce}".encode(), hashlib.sha256)

    def pin(self, nonce: str) -> str:
        """Six digits; of 2**256 values the modulus prefers none that anybody could notice."""
        return f"{int.from_bytes(self.derive('pin', nonce)) % 10**PIN_DIGITS:0{PIN_DIGITS}}"
