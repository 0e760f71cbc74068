"""The Dockerfile's recipe without a container engine: the same commands in the same order, in a folder that plays /.

Every absolute path of the recipe is put below that folder; each stage begins with an empty one. What only a container
has (a base image, users of its own) is named where it is left out. Then the image's health check looks at the service
that its entry point starts, without any right over what the image brings, and the stop signal ends it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.sim.service import free_port
from tests.fresh.shell import Failed, Shell, end

ROOT = Path(__file__).parents[2]
UID = 10001
BASE = "python:3.12-slim"
PYTHON = str(getattr(sys, "_base_executable", sys.executable))
ACCOUNT = {"WECHAT_APP_ID": "wx0123456789abcdef", "WECHAT_TOKEN": "token", "WECHAT_ENCODING_AES_KEY": "a" * 43}
REGISTRATION = {
    "MicrosoftAppId": "5f8a2c1e-7d34-4b19-9a60-2e0c4d8b7f13",
    "PUBLIC_BASE_URL": "https://wechat.fabrikam.com",
}


def steps(dockerfile: str) -> Iterator[tuple[str, str]]:
    """Instruction and what it says, continued lines joined."""
    for line in re.sub(r"\\\n\s*", "", dockerfile).splitlines():
        if line.strip() and not line.startswith("#"):
            instruction, _, said = line.partition(" ")
            yield instruction, said.strip()


async def play(folder: Path) -> None:
    """Build and run it. Failed tells the step that does not work."""
    await Shell(folder).run("chmod 755 .")
    context = folder / "context"
    await Shell(folder).run(f"git clone --quiet --no-local {ROOT} context")
    leave_out((context / ".dockerignore").read_text("utf-8"), context)
    image = Image(context, folder / "root", folder / "stages")
    for instruction, said in steps((context / "Dockerfile").read_text("utf-8")):
        await image.takes(instruction, said)
    await runs(image)
    print("The image's recipe works.")


def leave_out(ignored: str, context: Path) -> None:
    """What .dockerignore keeps from the builder."""
    for pattern in ignored.splitlines():
        if pattern and not pattern.startswith("#"):
            for found in list(context.glob(pattern)):
                shutil.rmtree(found) if found.is_dir() else found.unlink()


@dataclass(slots=True)
class Image:
    """`root` stands for / of the stage that is being built; a finished one is kept in `stages` under its name."""

    context: Path
    root: Path
    stages: Path
    name: str = ""
    folder: str = "/"
    environ: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    async def takes(self, instruction: str, said: str) -> None:
        """One step of the recipe."""
        match instruction:
            case "FROM":
                self._begins(said)
            case "WORKDIR":
                self.folder = said
                self.place(said).mkdir(parents=True, exist_ok=True)
            case "COPY":
                self._copies(shlex.split(said))
            case "ENV":
                self.environ |= dict(word.split("=", 1) for word in shlex.split(said))
            case "RUN":
                await self._runs(said)
            case "USER" | "VOLUME" | "EXPOSE" | "STOPSIGNAL" | "HEALTHCHECK" | "ENTRYPOINT" | "CMD":
                self.told[instruction] = said
            case _:
                raise Failed(f"{instruction} {said}: a step that is not known here")

    def place(self, path: str) -> Path:
        """Where a path of the image is, seen from the present folder of the recipe."""
        return self.root / str(Path(self.folder) / path).lstrip("/")

    def below(self, text: str) -> str:
        """A command or a value with its absolute paths below the root."""
        return re.sub(r"(?<![\w./:}])((?:sqlite\+aiosqlite:///)?)(/(?:opt|var|src)\b)", rf"\g<1>{self.root}\2", text)

    def settings(self) -> dict[str, str]:
        """The image's environment; of its PATH the parts below the root come first."""
        found = {name: self.below(value) for name, value in self.environ.items()}
        return found | {"PATH": found.get("PATH", "$PATH").replace("$PATH", os.environ["PATH"])}

    def _begins(self, said: str) -> None:
        base, _, name = said.partition(" AS ")
        if base != BASE:
            raise Failed(f"FROM {said}: {BASE} is expected")
        print(f"- FROM {said}\n  {BASE} is played by {PYTHON}")
        if self.root.exists():
            self.stages.mkdir(exist_ok=True)
            self.root.rename(self.stages / self.name)
        self.root.mkdir()
        self.name, self.folder, self.environ, self.told = name, "/", {}, {}

    def _copies(self, words: Sequence[str]) -> None:
        print(f"$ COPY {' '.join(words)}")
        source = self.context
        if words[0].startswith("--from="):
            source, words = self.stages / words[0].removeprefix("--from="), words[1:]
        *names, target = words
        for name in names:
            found = source / name.lstrip("/")
            into = self.place(target) / found.name if target.endswith("/") else self.place(target)
            if found.is_dir():
                shutil.copytree(found, into, symlinks=True, dirs_exist_ok=True)
            else:
                shutil.copy(found, into)

    async def _runs(self, said: str) -> None:
        if said.startswith("useradd "):
            print(f"- RUN {said}\n  not played: a machine's users are its own; {UID} is used as a number")
            self.place(re.findall(r"--home-dir (\S+)", said)[0]).mkdir(parents=True)
            return
        command = re.sub(r"chown \w+:\w+", f"chown {UID}:{UID}" if os.geteuid() == 0 else "true", said)
        command = re.sub(r"^python ", f"{PYTHON} ", self.below(command))
        await Shell(self.place("."), self.settings()).run(command)


async def runs(image: Image) -> None:
    """Migrate, serve, health check, stop, as an engine does with this image; and the app package is made in it."""
    values = image.settings() | ACCOUNT | REGISTRATION | {"PORT": str(free_port())}
    # Only the machine itself may reach a service that asks nobody to sign in.
    shell = Shell(image.place("."), values | {"DEV_MODE": "1", "HOST": "127.0.0.1"}, somebody())
    entry = shlex.join(json.loads(image.told["ENTRYPOINT"]))
    check = shlex.join(json.loads(image.told["HEALTHCHECK"].partition(" CMD ")[2]))
    await shell.run(f"{entry} admin migrate")
    await shell.run("python -m manifest build --out data/app.zip && python -m manifest check data/app.zip")
    if shell.user is not None:
        await shell.run("touch /proc/self/cwd/bot-was-here", code=1)
    await shell.run(check, code=1)
    serving = await shell.start(f"exec {entry} {shlex.join(json.loads(image.told['CMD']))}")
    try:
        await healthy(shell, check)
    finally:
        said = await end(serving, signal.Signals[image.told["STOPSIGNAL"]])
    if serving.returncode:
        raise Failed(f"the service ended with {serving.returncode}\n{said}")


def somebody() -> int | None:
    """The image's user, if this one may become it and its Python is not for root alone."""
    open_to_all = all(folder.stat().st_mode & 0o001 for folder in Path(PYTHON).resolve().parents)
    if os.geteuid() == 0 and open_to_all:
        return UID
    print(f"- USER {UID}\n  not played: {'its Python is in a folder of root alone' if not open_to_all else 'not root'}")
    return None


async def healthy(shell: Shell, check: str) -> None:
    for _ in range(60):
        with suppress(Failed):
            await shell.run(check)
            return
        await asyncio.sleep(0.5)
    raise Failed("the health check never finds the service well")
