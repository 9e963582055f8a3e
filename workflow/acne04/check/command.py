"""The command line of ``acne04 check``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from acne04.check.kinds import kind_of
from acne04.core.errors import Acne04Error, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 check``."""
    parser.epilog = "Exit code: 0 all are sound, 1 some are not, 2 one is missing or unknown."
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")


def run(arguments: argparse.Namespace) -> int:
    """Check every file, and say of each what is wrong with it."""
    unknown = [str(path) for path in arguments.files if kind_of(path) is None]
    if unknown:
        raise UsageError(
            ", ".join(unknown),
            "no check is known for it",
            expected="params.yaml, sources.yaml, a table of decisions/, pins/, expectations/ or "
            "releases/, or a file of schemas/",
            done="nothing checked",
        )
    code = 0
    for path in arguments.files:
        examine = kind_of(path)
        assert examine is not None
        try:
            examine(path)
        except Acne04Error as error:
            print(error, file=sys.stderr)
            code = max(code, error.exit_code)
    told = "sound" if code == 0 else "see above"
    print(f"check: {len(arguments.files)} files: {told}", file=sys.stderr)
    return code
