"""What was measured, as rows, findings and figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acne04.core.findings import Finding, NotRun
from acne04.core.grades import GRADES
from acne04.shortcuts import catalogue
from acne04.shortcuts.features import TOGETHER
from acne04.shortcuts.measurement import GRADING, TELLING, Shortcut

#: Decimals that are told and written.
DECIMALS = 4
#: Kind of finding -> features that it tells of.
_OF_FEATURES = {
    catalogue.FILE_TELLS_GRADE: ("size", "bytes", "bytes per pixel", "jpeg tables", "camera"),
    catalogue.PICTURE_TELLS_GRADE: (
        "luminance",
        "contrast",
        "colour cast",
        "sharpness",
        "background",
    ),
    catalogue.NAME_TELLS_GRADE: ("file number", "in v2", "source"),
    catalogue.TRIVIA_TELL_GRADE: (TOGETHER,),
}
#: Features of bytes -> columns of table ``features`` whose values no photograph may lack.
_BETRAYING = {"jpeg tables": ["quantization"], "size": ["width", "height"]}


@dataclass(frozen=True)
class MeasuredManifest:
    """A manifest and its shortcuts.

    Attributes
    ----------
    name : str
        Variant, or file name.
    shortcuts : list of Shortcut
        Of both tasks.
    synthetic : list of str
        Paths of the synthetic images that it trains on.
    """

    name: str
    shortcuts: list[Shortcut]
    synthetic: list[str]


def shortcut_rows(dataset: str, measured: Sequence[MeasuredManifest]) -> list[dict[str, Any]]:
    """Give the rows of table ``shortcuts``."""
    return [
        {"dataset": dataset, "variant": manifest.name, **entry_of(shortcut)}
        for manifest in measured
        for shortcut in manifest.shortcuts
    ]


def entry_of(shortcut: Shortcut) -> dict[str, Any]:
    """Give a shortcut as a row of the table, or an entry of the document."""
    recalls = shortcut.recalls or (None,) * len(GRADES)
    return {
        "task": shortcut.task,
        "grade": shortcut.grade,
        "feature": shortcut.feature,
        "images": shortcut.images,
        "persons": shortcut.persons,
        "chance": _rounded(shortcut.chance),
        "value": _rounded(shortcut.value.value),
        "low": _rounded(shortcut.value.low),
        "high": _rounded(shortcut.value.high),
        **{f"recall_{g}": _rounded(r) for g, r in zip(GRADES, recalls, strict=True)},
        "exceeds_chance": shortcut.exceeds_chance,
    }


def betrayed_rows(
    dataset: str, images: pd.DataFrame, features: pd.DataFrame
) -> list[dict[str, Any]]:
    """Give the rows of table ``betrayed``: synthetic images whose bytes alone betray them.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, path, origin, grade.
    features : pandas.DataFrame
        Table ``features``.
    """
    known = images.merge(features, on="path", validate="one_to_one")
    real = known["origin"] == "real"
    by = pd.Series("", index=known.index, dtype="str")
    for feature, columns in _BETRAYING.items():
        values = [tuple(row) for row in known[columns].astype("str").to_numpy()]
        of_photographs = {value for value, is_real in zip(values, real, strict=True) if is_real}
        told = [value not in of_photographs for value in values]
        # What the header does not tell betrays nothing.
        told = [is_told and "" not in v and "<NA>" not in v
                for is_told, v in zip(told, values, strict=True)]  # fmt: skip
        by = by.where(~pd.Series(told, index=known.index), by + "|" + feature)
    rows = known.assign(by=by.str.removeprefix("|"))[~real & (by != "")]
    return [
        {
            "dataset": dataset,
            "image_id": row.image_id,
            "path": row.path,
            "grade": None if pd.isna(row.grade) else int(row.grade),
            "by": row.by,
        }
        for row in rows.itertuples()
    ]


def findings_of(
    measured: Sequence[MeasuredManifest], betrayed: Mapping[str, str]
) -> Iterator[Finding]:
    """Say what exceeds chance.

    Parameters
    ----------
    betrayed : mapping of str to str
        Path of each synthetic image that its bytes betray -> by what.
    """
    for manifest in measured:
        over = [s for s in manifest.shortcuts if s.exceeds_chance]
        for kind, features in _OF_FEATURES.items():
            told = [s for s in over if s.task == GRADING and s.feature in features]
            if told:
                yield kind.at(
                    _file(manifest),
                    found="; ".join(map(_figure, told)),
                    done="measured, and nothing changed",
                )
        told = [s for s in over if s.task == TELLING and s.feature == TOGETHER]
        if told:
            yield catalogue.SYNTHETIC_TOLD_APART.at(
                _file(manifest),
                found="; ".join(f"grade {s.grade}: {_interval(s)}, by {_best(over, s.grade)}"
                                for s in told),
                done="measured, and nothing changed",
            )  # fmt: skip
        marked = sum(path in betrayed for path in manifest.synthetic)
        if marked:
            kind = catalogue.BALANCED_BY_BETRAYED
            if manifest.name == "paper":
                kind = catalogue.POOL_BALANCED_BY_BETRAYED
            yield kind.at(
                _file(manifest),
                found=f"{marked:,} of the {len(manifest.synthetic):,} that it trains on",
                done="placed all the same, and marked in data/shortcuts/betrayed.csv",
            )
    if betrayed:
        counts = pd.Series([*betrayed.values()]).value_counts()
        by = ", ".join(f"{number:,} by {what.replace('|', ' and ')}"
                       for what, number in sorted(counts.items()))  # fmt: skip
        yield catalogue.SYNTHETIC_BETRAYED.at(
            "features.csv",
            found=f"{len(betrayed):,} synthetic images: {by}",
            done="marked in data/shortcuts/betrayed.csv",
        )


def not_run(measured: Sequence[MeasuredManifest]) -> list[NotRun]:
    """Say of which manifests nothing can be said."""
    return [
        catalogue.SHORTCUTS.not_run(
            f"{manifest.name}: no photographs to learn from, or to judge by"
        )
        for manifest in measured
        if not any(s.images for s in manifest.shortcuts if s.task == GRADING)
    ]


def key_figures(
    dataset: str,
    measured: Sequence[MeasuredManifest],
    betrayed: Mapping[str, str],
    counts: Mapping[str, int],
) -> dict[str, Any]:
    """Give the figures that ``dvc metrics diff`` compares."""
    grading: dict[str, Any] = {}
    for manifest in measured:
        graded = [s for s in manifest.shortcuts if s.task == GRADING]
        told = [s for s in manifest.shortcuts if s.task == TELLING and s.feature == TOGETHER]
        grading[manifest.name] = {
            "together": next(
                (_rounded(s.value.value) for s in graded if s.feature == TOGETHER), None
            ),
            "above_chance": sum(s.exceeds_chance for s in graded if s.feature != TOGETHER),
            "synthetic_told_apart": {str(s.grade): _rounded(s.value.value) for s in told},
        }
    return {
        "dataset": dataset,
        "shortcuts": grading,
        "betrayed": len(betrayed),
        "findings": dict(counts),
    }


def _file(manifest: MeasuredManifest) -> str:
    return manifest.name if manifest.name.endswith(".csv") else f"{manifest.name}.csv"


def _figure(shortcut: Shortcut) -> str:
    return f"{shortcut.feature} {_interval(shortcut)}"


def _interval(shortcut: Shortcut) -> str:
    value = shortcut.value
    return f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f})"


def _best(over: list[Shortcut], grade: int | None) -> str:
    single = [s for s in over if s.grade == grade and s.task == TELLING and s.feature != TOGETHER]
    best = max(single, key=lambda s: s.value.value or 0, default=None)
    return "no single one" if best is None else f"{best.feature} alone {best.value.value:.3f}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
