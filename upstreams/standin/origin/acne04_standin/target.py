"""Replace nothing but an earlier stand-in: what else lies in the folder may be somebody's data."""

from __future__ import annotations

from pathlib import Path

from acne04.core.errors import UsageError
from acne04_standin.truth import ABOUT
from acne04_standin.write import ANNOTATIONS_NAME, README

#: All that lies directly in the folder.
NAMES = frozenset(
    [
        "ACNEDIT",
        "Classification.tar",
        "Detection.tar",
        ANNOTATIONS_NAME,
        "README.txt",
        "subjects",
        "truth.json",
    ]
)
SHOWN_NAMES = 5


def check_target(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier stand-in.

    Raises
    ------
    UsageError
        If it is neither absent nor empty nor a stand-in. Nothing is touched.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise _refused(folder, "a link" if folder.is_symlink() else "a file")
    names = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    strangers = [name for name in names if name not in NAMES]
    if strangers:
        more = len(strangers) - SHOWN_NAMES
        shown = ", ".join(map(ascii, strangers[:SHOWN_NAMES]))
        raise _refused(folder, f"{shown} and {more:,} more" if more > 0 else shown)
    if names and not _is_ours(folder):
        raise _refused(folder, "files of these names without the stand-in's truth.json, README.txt")


def _is_ours(folder: Path) -> bool:
    """Tell a stand-in from real deliveries, whose files have the same names.

    Without its README.txt it is one still: a workflow removes the output that it knows before it
    has it made anew.
    """
    readme = folder / "README.txt"
    first_line = README.partition("\n")[0]
    return _begins_with(folder / "truth.json", ABOUT) and (
        not readme.exists() or _begins_with(readme, first_line)
    )


def _begins_with(path: Path, text: str) -> bool:
    """Tell whether the first bytes of a file, a few more than those of `text`, hold `text`."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return text.encode() in stream.read(len(text) + 40)


def _refused(folder: Path, found: str) -> UsageError:
    return UsageError(
        str(folder),
        "this is no earlier stand-in, so it is not replaced",
        expected="a new or an empty folder, or one that `acne04 standin` wrote",
        found=found,
        done="nothing touched",
        remedy="name another folder, or move away what lies there",
    )
