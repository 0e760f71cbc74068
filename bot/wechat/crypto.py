"""WeChat's signatures and its AES envelope, pure: who signed, what is inside, and nothing about why it is refused.

Algorithm and vectors: Tencent, *Message encryption and decryption* (`tests/data/wechat_vectors.json`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # WeChat pads PKCS#7 to 32 bytes, twice the cipher's own block
RANDOM = 16
_HEAD = RANDOM + 4


class Unreadable(ValueError):
    """What came cannot be taken. There is one such error and it says nothing: a reason would be a padding oracle."""

    def __init__(self) -> None:
        super().__init__("unreadable")


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """What proves that a push is WeChat's and meant for us: the current token and AES key first, then the previous."""

    app_id: str
    tokens: tuple[str, ...] = field(repr=False)
    aes_keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def read(
        cls,
        app_id: str,
        token: str,
        encoding_aes_key: str,
        previous_token: str = "",
        previous_encoding_aes_key: str = "",
    ) -> AccountKeys:
        """The keys from WeChat's console; an empty previous one means no rotation. ValueError names no key."""
        if not app_id or not token:
            raise ValueError("the WeChat app id and token must not be empty")
        texts = [encoding_aes_key, *filter(None, [previous_encoding_aes_key])]
        return cls(app_id, (token, *filter(None, [previous_token])), tuple(map(aes_key, texts)))


def aes_key(encoding_aes_key: str) -> bytes:
    """The 32 bytes behind an EncodingAESKey (43 characters of base64); ValueError if it is not one."""
    try:
        key = base64.b64decode(encoding_aes_key + "=", validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ValueError("an EncodingAESKey is 43 characters: A-Z, a-z, 0-9, + and /")
    return key


def signature(token: str, timestamp: str, nonce: str, *encrypted: str) -> str:
    """SHA-1, lower-case hex, of the strings sorted and joined; with the ciphertext it is `msg_signature`."""
    joined = "".join(sorted([token, timestamp, nonce, *encrypted]))
    return hashlib.sha1(joined.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def signer(given: str, tokens: Sequence[str], timestamp: str, nonce: str, *encrypted: str) -> str:
    """The token under which `given` is the right signature, compared in constant time; Unreadable if there is none."""
    claimed = given.encode("utf-8", "surrogatepass")
    for token in tokens:
        if hmac.compare_digest(signature(token, timestamp, nonce, *encrypted).encode(), claimed):
            return token
    raise Unreadable


def encrypt(content: bytes, key: bytes, receive_id: str, random: bytes) -> str:
    """Base64 of the sealed content. `random` is 16 fresh bytes; `receive_id` is the app id of the account."""
    if len(random) != RANDOM:
        raise ValueError(f"the random prefix is {RANDOM} bytes")
    plain = random + len(content).to_bytes(4, "big") + content + receive_id.encode()
    pad = BLOCK - len(plain) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


def decrypt(encrypted: str, key: bytes, receive_id: str) -> bytes:
    """The content of an envelope that is whole and addressed to `receive_id`; Unreadable for anything else."""
    plain = _unpadded(_deciphered(encrypted, key))
    end = _HEAD + int.from_bytes(plain[RANDOM:_HEAD], "big")
    # A length that points past the end leaves an empty tail, which is no receive id.
    if len(plain) < _HEAD or not receive_id or not hmac.compare_digest(plain[end:], receive_id.encode()):
        raise Unreadable
    return plain[_HEAD:end]


def opened(encrypted: str, keys: Sequence[bytes], receive_id: str) -> tuple[bytes, bytes]:
    """The content and the key that opened it, tried in order: the reply has to be sealed with the same one."""
    for key in keys:
        try:
            return decrypt(encrypted, key, receive_id), key
        except Unreadable:
            continue
    raise Unreadable


def _deciphered(encrypted: str, key: bytes) -> bytes:
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable from None
    if not sealed or len(sealed) % BLOCK:
        raise Unreadable
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    return decryptor.update(sealed) + decryptor.finalize()


def _unpadded(padded: bytes) -> bytes:
    pad = padded[-1]
    if not 1 <= pad <= BLOCK or not hmac.compare_digest(padded[-pad:], bytes([pad]) * pad):
        raise Unreadable
    return padded[:-pad]
