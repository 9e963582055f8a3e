"""Refuse outputs that would overwrite each other or an input."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from acne04.core.errors import UsageError


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


def _refused(option: str, path: Path, what: str) -> UsageError:
    return UsageError(
        f"{option} {path}",
        what,
        done="nothing read, nothing written",
        remedy="name another file",
    )
