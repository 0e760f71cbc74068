"""Signatures and envelopes: every published vector, wechatpy's opinion, and nothing but one answer to what is wrong."""

from __future__ import annotations

import base64
import contextlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from bot.wechat.crypto import AccountKeys, Unreadable, aes_key, decrypt, encrypt, opened, signature, signer
from tests.wechat.samples import APP_ID, ENCODING_KEY, OLD_ENCODING_KEY, OLD_TOKEN, TOKEN, VECTORS, patient, xml

KEY, OLD_KEY = aes_key(ENCODING_KEY), aes_key(OLD_ENCODING_KEY)
RANDOM = b"0123456789abcdef"


def named(vectors: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", VECTORS[vectors], ids=lambda vector: vector["name"])


@named("signature")
def test_signature_vectors(vector: dict[str, Any]) -> None:
    parts = vector["token"], vector["timestamp"], vector["nonce"]
    assert signature(*parts) == vector["expect_signature"]
    check_signature(vector["token"], signature(*parts), *parts[1:])


@named("decrypt")
def test_decrypt_vectors(vector: dict[str, Any]) -> None:
    sealed, key = vector["encrypt"], aes_key(vector["encoding_aes_key"])
    parts = vector["token"], vector["timestamp"], vector["nonce"], sealed
    content = decrypt(sealed, key, vector["receive_id"])
    assert signature(*parts) == vector["expect_msg_signature"]
    assert content.decode() == vector["expect_plaintext"]
    assert encrypt(content, key, vector["receive_id"], vector["random"].encode()) == sealed


@named("encrypt_fixed_random")
def test_encrypt_vectors(vector: dict[str, Any]) -> None:
    key = aes_key(vector["encoding_aes_key"])
    sealed = encrypt(vector["plaintext"].encode(), key, vector["receive_id"], vector["random"].encode())
    assert sealed == vector["expect_encrypt"]
    if "expect_msg_signature" in vector:
        given_parts = vector["token"], vector["timestamp"], vector["nonce"], sealed
        assert signature(*given_parts) == vector["expect_msg_signature"]


def test_a_key_whose_last_bits_are_not_zero_is_a_key() -> None:
    assert len(aes_key(VECTORS["base64_gotcha"]["key"])) == 32


@patient
@given(st.binary(max_size=400), st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=40))
def test_what_is_sealed_opens_again(content: bytes, receive_id: str) -> None:
    assert decrypt(encrypt(content, KEY, receive_id, RANDOM), KEY, receive_id) == content


@patient
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=300))
def test_wechatpy_opens_what_we_seal_and_we_what_it_seals(text: str) -> None:
    theirs = WeChatCrypto(TOKEN, ENCODING_KEY, APP_ID)
    content = xml(Content=text.replace("]]>", ""))
    sealed = encrypt(content, KEY, APP_ID, RANDOM)
    proof = signature(TOKEN, "1714112445", "nonce", sealed)
    outer = f"<xml><ToUserName>a</ToUserName><Encrypt>{sealed}</Encrypt></xml>"
    assert theirs.decrypt_message(outer, proof, "1714112445", "nonce").encode() == content
    whole = theirs.encrypt_message(content.decode(), "nonce", "1714112445")
    assert decrypt(whole.split("<Encrypt><![CDATA[")[1].split("]]>")[0], KEY, APP_ID) == content


def raw(plain: bytes) -> str:
    """Sealed without padding, to put anything inside."""
    cipher = Cipher(algorithms.AES(KEY), modes.CBC(KEY[:16])).encryptor()
    return base64.b64encode(cipher.update(plain) + cipher.finalize()).decode()


def filled(plain: bytes, padding: bytes | None = None) -> str:
    pad = 32 - len(plain) % 32
    return raw(plain + (bytes([pad]) * pad if padding is None else padding))


INSIDE = RANDOM + (2).to_bytes(4, "big") + b"hi" + APP_ID.encode()  # 40 bytes, so 24 of padding
WRONG = {
    "empty": "",
    "not base64": "%%%%",
    "not ASCII": "你好",
    "half a block": base64.b64encode(b"x" * 31).decode(),
    "a cipher block but not WeChat's": base64.b64encode(b"x" * 48).decode(),
    "padding 0": filled(INSIDE, b"\x18" * 23 + b"\x00"),
    "padding 33": filled(INSIDE, b"\x21" * 24),
    "padding 255": filled(INSIDE, b"\xff" * 24),
    "one wrong byte in the padding": filled(INSIDE, b"\x17" + b"\x18" * 23),
    "nothing but padding": raw(b"\x20" * 32),
    "shorter than its head": filled(RANDOM + b"\0\0"),
    "length past the end": filled(RANDOM + (9999).to_bytes(4, "big") + b"hi" + APP_ID.encode()),
    "length of 4 GiB": filled(RANDOM + b"\xff\xff\xff\xff" + b"hi" + APP_ID.encode()),
    "length too short": filled(RANDOM + (1).to_bytes(4, "big") + b"hi" + APP_ID.encode()),
    "another app id": encrypt(b"hi", KEY, "wx0000000000000000", RANDOM),
    "our app id and more": encrypt(b"hi", KEY, APP_ID + "0", RANDOM),
    "no app id": encrypt(b"hi", KEY, "", RANDOM),
    "another key": encrypt(b"hi", OLD_KEY, APP_ID, RANDOM),
}


@pytest.mark.parametrize("sealed", WRONG.values(), ids=WRONG.keys())
def test_everything_wrong_is_the_same_error(sealed: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decrypt(sealed, KEY, APP_ID)
    assert (str(caught.value), caught.value.args) == ("unreadable", ("unreadable",))


def test_the_made_up_inside_is_right_when_nothing_is_wrong() -> None:
    assert decrypt(filled(INSIDE), KEY, APP_ID) == b"hi"


def test_an_empty_receive_id_matches_nothing() -> None:
    with pytest.raises(Unreadable):
        decrypt(encrypt(b"hi", KEY, "", RANDOM), KEY, "")


@patient
@given(st.binary(max_size=200))
def test_noise_is_never_anything_but_unreadable(noise: bytes) -> None:
    for sealed in (noise.decode("latin-1"), base64.b64encode(noise).decode()):
        with contextlib.suppress(Unreadable):
            decrypt(sealed, KEY, APP_ID)


@patient
@given(st.integers(0, 63), st.integers(1, 255))
def test_a_changed_byte_never_changes_who_it_is_for(place: int, change: int) -> None:
    sealed = bytearray(base64.b64decode(encrypt(b"hello", KEY, APP_ID, RANDOM)))
    sealed[place] ^= change
    with contextlib.suppress(Unreadable):
        assert len(decrypt(base64.b64encode(bytes(sealed)).decode(), KEY, APP_ID)) == 5


def test_a_rotation_opens_with_either_key_and_says_which() -> None:
    for key in (KEY, OLD_KEY):
        assert opened(encrypt(b"hi", key, APP_ID, RANDOM), (KEY, OLD_KEY), APP_ID) == (b"hi", key)
    with pytest.raises(Unreadable):
        opened(encrypt(b"hi", OLD_KEY, APP_ID, RANDOM), (KEY,), APP_ID)


def test_a_rotation_knows_either_token_and_says_which() -> None:
    for token in (TOKEN, OLD_TOKEN):
        assert signer(signature(token, "1", "2", "3"), (TOKEN, OLD_TOKEN), "1", "2", "3") == token


@pytest.mark.parametrize("claimed", ["", "0" * 40, "é" * 40, "\ud800", signature(TOKEN, "1", "3")])
def test_any_other_signature_is_nobodys(claimed: str) -> None:
    with pytest.raises(Unreadable):
        signer(claimed, (TOKEN, OLD_TOKEN), "1", "2")


def test_the_random_prefix_has_its_length() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        encrypt(b"hi", KEY, APP_ID, b"short")


def test_keys_are_read_current_first_and_never_shown() -> None:
    keys = AccountKeys.read(APP_ID, TOKEN, ENCODING_KEY, OLD_TOKEN, OLD_ENCODING_KEY)
    assert (keys.tokens, keys.aes_keys) == ((TOKEN, OLD_TOKEN), (KEY, OLD_KEY))
    assert AccountKeys.read(APP_ID, TOKEN, ENCODING_KEY).tokens == (TOKEN,)
    assert repr(keys) == f"AccountKeys(app_id={APP_ID!r})"


@pytest.mark.parametrize("bad", ["", "short", "?" * 43, ENCODING_KEY + "A", "密" * 43])
def test_a_bad_key_is_said_to_be_bad_without_being_told(bad: str) -> None:
    with pytest.raises(ValueError, match="43 characters") as caught:
        AccountKeys.read(APP_ID, TOKEN, bad)
    assert not bad or bad not in str(caught.value)


@pytest.mark.parametrize(("app_id", "token"), [("", TOKEN), (APP_ID, "")])
def test_an_account_has_an_app_id_and_a_token(app_id: str, token: str) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        AccountKeys.read(app_id, token, ENCODING_KEY)
