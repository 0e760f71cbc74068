"""The build: same input, same bytes; what comes out passes Microsoft's schemas and holds no secret."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest

from bot.teams.actions import COMMANDS
from manifest import package, template
from manifest.__main__ import main
from manifest.finding import leaves
from manifest.registration import Registration
from tests.manifest.samples import BASE_URL, BOT_ID, DATA, ENVIRON, OTHER_ID, REGISTRATION, files, found, manifest

ROOT = Path(__file__).parents[2]
VALIDATOR = ROOT.parent / "shared" / "tools" / "validate_teams.py"


def test_two_builds_give_the_same_bytes() -> None:
    one, other = (package.write(template.filled(REGISTRATION)) for _ in range(2))
    assert one == other


def test_two_processes_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for number, zone in enumerate(("UTC", "Asia/Shanghai")):
        environ = os.environ | ENVIRON | {"TZ": zone, "PYTHONHASHSEED": str(number), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "manifest", "build", "--out", f"{number}.zip"]
        subprocess.run(command, cwd=tmp_path, env=environ, check=True, capture_output=True)
        made.append((tmp_path / f"{number}.zip").read_bytes())
    assert made[0] == made[1]


def test_a_checkout_with_other_line_ends_gives_the_same_bytes(tmp_path: Path) -> None:
    for source in template.SOURCE.iterdir():
        content = source.read_bytes()
        text = source.suffix == ".json"
        (tmp_path / source.name).write_bytes(content.replace(b"\n", b"\r\n") if text else content)
    assert template.filled(REGISTRATION, source=tmp_path) == files()


def test_the_zip_has_nothing_of_the_machine_in_it() -> None:
    with zipfile.ZipFile(io.BytesIO(package.write(files()))) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == ["manifest.json", "color.png", "outline.png", "zh-cn.json"]
    assert {(entry.date_time, entry.create_system, entry.compress_type) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), 3, zipfile.ZIP_STORED)
    }


def test_nothing_is_found_in_it() -> None:
    assert found(files()) == []


def test_microsofts_schema_accepts_it() -> None:
    schema = json.loads((DATA / "MicrosoftTeams.schema.json").read_text("utf-8"))
    assert list(jsonschema.Draft4Validator(schema).iter_errors(manifest())) == []


def test_microsofts_schema_accepts_the_chinese_file() -> None:
    schema = json.loads((DATA / "MicrosoftTeams.Localization.schema.json").read_text("utf-8"))
    assert list(jsonschema.Draft4Validator(schema).iter_errors(json.loads(files()["zh-cn.json"]))) == []


@pytest.mark.skipif(not VALIDATOR.exists(), reason="the shared validator is not at hand")
def test_the_shared_validator_accepts_it(tmp_path: Path) -> None:
    (tmp_path / "app.zip").write_bytes(package.write(files()))
    command = [sys.executable, str(VALIDATOR), "package", str(tmp_path / "app.zip")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.stdout.strip(), told.returncode) == ("OK", 0)


def test_the_values_are_in_their_places() -> None:
    made = dict(leaves(manifest()))
    ids = {place: value for place, value in made.items() if value == BOT_ID}
    assert set(ids) == {"id", "bots[0].botId", "composeExtensions[0].botId", "webApplicationInfo.id"}
    assert made["validDomains[0]"] == "wechat.fabrikam.com"
    assert made["developer.privacyUrl"] == f"{BASE_URL}/static/privacy.html"


def test_an_app_may_have_another_id_than_its_bot() -> None:
    other = Registration(OTHER_ID, BOT_ID, BASE_URL)
    made = template.filled(other)
    assert json.loads(made["manifest.json"])["id"] == OTHER_ID
    assert found(made, registration=other) == []
    assert [finding.where for finding in found(made)] == ["id"]


def test_no_secret_gets_into_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ("MicrosoftAppPassword", "WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_ENCODING_AES_KEY", "DATABASE_URL")
    (tmp_path / ".env").write_text("".join(f"{name}=hush-{name}\n" for name in names))
    assert main(["build", "--out", "app.zip"], ENVIRON) == 0
    assert b"hush-" not in (tmp_path / "app.zip").read_bytes()


def test_the_bot_answers_to_every_command_in_the_menu() -> None:
    english = {value for place, value in leaves(manifest()) if ".commandLists[" in place and place.endswith(".title")}
    chinese = json.loads(files()["zh-cn.json"])
    titles = english | {
        text for place, text in chinese.items() if ".commandLists[" in place and place.endswith("title")
    }
    assert titles <= set(COMMANDS)
    assert all(len(title) <= 10 for title in titles)


def test_the_chinese_file_says_everything_in_chinese() -> None:
    texts = json.loads(files()["zh-cn.json"])
    del texts["$schema"]
    assert [place for place, text in texts.items() if not any("\u4e00" <= char <= "\u9fff" for char in text)] == []
    made = dict(leaves(manifest()))
    assert [place for place in texts if place not in made] == []


def test_a_language_file_that_is_not_json_is_told(tmp_path: Path) -> None:
    shutil.copytree(template.SOURCE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "zh-cn.json").write_text("{")
    (finding,) = [each for each in found(template.filled(REGISTRATION, source=tmp_path)) if "JSON" in each.what]
    assert finding.where == "zh-cn.json"


def test_a_template_that_is_not_json_is_told(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    (finding,) = found(template.filled(REGISTRATION, source=tmp_path))
    assert finding.where == "manifest.json" and "not JSON" in finding.what
