"""`python -m tests.fresh [readme] [image]`: plays the README's way and the image's recipe (or one) in fresh folders."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.fresh import image, readme
from tests.fresh.shell import Failed

PLAYS = {"readme": readme.play, "image": image.play}


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0, 1 when a command did not do what it says, 2 when not understood."""
    if not set(arguments) <= set(PLAYS):
        print(__doc__, file=sys.stderr)
        return 2
    for name in arguments or PLAYS:
        with tempfile.TemporaryDirectory(prefix="multiline-fresh-") as folder:
            try:
                asyncio.run(PLAYS[name](Path(folder)))
            except Failed as failure:
                print(f"\n{name}: {failure}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
