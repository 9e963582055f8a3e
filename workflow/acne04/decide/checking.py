"""Check the decisions files: each follows its schema, contradicts nothing, and will be read."""

from __future__ import annotations

from pathlib import Path

from acne04.core.errors import Acne04Error, SchemaError
from acne04.relations import decisions


def check_files(folder: Path, files: list[Path]) -> str:
    """Check decisions files, and say that they are in order.

    Parameters
    ----------
    folder : pathlib.Path
        Where the decisions are.
    files : list of pathlib.Path
        The files to check; empty for all that lie in `folder`, none of which may be absent.

    Raises
    ------
    SchemaError
        If one is not in order; the message lists every place of every file.
    """
    chosen = files or sorted({*folder.glob("*.csv"), *(folder / name for name in decisions.FILES)})
    wrong: list[str] = []
    rows = 0
    for file in chosen:
        if file.name not in decisions.FILES:
            expected = ", ".join(decisions.FILES)
            wrong.append(f"{file}: no stage reads a file of this name (but {expected})")
            continue
        try:
            rows += len(decisions.every(file))
        except Acne04Error as error:
            wrong.append(str(error))
    if wrong:
        raise SchemaError("--check", "\n".join(["not in order", *wrong]))
    return f"{len(chosen)} decisions files with {rows} decisions: in order"
