"""What an administrator types about policies: their numbers, and the company's own texts."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot import show
from bot.commands import Arguments, Command, Mistake, Shown, act, whole
from bot.domain.plain import TEXT_LIMIT
from bot.domain.policy import (
    OnDisable,
    OnUncertain,
    Policy,
    PromptWay,
    Release,
    Reveal,
    Transfer,
    Unasked,
    parse_duration,
)
from bot.settings import only
from bot.store import SqlStore, admin
from cards import wording


async def _set(store: SqlStore, wish: Arguments) -> Shown:
    given = {name: value for name, value in vars(wish).items() if name in _VALUES and value is not None}
    if "release" in given:
        given |= _release(given["release"])
    if "unasked" in given and wish.name != "default":
        raise Mistake("unasked is for contacts that belong to nobody yet: set it on the policy default")
    if given.get("validate_phone") and not only("SMS_GATEWAY", wish.environ, Path(".env")):
        raise Mistake("validate-phone needs somebody to send the PINs: set SMS_GATEWAY and what belongs to it in .env")
    if given.get("supervisor"):
        given["supervisor"] = (await store.read(admin.user, given["supervisor"])).id
    if wish.text:
        given["wording"] = await _wording(store, wish)
    policy = await store.run(admin.set_policy, act(), wish.name, given, wish.parent)
    return await _shown(store, policy)


async def _shown(store: SqlStore, policy: Policy) -> Shown:
    """The policy, with its supervisor as an administrator knows them."""
    shown = {**show.policy(policy)}
    if policy.supervisor:
        user = await store.read(admin.user, policy.supervisor)
        shown["supervisor"] = f"{user.name} ({user.number})"
    return shown


async def _show(store: SqlStore, wish: Arguments) -> Shown:
    policies = await store.read(admin.all_policies)
    if wish.name not in policies:
        raise Mistake(f"there is no policy {wish.name!r}; there are {', '.join(policies)}")
    return await _shown(store, policies[wish.name])


async def _texts(_: SqlStore, wish: Arguments) -> Shown:
    if wish.language not in wording.TEXTS:
        raise Mistake(f"there is no language {wish.language!r}; there are {', '.join(wording.TEXTS)}")
    return [{"key": key, "text": text} for key, text in wording.TEXTS[wish.language].items()]


async def _wording(store: SqlStore, wish: Arguments) -> dict[str, dict[str, str]]:
    """The policy's own texts with the new ones; an empty text takes one back, a blank one says nothing.

    Raises Mistake for what cannot be.
    """
    _, own = await store.read(admin.own_values, wish.name)
    texts = {language: dict(own.get("wording", {}).get(language, {})) for language in wording.TEXTS}
    for language, key, text in wish.text:
        if language not in texts:
            raise Mistake(f"there is no language {language!r}; there are {', '.join(texts)}")
        texts[language].pop(key, None)
        if text:
            wording.check(key, text)
            excess = len(text.encode()) - TEXT_LIMIT
            if key.startswith("to_contact.") and excess > 0:
                raise Mistake(f"the text {key!r} is {excess} bytes too long: WeChat takes {TEXT_LIMIT}")
            texts[language][key] = text if text.strip() else ""
    return {language: own for language, own in texts.items() if own}


def _release(text: str) -> dict[str, str | None]:
    """`auto`, `review`, or `auto-if-younger-than 12h`."""
    way, _, age = text.partition(" ")
    if way not in list(Release):
        raise Mistake(f"release is auto, review or 'auto-if-younger-than 12h', not {text!r}")
    return {"release": way, "release_age": age.strip() or None}


def _duration(text: str) -> str:
    parse_duration(text)
    return text


_VALUES: Mapping[str, Mapping[str, Any]] = {
    "reply_limit": {"type": whole, "metavar": "5", "help": "messages until the contact must reply"},
    "reply_window": {"type": _duration, "metavar": "48h", "help": "time until the contact must reply"},
    "queue_limit": {"type": whole, "metavar": "5", "help": "messages that may wait while a chat is inactive"},
    "prompt": {"choices": list(PromptWay), "help": "how the contact is asked to reply"},
    "release": {"metavar": "auto", "help": "auto, review, or 'auto-if-younger-than 12h'"},
    "warn_before": {"type": _duration, "metavar": "4h", "help": "how long before the end the user is warned"},
    "ask_after": {"type": _duration, "metavar": "30m", "help": "pause after which the user is asked who is meant"},
    "on_uncertain": {"choices": list(OnUncertain), "help": "what to do when nobody knows whether a message arrived"},
    "on_disable": {"choices": list(OnDisable), "help": "open conversations of a user who is disabled: left or kept"},
    "language": {"choices": ["en", "zh"], "help": "the language of notices to contacts"},
    "unasked": {"choices": list(Unasked), "help": "who comes without invitation (policy default; holds for all)"},
    "validate_phone": {"action": argparse.BooleanOptionalAction, "help": "contacts prove their phone number first"},
    "validation_age": {"type": _duration, "metavar": "365d", "help": "after which they prove it anew"},
    "transfer": {"choices": list(Transfer), "help": "to whom users may hand a conversation over"},
    "retention": {"type": _duration, "metavar": "7y", "help": "how long words are kept; without it for ever"},
    "reveal": {"choices": list(Reveal), "help": "what colleagues learn of who holds a contact"},
    "supervisor": {"metavar": "+E164", "help": "who also answers hand-over requests; '' for nobody"},
    "seats": {"type": int, "metavar": "1", "help": "users who may talk with one contact at a time"},
    "region": {"metavar": "CN", "help": "the country of numbers written without one"},
}

COMMANDS = (
    Command(
        "policy set",
        "the numbers of a named policy; what is not given stays",
        {
            "name": {"metavar": "NAME"},
            "--parent": {"metavar": "NAME", "help": "the policy that it inherits from"},
            **{f"--{name.replace('_', '-')}": given for name, given in _VALUES.items()},
            "--text": {
                "nargs": 3,
                "action": "append",
                "default": [],
                "metavar": ("LANGUAGE", "KEY", "TEXT"),
                "help": "the company's own text in place of ours ('' takes it back, ' ' says nothing at all, where that"
                " may be); `policy texts` lists the keys",
            },
        },
        _set,
    ),
    Command("policy texts", "every text with its key", {"--language": {"default": "en"}}, _texts),
    Command("policy show", "what a policy comes to", {"name": {"metavar": "NAME"}}, _show),
)
