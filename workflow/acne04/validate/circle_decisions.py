"""What people decided on circles, applied to exactly the ids they name, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from acne04.core.findings import Finding
from acne04.relations.catalogue import DECISION_IMPOSSIBLE
from acne04.relations.decisions import Decision, applied, id_ranges

NUMBERS = ["x", "y", "radius"]
#: Reasons why a decision is impossible that are told; of more the number is.
TOLD = 3


@dataclass(frozen=True)
class CircleAnswer:
    """A decision on these bytes, and what it comes to.

    Attributes
    ----------
    decision : Decision
        The decision.
    positions : numpy.ndarray of int
        Positions in the array of the annotations that it names.
    refusals : list of str
        Why it cannot be applied; empty where it can.
    """

    decision: Decision
    positions: np.ndarray
    refusals: list[str]

    @property
    def divisor(self) -> int:
        """Number to divide by; 0 where the circles are only to stay left out."""
        verb, _, number = self.decision.decision.partition(" ")
        return int(number) if verb == "divide" and not self.refusals else 0


def answer(decision: Decision, circles: pd.DataFrame, unusable: np.ndarray) -> CircleAnswer:
    """See what a decision comes to.

    Parameters
    ----------
    decision : Decision
        A decision of kind circles, on these bytes.
    circles : pandas.DataFrame
        Columns id, x, y, radius, bad; row = position in the array.
    unusable : numpy.ndarray of bool
        Circles whose record breaks the schema: nobody can say what to divide.
    """
    refusals: list[str] = []
    named = np.zeros(len(circles), dtype=bool)
    for first, last in id_ranges(decision.target):
        within = ((circles["id"] >= first) & (circles["id"] <= last)).to_numpy()
        refusals += _without_record(circles.loc[within, "id"], first, last)
        named |= within
    chosen = circles[named]
    for identity in np.unique(chosen.loc[chosen["id"].duplicated(), "id"]):
        refusals.append(f"id {identity:.0f} is that of several annotations")
    for identity in chosen.loc[~chosen["bad"], "id"]:
        refusals.append(f"annotation {identity:.0f} is in order as it is")
    if decision.decision.startswith("divide"):
        for identity in chosen.loc[unusable[named], "id"]:
            refusals.append(f"annotation {identity:.0f} breaks the schema: nothing to divide")
    return CircleAnswer(decision, np.flatnonzero(named), refusals)


def decided_circles(circles: pd.DataFrame, answers: Sequence[CircleAnswer]) -> pd.DataFrame:
    """Give the circles as decided.

    Returns
    -------
    pandas.DataFrame
        `circles` with repaired x, y and radius, and in addition the columns decided (bool:
        somebody has answered) and repaired (the decision by which the numbers are not those of
        the file; empty elsewhere).
    """
    made = circles.assign(decided=False, repaired="")
    for given in answers:
        if given.refusals:
            continue
        made.loc[given.positions, "decided"] = True
        if given.divisor:
            made.loc[given.positions, NUMBERS] = _divided(
                made.loc[given.positions, NUMBERS], given.divisor
            )
            made.loc[given.positions, "repaired"] = given.decision.decision
    return made


def decision_findings(
    answers: Sequence[CircleAnswer], circles: pd.DataFrame, name: str, file: str
) -> Iterator[Finding]:
    """Report each decision on these bytes: applied, or impossible.

    Parameters
    ----------
    answers : sequence of CircleAnswer
        What the decisions come to.
    circles : pandas.DataFrame
        Circles as decided and judged: column bad.
    name, file : str
        What findings call the annotation file and the decisions file.
    """
    for given in answers:
        if given.refusals:
            yield _impossible(given, name, file)
            continue
        count = len(given.positions)
        found = f"{count} broken circle{'s' if count > 1 else ''} of {name}"
        sound = int((~circles.loc[given.positions, "bad"]).sum())
        done = "applied: left out of the tables, as decided; no question is left"
        if given.divisor:
            done = f"applied: {sound} of {count} are in order now"
            done += "" if sound == count else "; the others stay in quarantine"
        yield applied(given.decision, file, f"{found} ({given.decision.target})", done)


def _without_record(ids: pd.Series, first: int, last: int) -> Iterator[str]:
    present = np.unique(ids)
    missing = last - first + 1 - len(present)
    if missing:
        gaps = np.flatnonzero(present != first + np.arange(len(present)))
        at = first + (int(gaps[0]) if len(gaps) else len(present))
        yield f"no annotation has the id {at}" + (
            f", nor {missing - 1} more" if missing > 1 else ""
        )


def _divided(numbers: pd.DataFrame, divisor: int) -> pd.DataFrame:
    """Divide whole numbers, and round to the nearest whole one, halves up.

    >>> _divided(pd.DataFrame({"x": [98018.0, 30050.0, 149.0]}), 100)["x"].tolist()
    [980, 301, 1]
    """
    return (2 * numbers.astype("int64") + divisor) // (2 * divisor)


def _impossible(given: CircleAnswer, name: str, file: str) -> Finding:
    decision, refusals = given.decision, given.refusals
    more = f"; and {len(refusals) - TOLD} more" if len(refusals) > TOLD else ""
    return DECISION_IMPOSSIBLE.at(
        file,
        line=decision.line,
        expected=f"broken circles of {name} that it can be applied to "
        f"({decision.target}: {decision.decision})",
        found="; ".join(refusals[:TOLD]) + more,
        done="not applied, to none of its circles: the safe default holds",
    )
