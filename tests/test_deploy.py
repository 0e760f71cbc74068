"""The ways to run it: the image's steps do what the Makefile does, and what they install works; compose; systemd."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STEPS = [
    line.partition(" ")[::2]
    for line in (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    if line.strip() and not line.startswith("#")
]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def steps(name: str) -> list[str]:
    return [what.strip() for step, what in STEPS if step == name]


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
    assert steps("USER") == ["multiline"] and "useradd --system" in " ".join(steps("RUN"))
    assert "/healthz" in steps("HEALTHCHECK")[0] and steps("STOPSIGNAL") == ["SIGTERM"]
    assert (steps("ENTRYPOINT"), steps("CMD")) == (['["python", "-m", "bot"]'], ['["serve"]'])
    copied = {word for step in steps("COPY") if "--from" not in step for word in step.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".env", ".git", "data", "tests"} <= set(ignored) and not copied & set(ignored)


@pytest.mark.slow
def test_what_the_image_installs_works_outside_the_checkout(tmp_path: Path) -> None:
    """Its steps in a folder of their own: COPY, then the second pip; what the first one installs is this Python's."""
    source, target = tmp_path / "src", tmp_path / "installed"
    ignore = shutil.ignore_patterns("node_modules", "__pycache__", "*.egg-info")
    for name in ("bot", "cards", "manifest"):
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "install", "--no-deps"]
    command += ["--no-build-isolation", "--no-index", "--target", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for name in ("bot/static/terms.html", "bot/store/migrations/versions/v01_first.py", "bot/sim/web/phone.html"):
        assert (target / name).is_file()
    values = {"DEV_MODE": "1", "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/d.db", "PYTHONPATH": str(target)}
    environ = {"PATH": os.environ["PATH"], **values}
    for words in (["migrate"], ["users", "list"]):
        done = subprocess.run(
            [sys.executable, "-m", "bot", "admin", *words], env=environ, cwd=tmp_path, capture_output=True, check=True
        )
        assert re.fullmatch(rb"The database has version v\d+\.\n|Nothing\.\n", done.stdout)


def test_the_health_check_is_a_program_that_runs() -> None:
    """Without a service it fails for want of an answer, not of sense."""
    words = re.search(r'CMD \["python", "-c", "(.*)"\]$', steps("HEALTHCHECK")[0])
    assert words is not None
    code = words[1].replace('\\"', '"')
    done = subprocess.run([sys.executable, "-c", code], env={"PORT": "1"}, capture_output=True, text=True)
    assert done.returncode == 1 and "Connection refused" in done.stderr


def test_compose_starts_database_migration_web_and_worker() -> None:
    text = (ROOT / "bot/deploy/compose.yaml").read_text("utf-8")
    services = re.findall(r"^  (\w+):$", text.partition("\nservices:")[2].partition("\nvolumes:")[0], re.MULTILINE)
    assert services == ["database", "migrate", "web", "worker"]
    commands = re.findall(r"command: \[(.*)\]", text)
    assert commands == ['"admin", "migrate"', '"web"', '"worker"']
    assert text.count("postgresql+asyncpg://multiline:${POSTGRES_PASSWORD") == 1
    assert "WORKER_PORT" in text and "127.0.0.1:3978:3978" in text and "DEV_MODE" not in text


def test_the_unit_stops_later_than_the_service_drains() -> None:
    text = (ROOT / "bot/deploy/multiline.service").read_text("utf-8")
    unit = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    assert unit["ExecStart"].endswith(".venv/bin/python -m bot serve")
    assert unit["ExecStartPre"].endswith("-m bot admin migrate")
    assert int(unit["TimeoutStopSec"]) > 10 and unit["NoNewPrivileges"] == "yes" and unit["User"] == "multiline"
