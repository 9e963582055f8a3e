"""The verdict on a manifest: what leaks, for people or as a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from rich import box
from rich.markup import escape
from rich.table import Table

from acne04.core import findings as findings_
from acne04.core.findings import Finding
from acne04.core.printing import say, say_table, shown_in_line
from acne04.leaks import catalogue
from acne04.leaks.known_images import KnownImages
from acne04.leaks.sides import PlacedImages
from acne04.relations.leakage import ALL, ANY

#: Findings of one check that the terminal shows.
_SHOWN = 3


@dataclass(frozen=True)
class LeakVerdict:
    """What was found in one manifest.

    Attributes
    ----------
    known : KnownImages
        What it was judged by.
    placed : PlacedImages
        The manifest.
    table : pandas.DataFrame
        As of `acne04.relations.leakage.leak_table`.
    allowed : float
        Percent of the rows with a part that may be of unknown images, 0 to 100.
    """

    known: KnownImages
    placed: PlacedImages
    table: pd.DataFrame
    allowed: float

    @property
    def leaks(self) -> bool | None:
        """Whether anything leaks; None where nothing was found and too few rows were judged."""
        if (self.table["pairs"] > 0).any():
            return True
        return None if self.unknown > self.allowed else False

    @property
    def unknown(self) -> float:
        """Percent of the rows with a part that were not judged."""
        rows = self.placed.rows
        placed = rows["judged"] + rows["not_judged"]
        return 100 * rows["not_judged"] / placed if placed else 100.0

    @property
    def exit_code(self) -> int:
        """0 nothing leaks, 1 something does, 2 it could not be said."""
        return {False: 0, True: 1, None: 2}[self.leaks]

    @property
    def findings(self) -> list[Finding]:
        """What there is to say about rows, and about parents that nobody knows."""
        return [*self.placed.findings, *self._parents_unknown()]

    def _parents_unknown(self) -> Iterator[Finding]:
        images = self.known.images
        placed = images[images["image_id"].isin(self.placed.sides["image_id"])]
        unsure = placed[placed["parent_status"].isin(["unknown", "review"])]
        if len(unsure):
            yield catalogue.PARENTS_UNKNOWN.at(
                self.placed.name,
                expected="synthetic images whose parent is known",
                found=f"{len(unsure)} of unknown parent, the first {unsure['image_id'].min()}",
                done="judged by their other relations alone",
            )

    def as_document(self) -> dict[str, Any]:
        """Give the document of ``schemas/leaks.schema.json``."""
        table = self.table[self.table["kind"].isin([*self.known.kinds, ANY])]
        said = findings_.as_document(self.known.dataset, "leaks", self.findings, self.known.not_run)
        return {
            "dataset": self.known.dataset,
            "manifest": self.placed.name,
            "read_as": self.placed.read_as,
            "rows": self.placed.rows,
            "leaks": self.leaks,
            "allowed_unknown_percent": self.allowed,
            "table": [_plain(row) for row in table.to_dict("records")],
            **{key: said[key] for key in ("severities", "counts", "not_run", "findings")},
        }


def print_verdict(verdict: LeakVerdict) -> None:
    """Print the leak table, an example of each kind, the findings and the verdict."""
    placed, known = verdict.placed, verdict.known
    counts = placed.rows
    say(f"{placed.name}: {placed.read_as}")
    say(f"judged by {known.source} ({known.dataset}): {', '.join(known.kinds)}")
    say(
        f"{counts['read']:,} rows: {counts['judged']:,} judged, {counts['left_out']:,} left out by "
        f"the manifest, {counts['not_judged']:,} not judged"
    )
    say_table(_leak_table(verdict))
    for line in [*_examples(verdict), *_said(verdict), _conclusion(verdict)]:
        say(line)


def _leak_table(verdict: LeakVerdict) -> Table:
    """Show the kinds that leak between each two parts; one row where none does."""
    rows = verdict.table[verdict.table["grade"] == ALL]
    rows = rows[rows["kind"].isin([*verdict.known.kinds, ANY])]
    with_folds = bool(rows["fold"].notna().any())
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in (["fold"] if with_folds else []) + ["held out", "against", "kind"]:
        table.add_column(name)
    for name in ("images that leak", "pairs"):
        table.add_column(name, justify="right")
    sides = ["fold", "held_out", "against"]
    for (fold, *parts), cells in rows.groupby(sides, dropna=False, sort=False):
        leaking = cells[cells["pairs"] > 0]
        if len(leaking):
            table.add_section()
        for cell in (leaking if len(leaking) else cells.tail(1)).itertuples():
            table.add_row(
                *([str(fold)] if with_folds else []),
                *(escape(shown_in_line(part)) for part in parts),
                cell.kind if cell.pairs else "none",
                f"{cell.images} of {cell.of}",
                str(cell.pairs),
            )
    return table


def _examples(verdict: LeakVerdict) -> Iterator[str]:
    rows = verdict.table[(verdict.table["grade"] == ALL) & (verdict.table["pairs"] > 0)]
    for kind in verdict.known.kinds:
        for row in rows[rows["kind"] == kind].head(1).itertuples():
            fold = "" if pd.isna(row.fold) else f", fold {row.fold}"
            by = "" if row.via == kind else f": {row.via}"
            yield (
                f"{kind}: {row.example_a} ({row.held_out}{fold}) "
                f"and {row.example_b} ({row.against}){by}"
            )


def _said(verdict: LeakVerdict) -> Iterator[str]:
    document = verdict.as_document()
    yield from findings_.summary_lines(document)
    shown: dict[str, int] = {}
    for finding in document["findings"]:
        shown[finding["check"]] = shown.get(finding["check"], 0) + 1
        if shown[finding["check"]] <= _SHOWN:
            line = f"line {finding['line']}: " if finding["line"] else ""
            yield f"  {finding['check']}: {line}{finding['found']}; {finding['done']}"
    if any(count > _SHOWN for count in shown.values()):
        yield "  all of them: --json"
    for gap in document["not_run"]:
        yield f"not run, so not passed: {gap['check']}: {gap['reason']}"


def _conclusion(verdict: LeakVerdict) -> str:
    rows = verdict.placed.rows
    placed = rows["judged"] + rows["not_judged"]
    unjudged = (
        f"{rows['not_judged']:,} of {placed:,} rows were not judged ({verdict.unknown:.1f} %)"
    )
    if verdict.leaks is None:
        return (
            f"NOT SAID: {unjudged}; of the others none leaks. --allow-unknown PERCENT says how "
            "many may be of other images"
        )
    if not verdict.leaks:
        kinds = ", ".join(gap.check for gap in verdict.known.not_run)
        parts = [
            f"nobody looked for {kinds}" if kinds else "",
            unjudged if rows["not_judged"] else "",
        ]
        return "; ".join(
            [
                "nothing leaks, of what was judged" if any(parts) else "nothing leaks",
                *filter(None, parts),
            ]
        )
    table = verdict.table[(verdict.table["grade"] == ALL) & (verdict.table["kind"] == ANY)]
    more = f"; {unjudged}" if rows["not_judged"] else ""
    if table["fold"].isna().all():
        return f"LEAKS: {table['pairs'].sum()} pairs lie on two sides{more}"
    leaking = table.loc[table["pairs"] > 0, "fold"].nunique()
    return f"LEAKS: pairs lie on two sides in {leaking} of {table['fold'].nunique()} folds{more}"


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """Give a row of the leak table with values that JSON has."""
    fold = row["fold"]
    plain = None if pd.isna(fold) else fold if isinstance(fold, str) else int(fold)
    return {**{str(key): value for key, value in row.items()}, "fold": plain}
