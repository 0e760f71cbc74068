"""The command line: where the values come from, what it prints, how it exits."""

import json
from pathlib import Path

import pytest

from manifest.__main__ import main
from manifest.registration import Registration, missing, read
from tests.manifest.samples import BASE_URL, BOT_ID, ENVIRON, OTHER_ID

DEFAULT = Path("dist/multiline-messaging.zip")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_build_and_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build"], ENVIRON) == 0
    assert main(["check"], ENVIRON) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        f"{DEFAULT}: version 1.0.0, app {BOT_ID}, nothing found",
        f"{DEFAULT}: nothing found",
    ]
    assert told.err == ""


def test_the_values_come_from_env_where_the_environment_has_none() -> None:
    text = f'# ours\r\nexport MicrosoftAppId="{BOT_ID.upper()}" # bot\r\nPUBLIC_BASE_URL={BASE_URL}/ # outside\r\nX'
    Path(".env").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read({}, Path(".env")) == (Registration(BOT_ID, BOT_ID, BASE_URL), [])
    assert read({"MicrosoftAppId": OTHER_ID}, Path(".env"))[0].bot_id == OTHER_ID
    assert main(["build"], {}) == 0


def test_an_address_may_have_a_path() -> None:
    assert main(["build"], ENVIRON | {"PUBLIC_BASE_URL": "https://gate.fabrikam.com:8443/wechat"}) == 0


def test_what_is_missing_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build"], {}) == 1
    told = capsys.readouterr().err
    assert (
        "MicrosoftAppId: is missing" in told and "PUBLIC_BASE_URL: is missing" in told and "Nothing was built" in told
    )
    assert not DEFAULT.exists()
    assert len(missing(Registration())) == 2


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("MicrosoftAppId", "multiline-bot", "is not the id"),
        ("MicrosoftAppId", "00000000-0000-0000-0000-000000000000", "is not the id"),
        ("PUBLIC_BASE_URL", "http://wechat.fabrikam.com", "not a plain https address"),
        ("PUBLIC_BASE_URL", "wechat.fabrikam.com", "not a plain https address"),
        ("PUBLIC_BASE_URL", "https://me@wechat.fabrikam.com", "not a plain https address"),
        ("PUBLIC_BASE_URL", "https://[::1", "not a public host name"),
        ("PUBLIC_BASE_URL", "https://127.0.0.1:3978", "not a public host name"),
        ("PUBLIC_BASE_URL", "https://localhost:3978", "name of this machine's network"),
        ("PUBLIC_BASE_URL", "https://bot.example.com", "is an example"),
        ("PUBLIC_BASE_URL", "https://bot", "not a public host name"),
    ],
)
def test_a_value_that_cannot_be_is_told_once(
    name: str, value: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build"], ENVIRON | {name: value}) == 1
    first, last = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{name}: ") and what in first and last == "Nothing was built."


def test_findings_are_printed_with_their_cures(capsys: pytest.CaptureFixture[str]) -> None:
    main(["build"], ENVIRON)
    capsys.readouterr()
    assert main(["check"], ENVIRON | {"MicrosoftAppId": OTHER_ID}) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and all("One app, one id. Build it anew" in line for line in lines)


def test_findings_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    main(["build"], ENVIRON)
    capsys.readouterr()
    assert main(["check", "--json", "--previous", str(DEFAULT)], {"PUBLIC_BASE_URL": BASE_URL}) == 1
    told = json.loads(capsys.readouterr().out)
    assert [finding["where"] for finding in told["findings"]] == ["version"]
    assert set(told["findings"][0]) == {"where", "what", "cure"}
    assert told["not_compared"] == ["MicrosoftAppId"]


def test_without_the_environment_it_says_what_was_not_compared(capsys: pytest.CaptureFixture[str]) -> None:
    main(["build"], ENVIRON)
    assert main(["check"], {}) == 0
    assert "Not compared, because not set here: MicrosoftAppId, PUBLIC_BASE_URL." in capsys.readouterr().err


def test_an_app_id_of_its_own() -> None:
    assert main(["build", "--app-id", OTHER_ID], ENVIRON) == 0
    assert main(["check", "--app-id", OTHER_ID], ENVIRON) == 0
    assert main(["check"], ENVIRON) == 1


def test_a_raised_version(capsys: pytest.CaptureFixture[str]) -> None:
    main(["build", "--out", "old.zip"], ENVIRON)
    assert main(["build", "--version", "1.0.1"], ENVIRON) == 0
    assert main(["check", "--previous", "old.zip"], ENVIRON) == 0
    assert "version 1.0.1" in capsys.readouterr().out


def test_replacing_a_package_of_the_same_version_is_noted(capsys: pytest.CaptureFixture[str]) -> None:
    main(["build"], ENVIRON)
    main(["build"], ENVIRON)
    assert capsys.readouterr().err == ""
    assert main(["build"], ENVIRON | {"PUBLIC_BASE_URL": "https://new.fabrikam.com"}) == 0
    assert "--version 1.0.1" in capsys.readouterr().err


def test_a_template_that_the_check_refuses_is_not_built(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build"], ENVIRON | {"PUBLIC_BASE_URL": f"{BASE_URL}/{{{{path}}}}"}) == 1
    assert "has a placeholder left" in capsys.readouterr().err
    assert not DEFAULT.exists()


def test_replacing_what_is_no_package_is_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    Path("old.txt").write_text("?")
    assert main(["build", "--out", "old.txt"], ENVIRON) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "call",
    [
        [],
        ["publish"],
        ["build", "--version", "1.0"],
        ["build", "--app-id", "x"],
        ["build", "--app-id", "00000000-0000-0000-0000-000000000000"],
        ["check", "a.zip", "b.zip"],
    ],
)
def test_a_bad_call(call: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(call, ENVIRON)


@pytest.mark.parametrize("call", [["check", "none.zip"], ["check", "."], ["build", "--out", "."]])
def test_a_file_that_cannot_be_used(call: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(call, ENVIRON) == 2
    assert capsys.readouterr().err.startswith(f"{call[-1]}: ")
