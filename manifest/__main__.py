"""`python -m manifest build | check`: the exit code is 0 for a good package, 1 for findings, 2 for a bad call."""

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from manifest import package, registration, template
from manifest.check import check, raised
from manifest.finding import Finding
from manifest.registration import GUID, ZERO_GUID, Registration
from manifest.schema import VERSION_NUMBER

OUT = Path("dist/multiline-messaging.zip")


def main(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """The exit code."""
    asked = _parser().parse_args(arguments)
    known, findings = registration.read(environ, Path(".env"), asked.app_id or "")
    try:
        return _build(asked, known, findings) if asked.command == "build" else _check(asked, known, findings)
    except OSError as refused:
        print(f"{refused.filename or 'manifest'}: {refused.strerror or refused}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manifest", description="The Teams app package; works offline.")
    parts = parser.add_subparsers(dest="command", required=True, metavar="build | check")
    build = parts.add_parser("build", help="make the package from appPackage/, the environment and .env")
    build.add_argument("--out", type=Path, default=OUT, metavar="FILE", help=f"default {OUT}")
    build.add_argument("--version", type=_version, metavar="X.Y.Z", help="higher at each update")
    checks = parts.add_parser("check", help="say what Teams would refuse, and what it would not notice")
    checks.add_argument("file", type=Path, nargs="?", default=OUT, metavar="FILE", help=f"default {OUT}")
    checks.add_argument("--previous", type=Path, metavar="FILE", help="the package that Teams has now")
    checks.add_argument("--json", action="store_true", help="for programs")
    for part in (build, checks):
        part.add_argument("--app-id", type=_guid, metavar="GUID", help="default: MicrosoftAppId")
    return parser


def _version(text: str) -> str:
    if not re.fullmatch(VERSION_NUMBER, text):
        raise argparse.ArgumentTypeError(f"{text!r} is not three numbers such as 1.4.0")
    return text


def _guid(text: str) -> str:
    if not GUID.fullmatch(text) or text == ZERO_GUID:
        raise argparse.ArgumentTypeError(f"{text!r} is not a GUID")
    return text


def _build(asked: argparse.Namespace, known: Registration, findings: list[Finding]) -> int:
    told = {finding.where for finding in findings}
    findings += [finding for finding in registration.missing(known) if finding.where not in told]
    if findings:
        return _refused(findings)
    files = template.filled(known, asked.version or "")
    made = package.write(files)
    if findings := check(made, known):
        return _refused(findings)
    _tell_same_version(asked.out, made, files["manifest.json"])
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(made)
    print(f"{asked.out}: version {json.loads(files['manifest.json'])['version']}, app {known.app_id}, nothing found")
    return 0


def _tell_same_version(out: Path, made: bytes, manifest: bytes) -> None:
    """The file it replaces is likely the one that Teams has."""
    if out.is_file() and (before := out.read_bytes()) != made:
        for finding in raised(json.loads(manifest), before):
            if finding.where == "version":
                print(f"Note: this replaces another package. {finding}", file=sys.stderr)


def _refused(findings: list[Finding]) -> int:
    print(*findings, sep="\n", file=sys.stderr)
    print("Nothing was built.", file=sys.stderr)
    return 1


def _check(asked: argparse.Namespace, known: Registration, findings: list[Finding]) -> int:
    previous = asked.previous.read_bytes() if asked.previous else None
    findings = findings + check(asked.file.read_bytes(), known, previous)
    unknown = [finding.where for finding in registration.missing(known)]
    unset = [name for name in unknown if name not in {finding.where for finding in findings}]
    if asked.json:
        told = {"file": str(asked.file), "findings": [asdict(finding) for finding in findings], "not_compared": unset}
        print(json.dumps(told, indent=2))
        return 1 if findings else 0
    print(*findings, *([] if findings else [f"{asked.file}: nothing found"]), sep="\n")
    if unset:
        print(f"Not compared, because not set here: {', '.join(unset)}.", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
