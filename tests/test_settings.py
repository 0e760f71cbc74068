"""Every rule of the settings: what is accepted, and each refusal with its name, its reason and its way out."""

from dataclasses import fields
from pathlib import Path

import pytest

from bot import dotenv
from bot.settings import Problem, Secret, Settings, SettingsError, example, only, parse

GUID = "11111111-2222-3333-4444-555555555555"
AES_KEY = "a" * 42 + "+"
LIVE = {
    "PUBLIC_BASE_URL": "https://bot.example.com/",
    "MicrosoftAppId": GUID,
    "MicrosoftAppPassword": "pass~word",
    "MicrosoftAppTenantId": GUID.upper(),
    "WECHAT_APP_ID": "wx0123456789abcdef",
    "WECHAT_APP_SECRET": "top-secret",
    "WECHAT_TOKEN": "token123",
    "WECHAT_ENCODING_AES_KEY": AES_KEY,
}
DEV = {"DEV_MODE": "1"}


def problems(values: dict[str, str]) -> tuple[Problem, ...]:
    with pytest.raises(SettingsError) as refusal:
        parse(values)
    return refusal.value.problems


def test_a_live_start_and_its_defaults() -> None:
    settings = parse(LIVE)
    assert (settings.host, settings.port, settings.public_base_url) == ("127.0.0.1", 3978, "https://bot.example.com")
    assert settings.database_url.reveal() == "sqlite+aiosqlite:///data/multiline.db"
    assert settings.allowed_tenants == (settings.app_tenant_id,) == (GUID,)
    assert settings.app_password.reveal() == "pass~word"
    assert (settings.wechat_api_base_url, settings.wechat_resume_template_id) == ("https://api.weixin.qq.com", "")
    assert (settings.dev_mode, settings.worker_concurrency, settings.log_level) == (False, 64, "INFO")
    assert not settings.wechat_previous_token and settings.app_certificate_path is None


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("localhost", "localhost")]
)
def test_dev_mode_needs_nothing_but_a_loopback_host(host: str, address: str) -> None:
    settings = parse(DEV | {"HOST": host})
    assert settings.public_base_url == f"http://{address}:3978"
    assert settings.allowed_tenants == ()
    assert not settings.wechat_app_secret


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "bot.example.com"])
def test_dev_mode_is_refused_where_others_could_reach_it(host: str) -> None:
    (problem,) = problems(DEV | {"HOST": host})
    assert (problem.name, problem.wrong) == ("DEV_MODE", "is 1 but HOST is not loopback")


def test_the_fields_of_the_template_are_texts_by_name() -> None:
    assert parse(LIVE).wechat_resume_template_data == {}
    fields = parse(LIVE | {"WECHAT_RESUME_TEMPLATE_DATA": '{"thing1": "{user}"}'})
    assert fields.wechat_resume_template_data == {"thing1": "{user}"}


def test_dev_mode_accepts_http_and_more_service_hosts() -> None:
    local = {"WECHAT_API_BASE_URL": "http://127.0.0.1:9000", "TEAMS_SERVICE_HOSTS": "127.0.0.1:9001, localhost,"}
    settings = parse(DEV | local)
    assert settings.wechat_api_base_url == "http://127.0.0.1:9000"
    assert settings.teams_service_hosts == ("127.0.0.1:9001", "localhost")


@pytest.mark.parametrize("name", LIVE)
def test_each_required_setting_is_named_when_missing(name: str) -> None:
    (problem,) = problems({**LIVE, name: "  "})
    assert (problem.name, problem.wrong) == (name, "is missing")
    assert problem.mend.startswith("Copy it from ")


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("HOST", "http://x/", "is 'http://x/', not a name or an address without scheme and port"),
        ("PORT", "0", "is '0', not a whole number from 1 to 65535"),
        ("PORT", "-1", "is '-1', not a whole number from 1 to 65535"),
        ("PORT", "65536", "is '65536', not a whole number from 1 to 65535"),
        ("PORT", "٣", "is '٣', not a whole number from 1 to 65535"),
        ("WORKER_CONCURRENCY", "many", "is 'many', not a whole number from 1 to 1024"),
        ("LOG_LEVEL", "loud", "is 'loud', not one of DEBUG, INFO, WARNING, ERROR"),
        ("DEV_MODE", "yes", "is 'yes', not one of 1, 0"),
        ("MicrosoftAppId", "x", "is 'x', not a GUID such as 00000000-0000-0000-0000-000000000000"),
        ("ALLOWED_TENANTS", f"{GUID},x", f"is '{GUID},x', not a GUID such as 00000000-0000-0000-0000-000000000000"),
        ("MicrosoftAppType", "Single", "is 'Single', not one of SingleTenant, UserAssignedMSI, MultiTenant"),
        ("MicrosoftAppType", "MultiTenant", "is MultiTenant without ALLOWED_TENANTS"),
        ("DATABASE_URL", "mysql://u:p@h", "has 13 characters, not a URL that begins with sqlite+aiosqlite:/// or p"),
        ("PUBLIC_BASE_URL", "http://bot.example.com", "is not https"),
        ("PUBLIC_BASE_URL", "bot.example.com", "is 'bot.example.com', not an address such as https://bot.example.com"),
        ("PUBLIC_BASE_URL", "https://a:p@b", "is 'https://a:p@b', not an address such as https://bot.example.com"),
        ("PUBLIC_BASE_URL", "https://b?", "is 'https://b?', not an address such as https://bot.example.com"),
        ("PUBLIC_BASE_URL", "https://b:x", "is 'https://b:x', not an address such as https://bot.example.com"),
        ("WECHAT_API_BASE_URL", "http://127.0.0.1:9000", "is not https"),
        ("WECHAT_APP_ID", "gh_0123", "is 'gh_0123', not an AppID, which begins with wx"),
        ("WECHAT_TOKEN", "ab", "has 2 characters, not 3 to 32 letters and digits"),
        ("WECHAT_ENCODING_AES_KEY", AES_KEY[1:], "has 42 characters, not exactly 43 base64 characters"),
        ("WECHAT_ENCODING_AES_KEY", "_" * 43, "has 43 characters, not exactly 43 base64 characters"),
        ("WECHAT_PREVIOUS_ENCODING_AES_KEY", AES_KEY + "=", "has 44 characters, not exactly 43 base64 characters"),
        ("WECHAT_PREVIOUS_TOKEN", "a b c", "has 5 characters, not 3 to 32 letters and digits"),
        ("WECHAT_RESUME_TEMPLATE_ID", "a b", "is 'a b', not a template ID"),
        (
            "WECHAT_RESUME_TEMPLATE_DATA",
            "{user}",
            """is '{user}', not a JSON object of texts such as {"thing1": "{user}"}""",
        ),
        (
            "WECHAT_RESUME_TEMPLATE_DATA",
            '{"a": 1}',
            """is '{"a": 1}', not a JSON object of texts such as {"thing1": "{user}"}""",
        ),
        ("TEAMS_SERVICE_HOSTS", "localhost", "is set without DEV_MODE"),
        ("DEV_CLOCK_FILE", "clock", "is set without DEV_MODE"),
        ("TEAMS_SERVICE_HOSTS", "http://x", "is 'http://x', not host names, with commas between"),
    ],
)
def test_each_malformed_setting_is_refused_by_name(name: str, value: str, wrong: str) -> None:
    (problem,) = problems(LIVE | {name: value})
    assert problem.name == name
    assert problem.wrong.startswith(wrong)
    assert problem.mend


def test_every_problem_is_told_at_once_and_no_secret_with_it() -> None:
    broken = LIVE | {"PORT": "x", "WECHAT_TOKEN": "hush hush", "WECHAT_APP_ID": ""}
    with pytest.raises(SettingsError) as refusal:
        parse(broken)
    assert [problem.name for problem in refusal.value.problems] == ["PORT", "WECHAT_APP_ID", "WECHAT_TOKEN"]
    assert "PORT is 'x', not a whole number from 1 to 65535. Leave it out for 3978." in str(refusal.value)
    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize(
    "instead",
    [
        {"MicrosoftAppCertificatePath": "bot.pem"},
        {"MicrosoftAppType": "UserAssignedMSI"},
        {"MicrosoftAppType": "MultiTenant", "MicrosoftAppPassword": "x", "ALLOWED_TENANTS": GUID},
    ],
)
def test_other_ways_to_be_registered(instead: dict[str, str]) -> None:
    settings = parse(LIVE | {"MicrosoftAppPassword": ""} | instead)
    assert settings.allowed_tenants == (GUID,)


def test_secrets_are_shown_by_reveal_alone() -> None:
    settings = parse(
        LIVE | {"DATABASE_URL": "postgresql+asyncpg://u:pw@db/multiline", "WECHAT_PREVIOUS_TOKEN": "before1"}
    )
    shown = f"{settings!r} {settings}"
    secrets = [value for f in fields(settings) if isinstance(value := getattr(settings, f.name), Secret) and value]
    assert len(secrets) == 6
    assert not [secret for secret in secrets if secret.reveal() in shown]
    assert (str(secrets[0]), repr(Secret(""))) == ("Secret(***)", "Secret()")
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert Secret("a") != "a"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DEV_MODE=1\nPORT=4000\nLOG_LEVEL=DEBUG\nLANG=C\n", "utf-8")
    settings = Settings.load({"PORT": "5000", "LOG_LEVEL": "", "WECHAT_PAY_KEY": "not ours"}, file)
    assert (settings.port, settings.log_level) == (5000, "INFO")


@pytest.mark.parametrize("file", [None, Path("no/such/.env")])
def test_without_a_file_the_environment_alone_counts(file: Path | None) -> None:
    assert Settings.load(DEV, file).dev_mode


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("DEV_MODE=1\n".encode("utf-16"))
    with pytest.raises(SettingsError, match=r"\.env is not UTF-8\. Save it as UTF-8\."):
        Settings.load(DEV, file)


def test_one_setting_is_read_although_others_are_missing_or_wrong(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("MicrosoftAppId=no guid\nPORT 1\nDATABASE_URL=sqlite+aiosqlite:///mine.db\n", "utf-8")
    assert only("DATABASE_URL", {}, file).reveal() == "sqlite+aiosqlite:///mine.db"
    assert only("DATABASE_URL", {"DATABASE_URL": "postgresql+asyncpg://h/n"}, file).reveal().endswith("h/n")
    assert only("DATABASE_URL", {}, None).reveal() == "sqlite+aiosqlite:///data/multiline.db"
    assert only("SMS_GATEWAY", {"SMS_GATEWAY": "twilio"}, file) == "twilio"
    with pytest.raises(SettingsError, match="MicrosoftAppId is 'no guid'"):
        only("MicrosoftAppId", {}, file)


@pytest.mark.parametrize("content", [b"DATABSE_URL=x", b"DATABASE_URL", "DATABASE_URL=x".encode("utf-16")])
def test_a_default_takes_no_misspelt_settings_place(content: bytes, tmp_path: Path) -> None:
    """Else a command would work on another database than the service."""
    file = tmp_path / ".env"
    file.write_bytes(content)
    with pytest.raises(SettingsError):
        only("DATABASE_URL", {}, file)


def test_what_development_does_without_can_be_required_later() -> None:
    settings = Settings.load({**DEV, "WECHAT_TOKEN": "abc"}, None)
    with pytest.raises(SettingsError, match="WECHAT_APP_ID is missing") as refusal:
        settings.require("WECHAT_TOKEN", "WECHAT_APP_ID")
    assert [problem.name for problem in refusal.value.problems] == ["WECHAT_APP_ID"]
    settings.require("WECHAT_TOKEN")


@pytest.mark.parametrize(
    ("line", "name", "wrong", "mend"),
    [
        ("WECHAT_TOKN=abc", "WECHAT_TOKN", "is no setting", "Did you mean WECHAT_TOKEN?"),
        ("MICROSOFTAPPID=x", "MICROSOFTAPPID", "is no setting", "Did you mean MicrosoftAppId?"),
        ("DATABSE_URL=x", "DATABSE_URL", "is no setting", "Did you mean DATABASE_URL?"),
        ("Microsoft_Q=x", "Microsoft_Q", "is no setting", "Remove it."),
        ("PORT 1", "line 2 of ", "is not NAME=value", "Mend or remove it."),
        ("DEV_MODE=0", "line 2 of ", "sets DEV_MODE a second time", "Mend or remove it."),
    ],
)
def test_a_mistake_in_the_file_is_refused(tmp_path: Path, line: str, name: str, wrong: str, mend: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"DEV_MODE=1\n{line}\n", "utf-8")
    with pytest.raises(SettingsError) as refusal:
        Settings.load({}, file)
    (problem,) = refusal.value.problems
    assert problem.name.startswith(name)
    assert (problem.wrong, problem.mend) == (wrong, mend)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=plain", "plain"),
        ("  export NAME = two words  # a comment", "two words"),
        ("NAME=a#b=c", "a#b=c"),
        ("NAME=", ""),
        ("NAME= # nothing", ""),
        ('NAME="quoted # text "  # a comment', "quoted # text "),
        ("NAME='single \"quotes\"'", 'single "quotes"'),
        ("NAME=$HOME/\\n", "$HOME/\\n"),
        ("\ufeffNAME=written by Notepad", "written by Notepad"),
        ("# NAME=no\n\nNAME=yes", "yes"),
    ],
)
def test_dotenv_reads(line: str, value: str) -> None:
    assert dotenv.read(line) == ({"NAME": value}, [])


@pytest.mark.parametrize("line", ["NAME", "=x", "1NAME=x", 'NAME="open', 'NAME="a" b', "NA ME=x"])
def test_dotenv_refuses_a_line_without_repeating_it(line: str) -> None:
    assert dotenv.read(line) == ({}, [dotenv.BadLine(1, "is not NAME=value")])


def test_the_example_shows_every_setting_and_asks_for_the_required_ones(tmp_path: Path) -> None:
    file = tmp_path / ".env.example"
    file.write_text(example(), "utf-8")
    with pytest.raises(SettingsError) as refusal:
        Settings.load({}, file)
    assert {problem.name for problem in refusal.value.problems} == LIVE.keys()
    names = [f.metadata["spec"].name for f in fields(Settings)]
    assert [name for name in names if f"{name}=" not in example()] == []


@pytest.mark.parametrize(
    ("gateway", "missing"),
    [
        ("twilio", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"]),
        ("azure", ["AZURE_SMS_ENDPOINT", "AZURE_SMS_ACCESS_KEY", "AZURE_SMS_FROM"]),
    ],
)
def test_an_sms_gateway_needs_its_account(gateway: str, missing: list[str]) -> None:
    with pytest.raises(SettingsError) as refusal:
        parse({"DEV_MODE": "1", "SMS_GATEWAY": gateway})
    assert [problem.name for problem in refusal.value.problems] == missing
