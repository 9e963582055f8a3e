"""Write ``dvc.yaml`` from the rules, or compare it with them; compare two runs; pull and push."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from snakemake_dvc import git
from snakemake_dvc.differences import differences
from snakemake_dvc.dvc import DVC_LOCK, DVC_YAML, is_yaml
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.files import write_text
from snakemake_dvc.printing import say, say_aside, shown_in_line
from snakemake_dvc.pull import pull, push


class _Parser(argparse.ArgumentParser):
    """A parser whose refusals repeat an argument only as it may be shown."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        super().error(shown_in_line(message))


def main() -> int:
    """Do what the call says; exit code 1 where a comparison finds a difference."""
    parser = _Parser(prog="python -m snakemake_dvc", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare dvc.yaml, write nothing")
    parser.add_argument(
        "--reproduced", action="store_true", help="compare dvc.lock with the committed one"
    )
    parser.add_argument("--snakefile", type=Path, default=Path("Snakefile"), metavar="FILE")
    parser.add_argument(
        "--pull", type=Path, metavar="CHECKOUT", help="`dvc pull` there, with the settings of here"
    )
    parser.add_argument(
        "--push", action="store_true", help="`dvc push`, and what DVC wrongly believes to be there"
    )
    parser.add_argument(
        "--again", nargs="+", metavar="FILE", default=[], help="with --push: send these anyway"
    )
    arguments = parser.parse_args()
    if arguments.reproduced:
        return _reproduced()
    if arguments.again and not arguments.push:
        parser.error("--again goes with --push")
    if arguments.pull or arguments.push:
        return _brought(arguments)
    # Only here: Snakemake takes a second to import.
    from snakemake_dvc.stages import dvc_yaml

    if not is_yaml():
        if arguments.check:
            say_aside(f"{DVC_YAML} is gone, or no YAML; run `python -m snakemake_dvc`")
            return 1
        # Rules may read it; what is broken or gone must not keep it from being made.
        write_text(DVC_YAML, "stages: {}\n")
    text = dvc_yaml(arguments.snakefile)
    if not arguments.check:
        write_text(DVC_YAML, text)
        return 0
    if DVC_YAML.is_file() and DVC_YAML.read_text(encoding="utf-8") == text:
        return 0
    say_aside("dvc.yaml is not what the rules say; run `python -m snakemake_dvc`")
    return 1


def _brought(arguments: argparse.Namespace) -> int:
    try:
        if arguments.pull:
            pull(arguments.pull.resolve(), Path.cwd())
        if arguments.push:
            push(arguments.again)
            say("all that dvc.lock records is in the store")
    except BridgeError as error:
        say_aside(*str(error).split("\n"))
        return error.exit_code
    return 0


def _reproduced() -> int:
    committed = git.committed(str(DVC_LOCK)) or ""
    lines = differences(committed, DVC_LOCK.read_text(encoding="utf-8"))
    verdict = "not reproduced; a run and a commit state it" if lines else "reproduced"
    say(*lines, f"dvc.lock: {verdict}")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
