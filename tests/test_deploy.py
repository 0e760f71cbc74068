"""The ways to run it: the image's steps do what the Makefile does, and what they install works; compose; systemd."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot import app
from tests.fresh.image import steps as recipe

ANALYZE, CI = shutil.which("systemd-analyze"), os.environ.get("CI") == "true"
ROOT = Path(__file__).parent.parent
STEPS = list(recipe((ROOT / "Dockerfile").read_text("utf-8")))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def steps(name: str) -> list[str]:
    return [what for step, what in STEPS if step == name]


def options(command: str) -> set[str]:
    """What a pip command is told, but for what concerns its words and its cache."""
    told = {word for word in shlex.split(command)[1:] if word.startswith("-") or word.endswith(".lock")}
    return told - {"-m", "--disable-pip-version-check", "--no-cache-dir", "-qq", "--editable"}


def test_the_image_installs_as_the_makefile_does_from_hashes_alone() -> None:
    pips = [options(step) for step in steps("RUN") if " pip " in step]
    made = [options(f"pip {line}") for line in re.findall(r"\$\(PIP\) (.*requirements\.lock|--no-deps.*)", MAKEFILE)]
    assert pips == [{"--require-hashes", "-r", "requirements.lock"}, {"--no-deps", "--no-build-isolation"}]
    assert [one for one in made if "tests/requirements.lock" not in one and "--output-file" not in one] == pips


def test_the_image_is_small_unprivileged_and_watched() -> None:
    base = steps("FROM")
    assert [each.split()[0] for each in base] == ["python:3.12-slim"] * 2
    assert steps("USER") == ["10001"] and "useradd --system --uid 10001" in " ".join(steps("RUN"))
    assert "/healthz" in steps("HEALTHCHECK")[0] and steps("STOPSIGNAL") == ["SIGTERM"]
    assert (steps("ENTRYPOINT"), steps("CMD")) == (['["python", "-m", "bot"]'], ['["serve"]'])
    copied = {word for step in steps("COPY") if "--from" not in step for word in step.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".env", ".git", "data", "tests"} <= set(ignored) and not copied & set(ignored)


def test_the_health_check_is_a_program_that_runs() -> None:
    """Without a service it fails for want of an answer, not of sense."""
    words = re.search(r'CMD \["python", "-c", "(.*)"\]$', steps("HEALTHCHECK")[0])
    assert words is not None
    code = words[1].replace('\\"', '"')
    done = subprocess.run([sys.executable, "-c", code], env={"PORT": "1"}, capture_output=True, text=True)
    assert done.returncode == 1 and "Connection refused" in done.stderr


def compose() -> dict[str, Any]:
    """The file as Compose reads it: anchors and merge keys resolved."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "bot/deploy/compose.yaml").read_text("utf-8"))
    return found


def test_compose_accepts_the_file() -> None:
    schema = json.loads((ROOT / "tests/data/compose-spec.json").read_text("utf-8"))
    assert list(jsonschema.Draft7Validator(schema).iter_errors(compose())) == []


def test_compose_starts_database_migration_web_and_worker_in_this_order() -> None:
    services = compose()["services"]
    assert list(services) == ["database", "migrate", "web", "worker"]
    assert [services[name].get("command") for name in services] == [None, ["admin", "migrate"], ["web"], ["worker"]]
    after = {name: service.get("depends_on") for name, service in services.items()}
    migrated = {"migrate": {"condition": "service_completed_successfully"}}
    assert after["migrate"] == {"database": {"condition": "service_healthy"}}
    assert after["web"] == after["worker"] == migrated and services["migrate"]["restart"] == "no"


def test_compose_runs_what_is_ours_without_rights_and_on_one_database() -> None:
    ours = [service for name, service in compose()["services"].items() if name != "database"]
    for service in ours:
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"] and "DEV_MODE" not in service["environment"]
        assert (ROOT / "bot/deploy" / service["build"]["context"] / "Dockerfile").resolve() == ROOT / "Dockerfile"
        assert (ROOT / "bot/deploy" / service["env_file"]).resolve() == ROOT / ".env"
    [database] = {service["environment"]["DATABASE_URL"] for service in ours}
    assert database == "postgresql+asyncpg://multiline:${POSTGRES_PASSWORD:?set it in .env}@database/multiline"
    assert int(ours[0]["stop_grace_period"].removesuffix("s")) > app.DRAIN_SECONDS


def test_compose_lets_the_reverse_proxy_in_and_watches_each_process() -> None:
    services = compose()["services"]
    assert services["web"]["ports"] == ["127.0.0.1:3978:3978"] and "ports" not in services["worker"]
    for name in ("web", "worker"):
        environ = services[name]["environment"]
        assert environ["HOST"] == "0.0.0.0" and environ["PORT"] == environ.get("WORKER_PORT", "3978")
        assert "healthcheck" not in services[name]  # the image's own looks at PORT


def unit() -> dict[str, str]:
    text = (ROOT / "bot/deploy/multiline@.service").read_text("utf-8")
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))


def test_the_unit_stops_later_than_the_service_drains() -> None:
    assert unit()["ExecStart"].endswith(".venv/bin/python -m bot %i")
    assert unit()["ExecStartPre"].endswith("-m bot admin migrate")
    assert int(unit()["TimeoutStopSec"]) > app.DRAIN_SECONDS
    assert (unit()["NoNewPrivileges"], unit()["User"]) == ("yes", "multiline")


@pytest.mark.skipif(not (ANALYZE or CI), reason="systemd-analyze was not found")
@pytest.mark.parametrize("role", ["serve", "web", "worker"])
def test_systemd_finds_nothing_wrong_with_the_unit(role: str, tmp_path: Path) -> None:
    """Verified where its program is there to be started: the checkout stands in for /opt/multiline."""
    text = (ROOT / "bot/deploy/multiline@.service").read_text("utf-8")
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    unit = tmp_path / f"multiline@{role}.service"
    unit.write_text(text.replace("/opt/multiline", str(tmp_path)), "utf-8")
    assert ANALYZE, "CI installs systemd for this"
    command = [ANALYZE, "verify", "--man=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if "multiline" in line]
    assert (done.returncode, told) == (0, [])
