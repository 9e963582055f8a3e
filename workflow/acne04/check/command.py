"""The command line of ``acne04 check``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from acne04.check.kinds import Examine, kind_of
from acne04.core.errors import Acne04Error, UsageError
from acne04.core.printing import remark, say_aside


@dataclass(frozen=True)
class CheckOptions:
    """Files to check, each with the check of its place, in the order given."""

    files: tuple[tuple[Path, Examine], ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 check``."""
    parser.epilog = "Exit code: 0 all are sound, 1 some are not, 2 one is missing or unknown."
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")


def read_options(arguments: argparse.Namespace) -> CheckOptions:
    """Give the options of a call.

    Raises
    ------
    UsageError
        If no check is known for a file.
    """
    kinds = [(path, kind_of(path)) for path in arguments.files]
    unknown = [str(path) for path, examine in kinds if examine is None]
    if unknown:
        raise UsageError(
            ", ".join(unknown),
            "no check is known for it",
            expected="params.yaml, sources.yaml, a table of decisions/, pins/, expectations/ or "
            "releases/, or a file of schemas/",
            done="nothing checked",
        )
    return CheckOptions(tuple((path, examine) for path, examine in kinds if examine))


def run(options: CheckOptions) -> int:
    """Check every file, and say of each what is wrong with it."""
    code = 0
    for path, examine in options.files:
        try:
            examine(path)
        except Acne04Error as error:
            say_aside(*str(error).split("\n"))
            code = max(code, error.exit_code)
    told = "sound" if code == 0 else "see above"
    remark(f"check: {len(options.files)} files: {told}")
    return code
