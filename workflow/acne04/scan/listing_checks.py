"""Compare a source's folder with the listing that stands for it downstream."""

from __future__ import annotations

from pathlib import Path

from acne04.core import tables
from acne04.core.errors import SourceError, UsageError
from acne04.core.hashing import Digest
from acne04.core.printing import shown_in_line
from acne04.scan.source_tree import SourceTree

#: Files named in one message; the rest are counted.
NAMED_FILES = 20


def listing_path(folder: Path) -> Path:
    """Where the listing of a folder lies: beside it, with ``.csv`` after its name."""
    folder = folder.resolve() if folder.name in ("", "..") else folder
    return folder.parent / f"{folder.name}.csv"


def read_listing(tree: SourceTree, dataset: str | None) -> tuple[str, dict[str, Digest]] | None:
    """Read the listing beside a source's folder.

    Parameters
    ----------
    tree : SourceTree
        The source.
    dataset : str or None
        What the caller says it is; None leaves it to the listing.

    Returns
    -------
    tuple of str and dict, or None
        The dataset that it names, and path ``<source>/<path>`` to `Digest`; None where there is
        no listing.

    Raises
    ------
    SchemaError
        If the file does not follow ``listing.table.json``.
    UsageError
        If it is the listing of another dataset.
    """
    path = listing_path(tree.folder)
    if not path.exists():
        return None
    table = tables.read_texts(path, "listing")
    named = sorted(set(table["dataset"]))
    if len(named) != 1 or (dataset and named != [dataset]):
        raise UsageError(
            str(path),
            f"{tree.folder} holds another dataset than the one asked for",
            expected=dataset or "one dataset",
            found=", ".join(named) or "no file at all",
            done="nothing read, nothing written",
            remedy=f"pass --dataset {named[0]}, or fetch {tree.source} of the other dataset"
            if named
            else "fetch the source again",
        )
    rows = zip(table["path"], table["size"], table["sha256"], strict=True)
    return named[0], {f"{tree.source}/{p}": Digest(int(size), sha) for p, size, sha in rows}


def check_against_listing(
    tree: SourceTree, expected: dict[str, Digest], digests: dict[str, Digest]
) -> None:
    """Stop where a file is not the one that the listing names.

    Raises
    ------
    SourceError
        If a file is changed, absent or added; the message names each.
    """
    present = {f"{tree.source}/{path}" for path in tree.paths}
    found = {path: digests.get(path) for path in present}
    differing = sorted(
        path for path in {*expected, *found} if expected.get(path) != found.get(path)
    )
    if not differing:
        return
    lines = []
    for path in differing[:NAMED_FILES]:
        absent = "unreadable" if path in found else "absent"
        lines.append(
            f"{shown_in_line(path)}: "
            f"expected {_words(expected.get(path), 'no such file')}, "
            f"found {_words(found.get(path), absent)}"
        )
    if len(differing) > NAMED_FILES:
        lines.append(f"... and {len(differing) - NAMED_FILES} more")
    listing = listing_path(tree.folder)
    raise SourceError(
        str(tree.folder),
        f"not the files that {listing} names\n  " + "\n  ".join(lines),
        done="nothing written",
        remedy=f"`rm -r {tree.folder}` and restore the folder (`dvc checkout {tree.folder}`), or "
        f"fetch {tree.source} again",
    )


def _words(digest: Digest | None, otherwise: str) -> str:
    return f"sha256 {digest.sha256} ({digest.size} bytes)" if digest else otherwise
