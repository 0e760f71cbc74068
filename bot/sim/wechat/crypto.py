"""WeChat's side of message encryption (1.5): signatures and the AES envelope, written apart from the bot's. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32


class EnvelopeError(ValueError):
    """An answer's envelope that WeChat would not open; the message says why."""


def signature(*parts: str) -> str:
    """The lowercase hex SHA-1 over the sorted parts, that WeChat calls `signature` and `msg_signature`."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def signed(expected: str, *parts: str) -> bool:
    """Whether `expected` is the signature of the parts."""
    return hmac.compare_digest(expected.encode(), signature(*parts).encode())


def encrypt(message: bytes, aes_key: str, receive_id: str, salt: bytes, *, padding: int | None = None) -> str:
    """The Base64 of 16 random bytes, length, message and receive id; `padding` overrides the padding byte (a fault)."""
    plain = salt + struct.pack(">I", len(message)) + message + receive_id.encode()
    pad = _BLOCK - len(plain) % _BLOCK
    plain += bytes([pad if padding is None else padding]) * pad
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def decrypt(encrypted: str, aes_key: str, receive_id: str) -> bytes:
    """The message of an envelope meant for `receive_id`, or EnvelopeError."""
    try:
        cipher_text = base64.b64decode(encrypted, validate=True)
    except binascii.Error as error:
        raise EnvelopeError("Encrypt is not Base64") from error
    if not cipher_text or len(cipher_text) % _BLOCK:
        raise EnvelopeError("Encrypt is not whole blocks")
    decryptor = _cipher(aes_key).decryptor()
    plain = _unpadded(decryptor.update(cipher_text) + decryptor.finalize())
    if len(plain) < 20:
        raise EnvelopeError("the envelope is too short")
    (length,) = struct.unpack(">I", plain[16:20])
    message, receiver = plain[20 : 20 + length], plain[20 + length :]
    if len(message) != length or receiver != receive_id.encode():
        raise EnvelopeError("the envelope holds another app id")
    return message


def _unpadded(plain: bytes) -> bytes:
    pad = plain[-1]
    if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise EnvelopeError("the padding is wrong")
    return plain[:-pad]


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
