"""What is looked at in WeChat: the account's token with its white-list, and the template that asks for a reply."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.doctor.finding import Finding, failed, ok, warning
from bot.doctor.probe import Answer, Probe
from bot.settings import Settings
from bot.wechat.access import AccessToken, granted
from bot.wechat.errors import cure

NOT_ALLOWED: Final = 40164
_CONSOLE: Final = "WeChat console > Settings and Development > Basic Configuration"
_ADDRESS: Final = re.compile(r"invalid ip ([0-9A-Fa-f.:]+)")
_FIELD: Final = re.compile(r"\{\{(\w+)\.DATA\}\}")


async def token(probe: Probe, settings: Settings, now: datetime) -> tuple[AccessToken | None, Finding]:
    """A token, as the service gets it: asking disturbs nobody."""
    asked = {"grant_type": "client_credential", "appid": settings.wechat_app_id}
    body = {**asked, "secret": settings.wechat_app_secret.reveal()}
    answer = await probe.ask(f"{settings.wechat_api_base_url}/cgi-bin/stable_token", body, whose="WeChat")
    found = granted(answer.json, now)
    if found is not None:
        return found, ok("WeChat token", "was given")
    return None, failed("WeChat token", *_no_token(answer))


def _no_token(answer: Answer) -> tuple[str, str]:
    errcode = answer.json.get("errcode")
    if not isinstance(errcode, int):
        said = answer.why or f"status {answer.status} and no answer of WeChat's"
        return f"WeChat does not answer: {said}", "Let this machine reach WECHAT_API_BASE_URL over https."
    if errcode == NOT_ALLOWED:
        seen = _ADDRESS.search(str(answer.json.get("errmsg", "")))
        address = seen[1] if seen else "this machine's outside address"
        return (
            f"WeChat refuses the address {address} ({errcode})",
            f"Put {address} on the list: {_CONSOLE} > IP whitelist. It takes some minutes to count.",
        )
    mend = cure(errcode) or "look the number up in WeChat's list of return codes"
    return f"WeChat refuses to give one ({errcode})", f"{mend[0].upper()}{mend[1:]}."


async def template(probe: Probe, settings: Settings, token: AccessToken) -> Finding:
    """Whether the account has the template, and whether our values fit its fields."""
    what, ident = "WeChat template", settings.wechat_resume_template_id
    if not ident:
        cure = "Nothing has to be done; with WECHAT_RESUME_TEMPLATE_ID users keep the slot that the question takes."
        return warning(what, "none is set, so asking for a reply takes one of the messages", cure)
    url = f"{settings.wechat_api_base_url}/cgi-bin/template/get_all_private_template"
    answer = await probe.ask(url, access_token=token.value)
    listed = answer.json.get("template_list")
    if not isinstance(listed, list):
        said = answer.json.get("errcode") or answer.why or f"status {answer.status}"
        cure_ = "Look whether the account may use template messages."
        return warning(what, f"WeChat does not list the account's templates ({said})", cure_)
    found = next((each for each in listed if isinstance(each, dict) and each.get("template_id") == ident), None)
    if found is None:
        return failed(what, f"{ident} is none of the account's {len(listed)} templates", f"{_MEND}.")
    return _fields(found, settings)


_MEND: Final = "Copy the id from WeChat console > Template Messages > My Templates into WECHAT_RESUME_TEMPLATE_ID"


def _fields(found: Mapping[str, Any], settings: Settings) -> Finding:
    wanted, given = set(_FIELD.findall(str(found.get("content", "")))), set(settings.wechat_resume_template_data)
    if wanted == given:
        return ok("WeChat template", "is the account's, and its fields are filled")
    wrong = [f"nothing for {name}" for name in sorted(wanted - given)]
    wrong += [f"no field {name}" for name in sorted(given - wanted)]
    cure = "Name exactly the template's fields in WECHAT_RESUME_TEMPLATE_DATA."
    return failed("WeChat template", f"the values do not fit its fields: {', '.join(wrong)}", cure)
