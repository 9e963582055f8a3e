"""The examination of an annotation file with every check that can be run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acne04.core.findings import Finding, NotRun
from acne04.relations.decisions import Decision, unapplied
from acne04.validate import catalogue
from acne04.validate.circle_decisions import decision_findings
from acne04.validate.echoes import echo_problems, find_echoes
from acne04.validate.json_file import Parsed, parse
from acne04.validate.problems import (
    ARRAYS,
    NOTHING,
    QUARANTINED,
    REPORTED,
    Place,
    PlacedProblem,
    QuarantinedRecord,
    Steps,
    findings_of,
    quarantine_of,
)
from acne04.validate.resizing import (
    KIND,
    delivery_finding,
    image_findings,
    resizing_findings,
)
from acne04.validate.soundness import AnnotationVerdict, judge
from acne04.validate.structure import structure_problems

#: Key of the annotation file's entry in sources.yaml, and its folder in data/raw.
SOURCE = "v2"
_NEED_INVENTORY = (
    catalogue.ANNOTATED_IMAGE_MISSING,
    catalogue.IMAGE_SIZE,
    catalogue.PHOTOGRAPHS_RESIZED,
)
_NO_INVENTORY = "no inventory of the images is given (--inventory)"
_NO_PROMISES = "no source entry is given (--sources, --dataset)"
_NO_JSON = "the file cannot be read as JSON"
_NO_ARRAYS = "the arrays images and annotations are not there"


@dataclass(frozen=True)
class Examination:
    """What is known about a file.

    Attributes
    ----------
    sha256 : str
        Digest of its bytes.
    findings, not_run, quarantine : list
        What was found, what was not looked at, and what is left out of the tables.
    listed : list of Finding
        What a finding stands for that is one for all the images of the delivery.
    verdict : AnnotationVerdict or None
        None where no table can be made of it.
    echoes : pandas.DataFrame or None
        As `echoes.find_echoes` gives them; None without a verdict.
    """

    sha256: str
    findings: list[Finding]
    not_run: list[NotRun]
    quarantine: list[QuarantinedRecord]
    verdict: AnnotationVerdict | None
    echoes: pd.DataFrame | None
    listed: Sequence[Finding] = ()


def examine(
    data: bytes,
    name: str,
    *,
    tables_wanted: bool,
    inventory: pd.DataFrame | None = None,
    promises: Mapping[str, Any] | None = None,
    decisions: Sequence[Decision] = (),
    decisions_file: str = "",
) -> Examination:
    """Run every check that can be run.

    Parameters
    ----------
    data : bytes
        The file, whatever it holds.
    name : str
        What findings call the file.
    tables_wanted : bool
        Whether tables will be written: findings then say that a bad record is quarantined.
    inventory : pandas.DataFrame, optional
        Table ``inventory``; without it nothing is compared with the images.
    promises : mapping, optional
        Promised number of ``images`` and ``annotations``; without it none is checked.
    decisions : sequence of Decision
        Decisions of the kinds circles and resized; those on other bytes are reported, not applied.
    decisions_file : str
        What findings call the file of the decisions.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    own = [decision for decision in decisions if decision.holds({sha256})]
    strays = unapplied(decisions, {place_of(name): {sha256}}, decisions_file)
    not_run: list[NotRun] = []
    if inventory is None:
        not_run += [kind.not_run(_NO_INVENTORY) for kind in _NEED_INVENTORY]
    if promises is None:
        not_run += [catalogue.FILE_BREAKS_PROMISE.not_run(_NO_PROMISES)]
    parsed = parse(data)
    if isinstance(parsed, PlacedProblem):
        not_run += [group.not_run(_NO_JSON) for group in (catalogue.SCHEMA, catalogue.MEANING)]
        findings = findings_of([parsed], {}, name, NOTHING)
        return Examination(sha256, findings + strays, not_run, [], None, None)
    form = _form(parsed)
    if not _has_arrays(parsed.document, form):
        not_run += [catalogue.MEANING.not_run(_NO_ARRAYS)]
        findings = findings_of(form, _places(form, parsed), name, NOTHING)
        return Examination(sha256, findings + strays, not_run, [], None, None)
    verdict = judge(parsed.document, form, inventory, promises, own)
    images, circles = (table[~table["bad"]] for table in (verdict.images, verdict.circles))
    echoes = find_echoes(images, circles)
    problems = [*verdict.problems, *echo_problems(echoes, images)]
    places = _places(problems, parsed)
    done = QUARANTINED if tables_wanted else REPORTED
    findings = findings_of(problems, places, name, done)
    findings += decision_findings(verdict.answers, verdict.circles, name, decisions_file)
    on_sizes = [given for given in own if given.kind == KIND]
    if inventory is not None:
        findings += resizing_findings(verdict.resizing, on_sizes, name, decisions_file)
    told, listed = _on_delivery(verdict, parsed, name, done.record)
    quarantine = quarantine_of(problems, places)
    findings += told + strays
    return Examination(sha256, findings, not_run, quarantine, verdict, echoes, listed)


def place_of(name: str) -> str:
    """Give the path below data/raw at which decisions and questions know the file."""
    return f"{SOURCE}/{name}"


def _on_delivery(
    verdict: AnnotationVerdict, parsed: Parsed, name: str, done: str
) -> tuple[list[Finding], list[Finding]]:
    """Give the one finding that photographs were resized, and the list of them."""
    resizing = verdict.resizing
    if resizing is None or verdict.is_scaled:
        return [], []
    places = parsed.text.locate(
        {("images",), *(("images", image.position) for image in resizing.images)}
    )
    lines = {image.position: places["images", image.position].line for image in resizing.images}
    told = delivery_finding(resizing, name, places["images",].line, done)
    return [told], list(image_findings(resizing, name, lines, done))


def _form(parsed: Parsed) -> list[PlacedProblem]:
    # NaN is of no type that the schema knows: reported as what it is, and not again.
    numbers = {
        problem.steps for problem in parsed.problems if problem.kind == catalogue.NOT_A_NUMBER
    }
    breaches = structure_problems(parsed.document)
    return parsed.problems + [breach for breach in breaches if breach.steps not in numbers]


def _places(problems: Iterable[PlacedProblem], parsed: Parsed) -> dict[Steps, Place]:
    """Find where in the text the places of all problems are."""
    return parsed.text.locate({problem.steps for problem in problems})


def _has_arrays(document: Any, form: list[PlacedProblem]) -> bool:
    # Of an array given twice nobody can say which one is meant.
    twice = {problem.steps for problem in form if problem.kind == catalogue.DUPLICATE_KEY}
    return isinstance(document, dict) and all(
        isinstance(document.get(kind), list) and (kind,) not in twice for kind in ARRAYS
    )
