"""What is told of the cohort: the table of torn persons, agreement, findings and metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from acne04.cohort import catalogue
from acne04.core.findings import Finding, NotRun
from acne04.core.grades import GRADES
from acne04.inference.agreement import agreement_of
from acne04.inference.intervals import CONFIDENCE, Estimate
from acne04.inference.sensitivity import DRAWS, sensitivity

#: Shares of missing images of two grades that differ by more than so many points are told.
_POINTS = 10
#: The share of torn persons that a finding tells, in percent.
_TOLD_SHARE = 10
_FIGURES = ("agreement", "kappa", "quadratic_kappa", "ceiling")
Rows = list[dict[str, Any]]


def sensitivity_table(manifests: Mapping[str, pd.DataFrame], people: pd.DataFrame) -> Rows:
    """Give the rows of table ``sensitivity``, without the column dataset.

    Parameters
    ----------
    manifests : mapping of str to pandas.DataFrame
        Variant to its table ``splits``; ``paper`` has no parts, and no row.
    people : pandas.DataFrame
        As of `acne04.cohort.people.with_units`.
    """
    people = people[["image_id", "person", "unit"]]
    rows = []
    for variant, manifest in manifests.items():
        if variant != "paper":
            for told in sensitivity(variant, manifest, people, manifests.get("published")):
                rows.append({"variant": variant, **asdict(told), "draws": DRAWS})
    return rows


def agreement_document(dataset: str, pairs: pd.DataFrame) -> dict[str, Any]:
    """Give ``agreement.json``: figures of all copies, and of each kind; `pairs` with a person."""
    kinds = {"all": pairs, **{str(kind): some for kind, some in pairs.groupby("kind")}}
    return {
        "dataset": dataset,
        "confidence": CONFIDENCE,
        "kinds": {kind: _agreement(some) for kind, some in kinds.items() if len(some)},
    }


def _agreement(pairs: pd.DataFrame) -> dict[str, Any]:
    made = agreement_of(pairs)
    return {
        "pairs": made.pairs,
        "persons": made.persons,
        **{name: _rounded(getattr(made, name)) for name in _FIGURES},
    }


def _rounded(estimate: Estimate) -> dict[str, float | None]:
    told = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: None if one is None else round(one, 6) for name, one in told.items()}


def findings_of(
    images: pd.DataFrame, made: Mapping[str, Rows], agreement: Mapping[str, Any]
) -> Iterator[Finding]:
    """Say what a reviewer would ask.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.cohort.people.join_cohort`.
    made : mapping of str to list of dict
        The rows of the tables.
    agreement : mapping
        As of `agreement_document`.
    """
    for item, counts in _missing(made["missingness"]).items():
        shares = [100 * missing / of for missing, of in counts.values() if of]
        if shares and max(shares) - min(shares) > _POINTS:
            yield catalogue.MISSING_BY_GRADE.at(
                "missingness.csv",
                item,
                expected=f"a share that differs by at most {_POINTS} points between grades",
                found=_by_grade(counts),
                done="counted",
            )
    persons = _missing(made["missingness"])["person"]
    if any(missing for missing, _ in persons.values()):
        yield catalogue.PERSONS_UNKNOWN.at(
            "missingness.csv",
            "person",
            expected="a person for each photograph",
            found=f"unknown: {_by_grade(persons)}",
            done="each is a person of its own, unless it is tied to another image",
        )
    links = made["person_links"]
    if links:
        kinds = pd.Series([link["kind"] for link in links]).value_counts().sort_index()
        told = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        pairs = {tuple(sorted((link["subject_a"], link["subject_b"]))) for link in links}
        yield catalogue.LINKS_ACROSS_PERSONS.at(
            "person_links.csv",
            expected="no tie between photographs of two persons",
            found=f"{len(links)} ({told}) between {len(pairs)} pairs of persons",
            done="listed; images that share bytes, a photograph or a moment are in one group",
        )
    for row in made["sensitivity"]:
        if row["share"] == _TOLD_SHARE and row["most"] and row["variant"] in ("holdout", "kfold"):
            yield catalogue.PERSONS_MAY_BE_TORN.at(
                "sensitivity.csv",
                row["variant"],
                expected="no test image of a person who is trained on",
                found=f"{row['least']} to {row['most']} of {row['test_images']} (median "
                f"{row['median']:g}) if {row['share']} % of {row['of']} persons with several "
                "photographs were two persons in the table",
                done="simulated",
            )
    if "all" in agreement["kinds"]:
        of = agreement["kinds"]["all"]
        yield catalogue.GRADED_TWICE.at(
            "agreement.json",
            expected="one grade for one photograph",
            found=f"agreement {_told(of['agreement'])}, kappa {_told(of['kappa'])}, ceiling "
            f"{_told(of['ceiling'])}: {of['pairs']} pairs of {of['persons']} persons",
            done="counted",
        )


def not_run(pairs: pd.DataFrame) -> Iterator[NotRun]:
    """Say what could not be judged."""
    if pairs.empty:
        yield catalogue.GRADED_TWICE.not_run("no photograph is there twice with two grades")


def metrics(
    dataset: str,
    images: pd.DataFrame,
    made: Mapping[str, Rows],
    agreement: Mapping[str, Any],
    counts: Mapping[str, int],
) -> dict[str, Any]:
    """Gather the figures of the stage."""
    real = images[images["origin"] == "real"]
    return {
        "dataset": dataset,
        "photographs": len(real),
        "persons": int(real["person"].nunique()),
        "persons_unknown": int((real["subject"] == "").sum()),
        "links_across_persons": len(made["person_links"]),
        "graded_twice": agreement["kinds"].get("all", {}).get("pairs", 0),
        "findings": dict(counts),
    }


def _missing(rows: Rows) -> dict[str, dict[str, tuple[int, int]]]:
    """Give of each item, by grade, how many images lack it, of how many."""
    grades = {str(grade) for grade in GRADES}
    told: dict[str, dict[str, tuple[int, int]]] = {}
    for row in rows:
        if row["grade"] in grades:
            told.setdefault(row["item"], {})[row["grade"]] = row["missing"], row["images"]
    return told


def _by_grade(counts: Mapping[str, tuple[int, int]]) -> str:
    return ", ".join(
        f"{missing} of {of} of grade {grade} ({100 * missing / of if of else 0:.1f} %)"
        for grade, (missing, of) in counts.items()
    )


def _told(estimate: Mapping[str, float | None]) -> str:
    value, low, high = (estimate[name] for name in ("value", "low", "high"))
    if value is None:
        return "unknown"
    return f"{value:.2f}" if low is None else f"{value:.2f} [{low:.2f}, {high:.2f}]"
