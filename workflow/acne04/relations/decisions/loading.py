"""Read a file of decisions: all of it is sound, or it is refused."""

from __future__ import annotations

from pathlib import Path

from acne04.core import tables
from acne04.core.errors import SchemaError
from acne04.relations.decisions.checking import problems
from acne04.relations.decisions.decision import Decision


def load(path: Path | None, dataset: str) -> list[Decision]:
    """Read the decisions on one dataset.

    Parameters
    ----------
    path : pathlib.Path or None
        A decisions file; None where there is none.
    dataset : str
        Rows of other datasets are checked, too, but not given.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If it does not follow its schema, or contradicts itself; the message lists every place.
    """
    return [] if path is None else [given for given in every(path) if given.dataset == dataset]


def every(path: Path) -> list[Decision]:
    """Read all decisions of a file, in its order; see `load`."""
    rows = tables.read(path, "decisions").to_dict("records")
    decisions = [Decision(**row, line=line) for line, row in enumerate(rows, start=2)]
    wrong = [f"line {line}, {what}" for line, what in sorted(problems(path.name, decisions))]
    if wrong:
        raise SchemaError(str(path), "rows that cannot be applied\n  " + "\n  ".join(wrong))
    return decisions


def shown(path: Path) -> str:
    """Give the name of a decisions file for findings: never where on a machine it lies.

    >>> shown(Path("decisions/images.csv")), shown(Path("/home/me/decisions/images.csv"))
    ('decisions/images.csv', 'images.csv')
    """
    return path.name if path.is_absolute() else path.as_posix()
