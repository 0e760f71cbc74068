"""PINs: made anew of secret and nonce, kept as a salted hash, never as digits."""

from collections import Counter
from dataclasses import replace

from bot.domain.pins import Code
from bot.engine.pins import fits, sealed
from bot.keys import Keys
from tests.domain.build import NOW

KEYS = Keys("app-secret")


def test_the_same_nonce_is_the_same_pin_and_another_is_another() -> None:
    assert KEYS.pin("a") == Keys("app-secret").pin("a")
    assert len({KEYS.pin(str(nonce)) for nonce in range(50)}) > 45
    assert KEYS.pin("a") != Keys("other-secret").pin("a")


def test_pins_are_six_digits_and_all_digits_are_alike() -> None:
    pins = [KEYS.pin(str(nonce)) for nonce in range(5000)]
    assert {len(pin) for pin in pins} == {6}
    counted = Counter("".join(pins))
    assert set(counted) == set("0123456789")
    assert max(counted.values()) < 1.15 * min(counted.values())


def test_only_the_pin_fits_its_hash() -> None:
    code = sealed(Code("nonce", NOW), KEYS)
    right = KEYS.pin("nonce")
    assert fits(code, right)
    assert not fits(code, f"{(int(right) + 1) % 10**6:06}")
    assert not fits(replace(code, salt=sealed(Code("other", NOW), KEYS).salt), right)


def test_salt_and_hash_hold_no_digits_of_it_and_salts_differ() -> None:
    codes = [sealed(Code(f"n{number}", NOW), KEYS) for number in range(3)]
    assert len({code.salt for code in codes}) == 3
    assert {len(code.salt) for code in codes} == {32}
    assert all(KEYS.pin(code.nonce) not in code.digest + code.salt for code in codes)


def test_keys_do_not_show_themselves() -> None:
    assert repr(KEYS) == "Keys(***)"
