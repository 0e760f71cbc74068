"""What the administrator decides before a start: every setting's name, meaning, default and rules, and nowhere else.

The names are those that the Azure portal and WeChat's console use. A start with anything missing, malformed or misspelt
is refused with all of it in one message. A setting that is absent is an empty (falsy) value of its type, never `None`,
but for the paths. `python -m bot.settings > .env.example` writes the file that shows them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

from bot import dotenv, settings_rules
from bot.setting import (
    Problem,
    Secret,
    SettingsError,
    Spec,
    between,
    choice,
    each,
    guid,
    matching,
    setting,
    texts,
    url,
)

__all__ = ["Problem", "Secret", "Settings", "SettingsError", "example", "parse", "specs"]

_AZURE: Final = "Azure portal > your Azure Bot > Configuration"
_WECHAT: Final = "WeChat console (mp.weixin.qq.com) > Settings and Development > Basic Configuration"
_TOKEN: Final = matching("[0-9A-Za-z]{3,32}", "3 to 32 letters and digits", Secret)
_AES_KEY: Final = matching("[0-9A-Za-z+/]{43}", "exactly 43 base64 characters", Secret)
_DATABASE: Final = matching(
    r"(sqlite\+aiosqlite://(/.*)?|postgresql\+asyncpg://.+)",
    "a URL that begins with sqlite+aiosqlite:/// or postgresql+asyncpg://",
    Secret,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the composition root needs to know; made by `parse` or `load`, complete and consistent."""

    host: str = setting(
        "HOST",
        matching(r"[\w.:-]+", "a name or an address without scheme and port"),
        "The address to listen on; 0.0.0.0 where a reverse proxy on another machine must reach it.",
        default="127.0.0.1",
        title="Where the service listens",
    )
    port: int = setting("PORT", between(1, 65535), "The TCP port to listen on.", empty=0, default="3978")
    public_base_url: str = setting(
        "PUBLIC_BASE_URL",
        url,
        "The outside https address under which Teams and WeChat reach this service. DEV_MODE: http is accepted,"
        " default http://HOST:PORT.",
        required=True,
        where="your reverse proxy's configuration; the callback addresses in both consoles begin with it.",
    )
    database_url: Secret = setting(
        "DATABASE_URL",
        _DATABASE,
        "The database: SQLite for one machine, postgresql+asyncpg://user:password@host/name for more.",
        empty=Secret(""),
        default="sqlite+aiosqlite:///data/multiline.db",
    )
    log_level: str = setting(
        "LOG_LEVEL",
        choice({level: level for level in ("DEBUG", "INFO", "WARNING", "ERROR")}),
        "The least serious log lines that are written.",
        default="INFO",
    )
    audit_heads_file: Path | None = setting(
        "AUDIT_HEADS_FILE",
        Path,
        "A file that the head of the record is appended to, every hour and every 1,000 entries, best where nobody who"
        " can change the database can change it (write-once storage). `admin audit verify --heads FILE` meets them.",
        empty=None,
    )
    worker_concurrency: int = setting(
        "WORKER_CONCURRENCY", between(1, 1024), "How many messages one worker sends at once.", empty=0, default="64"
    )
    teams_rate: int = setting(
        "TEAMS_REQUESTS_PER_SECOND",
        between(0, 50),
        "How many requests a second one worker sends to Teams. Teams takes 30 of one app in one tenant, so give each of"
        " several workers its part; what one conversation gets is divided likewise. 0: as fast as it goes.",
        empty=0,
        default="30",
    )
    worker_port: int = setting(
        "WORKER_PORT",
        between(1, 65535),
        "Where `python -m bot worker` answers /healthz, /readyz and /metrics; without it a worker listens nowhere.",
        empty=0,
    )
    app_id: str = setting(
        "MicrosoftAppId",
        guid,
        "The bot's application (client) ID.",
        required=True,
        where=f"{_AZURE} > Microsoft App ID.",
        title="The bot's registration in Azure",
    )
    app_password: Secret = setting(
        "MicrosoftAppPassword",
        Secret,
        "The value of a client secret of that application. Not needed with a certificate or a managed identity.",
        empty=Secret(""),
        where=f"{_AZURE} > Manage Password > New client secret; copy its value, not its ID.",
    )
    app_certificate_path: Path | None = setting(
        "MicrosoftAppCertificatePath",
        Path,
        "A PEM file with the application's certificate and its private key; used before the client secret.",
        empty=None,
    )
    app_type: str = setting(
        "MicrosoftAppType",
        choice({kind: kind for kind in ("SingleTenant", "UserAssignedMSI", "MultiTenant")}),
        "SingleTenant or UserAssignedMSI. MultiTenant is for a bot that already is one, and needs ALLOWED_TENANTS:"
        " Azure creates no new multi-tenant bots since 31 July 2025.",
        default="SingleTenant",
        where=f"{_AZURE} > Bot Type.",
    )
    app_tenant_id: str = setting(
        "MicrosoftAppTenantId",
        guid,
        "The directory (tenant) ID that the bot is registered in.",
        required=True,
        where=f"{_AZURE} > App Tenant ID.",
    )
    allowed_tenants: tuple[str, ...] = setting(
        "ALLOWED_TENANTS",
        each(guid),
        "The tenants whose people may use the bot, with commas between. Default: MicrosoftAppTenantId alone.",
        empty=(),
        where="Azure portal > Microsoft Entra ID > Overview > Tenant ID, of each customer.",
    )
    graph_contacts: bool = setting(
        "GRAPH_CONTACTS",
        choice({"1": True, "0": False}),
        "1: people's personal contacts in Outlook are copied into their contact book here, every hour. Needs the"
        " application permission Contacts.Read of Microsoft Graph, with admin consent.",
        empty=False,
        default="0",
        where="Azure portal > App registrations > your bot's > API permissions.",
    )
    graph_base_url: str = setting(
        "GRAPH_BASE_URL",
        url,
        "Where Microsoft Graph is called, for contacts and by `admin users import`. DEV_MODE: http is accepted.",
        default="https://graph.microsoft.com",
    )
    wechat_app_id: str = setting(
        "WECHAT_APP_ID",
        matching("wx[0-9A-Za-z]+", "an AppID, which begins with wx (gh_… is the account's original ID)"),
        "The Official Account's AppID.",
        required=True,
        where=f"{_WECHAT} > Developer ID (AppID).",
        title="The WeChat Official Account",
    )
    wechat_app_secret: Secret = setting(
        "WECHAT_APP_SECRET",
        Secret,
        "The Official Account's AppSecret.",
        empty=Secret(""),
        required=True,
        where=f"{_WECHAT} > Developer Password (AppSecret); put this machine on the IP whitelist beside it.",
    )
    wechat_token: Secret = setting(
        "WECHAT_TOKEN",
        _TOKEN,
        "The token that WeChat signs its calls with; you make it up: 3 to 32 letters and digits.",
        empty=Secret(""),
        required=True,
        where=f"{_WECHAT} > Server Configuration > Token.",
    )
    wechat_encoding_aes_key: Secret = setting(
        "WECHAT_ENCODING_AES_KEY",
        _AES_KEY,
        "The key that WeChat encrypts its calls with: 43 characters. Choose the safe (encrypted) mode.",
        empty=Secret(""),
        required=True,
        where=f"{_WECHAT} > Server Configuration > EncodingAESKey.",
    )
    wechat_previous_token: Secret = setting(
        "WECHAT_PREVIOUS_TOKEN",
        _TOKEN,
        "The token before the present one, still accepted; only while you change it.",
        empty=Secret(""),
    )
    wechat_previous_encoding_aes_key: Secret = setting(
        "WECHAT_PREVIOUS_ENCODING_AES_KEY",
        _AES_KEY,
        "The key before the present one, still accepted; only while you change it.",
        empty=Secret(""),
    )
    wechat_api_base_url: str = setting(
        "WECHAT_API_BASE_URL",
        url,
        "Where WeChat's interface is called. DEV_MODE: http is accepted.",
        default="https://api.weixin.qq.com",
    )
    wechat_resume_template_id: str = setting(
        "WECHAT_RESUME_TEMPLATE_ID",
        matching("[0-9A-Za-z_-]+", "a template ID"),
        "The template message that can ask a client to reply when messages are queued.",
        where="WeChat console > Template Messages > My Templates > Template ID.",
    )
    wechat_resume_template_data: Mapping[str, str] = setting(
        "WECHAT_RESUME_TEMPLATE_DATA",
        texts,
        "What goes into the fields of that template, as a JSON object of field and text. {user} is the Teams user's"
        ' name, cut to 20 letters: {"thing1": "{user}", "thing2": "New messages wait"}. WeChat takes at most 20'
        " characters in a field.",
        empty={},
        where="WeChat console > Template Messages > My Templates > the template's content.",
    )
    sms_gateway: str = setting(
        "SMS_GATEWAY",
        choice({"twilio": "twilio", "azure": "azure"}),
        "Who sends one-time PINs: twilio or azure (Azure Communication Services). Without it no policy can ask for a"
        " validated phone number.",
        title="SMS, for validated phone numbers",
    )
    twilio_account_sid: str = setting(
        "TWILIO_ACCOUNT_SID",
        matching("AC[0-9a-f]{32}", "AC and 32 hex digits"),
        "The account that pays.",
        where="Twilio console > Account Info.",
    )
    twilio_auth_token: Secret = setting(
        "TWILIO_AUTH_TOKEN", Secret, "Its auth token.", empty=Secret(""), where="Twilio console > Account Info."
    )
    twilio_from: str = setting(
        "TWILIO_FROM",
        matching(r"[+0-9A-Za-z ]{2,40}", "a number, a sender name or a messaging service (MG…)"),
        "Who the SMS is from: a number, a sender name, or the SID of a messaging service.",
        where="Twilio console > Phone Numbers.",
    )
    twilio_api_base_url: str = setting(
        "TWILIO_API_BASE_URL",
        url,
        "Where Twilio is called. DEV_MODE: http is accepted.",
        default="https://api.twilio.com",
    )
    azure_sms_endpoint: str = setting(
        "AZURE_SMS_ENDPOINT",
        url,
        "The resource's address.",
        where="Azure portal > your Communication Services > Keys > Endpoint.",
    )
    azure_sms_access_key: Secret = setting(
        "AZURE_SMS_ACCESS_KEY",
        matching("[0-9A-Za-z+/]{8,}={0,2}", "Base64 characters", Secret),
        "Its access key.",
        empty=Secret(""),
        where="Azure portal > your Communication Services > Keys > Key.",
    )
    azure_sms_from: str = setting(
        "AZURE_SMS_FROM",
        matching(r"[+0-9A-Za-z ]{2,40}", "a number or a sender name"),
        "Who the SMS is from.",
        where="Azure portal > your Communication Services > Phone numbers.",
    )
    dev_mode: bool = setting(
        "DEV_MODE",
        choice({"1": True, "0": False}),
        "1: no sign-in from Teams and service addresses on this machine, for development. Refused unless HOST is"
        " loopback.",
        empty=False,
        default="0",
        title="Development",
    )
    teams_service_hosts: tuple[str, ...] = setting(
        "TEAMS_SERVICE_HOSTS",
        each(matching(r"[\w.-]+(:\d+)?", "host names, with commas between")),
        "More hosts that Teams may ask us to answer at, with commas between. Only with DEV_MODE.",
        empty=(),
    )
    dev_clock_file: Path | None = setting(
        "DEV_CLOCK_FILE",
        Path,
        "A file with the seconds by which the service's clock is moved. Only with DEV_MODE.",
        empty=None,
    )

    @classmethod
    def load(cls, environ: Mapping[str, str], env_file: Path | None) -> "Settings":
        """From the environment, and from `env_file` (if it exists) what the environment does not set."""
        written, problems = _written(env_file)
        problems += _misspelt(written)
        values = {name: environ.get(name, written.get(name, "")) for name in _SPECS}
        return _made(values, problems)

    def require(self, *names: str) -> None:
        """SettingsError with those of `names` that are empty, for DEV_MODE accepts that until they are needed."""
        missing = [name for name in names if not getattr(self, _FIELDS[name])]
        if missing:
            raise SettingsError([Problem(name, "is missing", _SPECS[name].mend) for name in missing])


_SPECS: Final[dict[str, Spec]] = {spec.name: spec for f in fields(Settings) for spec in [f.metadata["spec"]]}
_FIELDS: Final[dict[str, str]] = {f.metadata["spec"].name: f.name for f in fields(Settings)}


def only(name: str, environ: Mapping[str, str], env_file: Path | None) -> Any:
    """One setting alone, from where `Settings.load` has it, whatever else is wrong. `SettingsError` if it is that."""
    written, problems = _written(env_file)
    text, spec = environ.get(name, written.get(name, "")), _SPECS[name]
    problems += [problem for problem in _misspelt(written) if name in problem.mend]
    if problems and not text:
        raise SettingsError(problems)
    try:
        return spec.value(text)
    except ValueError as wrong:
        raise SettingsError([Problem(name, str(wrong), spec.mend)]) from None


def specs() -> tuple[Spec, ...]:
    """Every setting in the order of `.env.example`."""
    return tuple(_SPECS.values())


def parse(values: Mapping[str, str]) -> Settings:
    """The settings of `values`, by outside name; an empty text is an absent one. Raises `SettingsError`."""
    return _made(values, [])


def example() -> str:
    """The text of `.env.example`: every setting with its meaning, default and where to find it; no value."""
    lines = [
        "# Copy this file to .env and fill it in; what the environment sets wins. Written by: python -m bot.settings"
    ]
    for spec in _SPECS.values():
        lines += [f"\n# ---- {spec.title} ----"] if spec.title else []
        told = f"{spec.meaning} From {spec.where}" if spec.where else spec.meaning
        lines += ["", *wrap(told, 110, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)]
        lines.append(f"{spec.name}=" if spec.required else f"# {spec.name}={spec.default}")
    return "\n".join(lines) + "\n"


def _written(env_file: Path | None) -> tuple[Mapping[str, str], list[Problem]]:
    """What stands in the file, and the lines of it that cannot be read."""
    content = env_file.read_bytes() if env_file and env_file.is_file() else b""
    try:
        written, bad = dotenv.read(content.decode())
    except UnicodeDecodeError:
        return {}, [Problem(str(env_file), "is not UTF-8", "Save it as UTF-8.")]
    return written, [Problem(f"line {line.number} of {env_file}", line.why, "Mend or remove it.") for line in bad]


def _misspelt(written: Mapping[str, str]) -> list[Problem]:
    """Names in the file that nothing reads, though they are ours by prefix or nearly so by spelling."""
    problems = []
    for name in written.keys() - _SPECS.keys():
        alike = get_close_matches(name.upper(), [known.upper() for known in _SPECS], n=1, cutoff=0.8)
        meant = next((known for known in _SPECS if [known.upper()] == alike), "")
        if meant or name.upper().startswith(("WECHAT_", "MICROSOFT")):
            problems.append(Problem(name, "is no setting", f"Did you mean {meant}?" if meant else "Remove it."))
    return sorted(problems, key=lambda problem: problem.name)


def _made(values: Mapping[str, str], problems: list[Problem]) -> Settings:
    read: dict[str, Any] = {}
    for name, spec in _SPECS.items():
        try:
            read[_FIELDS[name]] = spec.value(values.get(name, ""))
        except ValueError as wrong:
            read[_FIELDS[name]] = spec.empty
            problems.append(Problem(name, str(wrong), spec.mend))
    settings = Settings(**read)
    told = {problem.name for problem in problems}
    problems += [problem for problem in settings_rules.broken(settings, _SPECS, _FIELDS) if problem.name not in told]
    if problems:
        order = list(_SPECS)
        raise SettingsError(
            sorted(problems, key=lambda problem: order.index(problem.name) if problem.name in order else -1)
        )
    return _derived(settings)


def _derived(settings: Settings) -> Settings:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return replace(
        settings,
        public_base_url=settings.public_base_url or f"http://{host}:{settings.port}",
        allowed_tenants=settings.allowed_tenants or tuple(filter(None, [settings.app_tenant_id])),
    )


if __name__ == "__main__":
    print(example(), end="")
