"""The simulator's own crypto against the vectors that Tencent and others published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.sim.wechat import crypto

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "wechat_vectors.json").read_text("utf-8"))
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def by_name(vector: dict[str, Any]) -> str:
    return str(vector["name"])


@pytest.mark.parametrize("vector", VECTORS["signature"], ids=by_name)
def test_signature(vector: dict[str, Any]) -> None:
    parts = (vector["token"], vector["timestamp"], vector["nonce"])
    assert crypto.signature(*parts) == vector["expect_signature"]
    assert crypto.signed(vector["expect_signature"], *parts)
    assert not crypto.signed("0" * 40, *parts)


@pytest.mark.parametrize("vector", VECTORS["decrypt"], ids=by_name)
def test_decrypt(vector: dict[str, Any]) -> None:
    parts = (vector["token"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert crypto.signature(*parts) == vector["expect_msg_signature"]
    opened = crypto.decrypt(vector["encrypt"], vector["encoding_aes_key"], vector["receive_id"])
    assert opened.decode() == vector["expect_plaintext"]


@pytest.mark.parametrize("vector", VECTORS["encrypt_fixed_random"], ids=by_name)
def test_encrypt(vector: dict[str, Any]) -> None:
    salt = vector["random"].encode()
    sealed = crypto.encrypt(vector["plaintext"].encode(), vector["encoding_aes_key"], vector["receive_id"], salt)
    assert sealed == vector["expect_encrypt"]


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 31, 32, 33, 4096])
def test_what_was_sealed_opens(length: int) -> None:
    message = bytes(index % 251 for index in range(length))
    assert crypto.decrypt(crypto.encrypt(message, KEY, "wx1", bytes(16)), KEY, "wx1") == message


@pytest.mark.parametrize(
    ("sealed", "reason"),
    [
        ("not base64!", "Base64"),
        ("AAAA", "whole blocks"),
        (crypto.encrypt(b"hello", KEY, "wx2", bytes(16)), "another app id"),
        (crypto.encrypt(b"hello", KEY, "wx1", bytes(16), padding=0), "padding"),
    ],
)
def test_what_should_not_open_does_not(sealed: str, reason: str) -> None:
    with pytest.raises(crypto.EnvelopeError, match=reason):
        crypto.decrypt(sealed, KEY, "wx1")
