"""Where the answer of a call goes: one meaning of ``--json``, and no output onto another file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acne04.core import documents
from acne04.core.errors import UsageError
from acne04.core.files import write_text

#: In place of the name of a report file: standard output.
STANDARD_OUTPUT = Path("-")


def declare_json(parser: Any, what: str) -> None:
    """Declare ``--json`` and ``-o FILE``, which mean the same with every verb that has them.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        That of the verb, or a group of its arguments.
    what : str
        What the document holds, in a few words.
    """
    parser.add_argument(
        "--json", action="store_true", help=f"{what}, as JSON on standard output, not as text"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="that JSON to a file; the text as ever"
    )


def read_json(arguments: argparse.Namespace) -> Path | None:
    """Give the file that the JSON document goes to, `STANDARD_OUTPUT` or None where none is asked.

    Raises
    ------
    UsageError
        If a folder lies where the file is to be.
    """
    file: Path | None = arguments.output
    if file is None:
        return STANDARD_OUTPUT if arguments.json else None
    if file != STANDARD_OUTPUT:
        check_outputs({"--output": file}, {})
    return file


def give_document(target: Path | None, document: Any) -> bool:
    """Give the document where it is asked for; tell whether the text for people is printed, too.

    Parameters
    ----------
    target : pathlib.Path or None
        As of `read_json`.
    """
    if target == STANDARD_OUTPUT:
        documents.show(document)
    elif target is not None:
        documents.report(target, document)
    return target != STANDARD_OUTPUT


def give_text(target: Path, text: str) -> None:
    """Write a report of text to a file, or to standard output where it is named ``-``."""
    if target == STANDARD_OUTPUT:
        sys.stdout.write(text)
    else:
        write_text(target, text)


def check_outputs(outputs: Mapping[str, Path | None], inputs: Mapping[str, Path | None]) -> None:
    """Check the paths of a call before anything is read or written.

    Parameters
    ----------
    outputs, inputs : mapping of str to pathlib.Path or None
        Option (as the user knows it) to its path; None where the option is not given. Links are
        followed.

    Raises
    ------
    UsageError
        If an output is a folder, another output, or an input.
    """
    taken = {path.resolve(): option for option, path in inputs.items() if path is not None}
    for option, path in outputs.items():
        if path is None:
            continue
        if path.is_dir():
            raise _refused(option, path, "a folder lies there, where a file is to be written")
        other = taken.setdefault(path.resolve(), option)
        if other != option:
            raise _refused(option, path, f"the file is that of {other}, too")


def check_reports(files: Mapping[str, Path | None]) -> None:
    """Check the report files of a call: as `check_outputs`, and ``-`` for one of them at most."""
    shown = [option for option, file in files.items() if file == STANDARD_OUTPUT]
    if len(shown) > 1:
        raise _refused(shown[1], STANDARD_OUTPUT, f"standard output is that of {shown[0]}, too")
    check_outputs({k: v for k, v in files.items() if v != STANDARD_OUTPUT}, {})


def absolute(file: Path | None) -> Path | None:
    """Make the path of a report file hold wherever the command goes."""
    return file if file is None or file == STANDARD_OUTPUT else file.absolute()


def _refused(option: str, path: Path, what: str) -> UsageError:
    return UsageError(
        f"{option} {path}",
        what,
        done="nothing read, nothing written",
        remedy="name another file",
    )
