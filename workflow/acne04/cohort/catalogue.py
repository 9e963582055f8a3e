"""Catalogue of the findings of ``cohort``, and of what it may have to leave out."""

from __future__ import annotations

from acne04.core.findings import FindingKind

MISSING_BY_GRADE = FindingKind(
    "missing-by-grade",
    "warning",
    meaning="What is missing hangs on the grade: whoever restricts the dataset to images that have "
    "it selects by grade, and a model may grade by what is missing.",
    remedy="say so where results are on the restricted images; data/cohort/missingness.csv has all",
)
PERSONS_UNKNOWN = FindingKind(
    "persons-unknown",
    "warning",
    meaning="Nobody knows whom these photographs show. Each counts as a person of its own, so they "
    "may be on two sides of a split together with their person.",
    remedy="say for how many images the identity is unknown, and give figures without them, too",
)
LINKS_ACROSS_PERSONS = FindingKind(
    "links-across-persons",
    "warning",
    meaning="Copies, retakes or coinciding circles tie photographs that the subject table gives to "
    "two persons: evidence that the table tears persons apart, elsewhere, too.",
    remedy="see data/cohort/person_links.csv, and data/cohort/sensitivity.csv for what it may do",
)
PERSONS_MAY_BE_TORN = FindingKind(
    "persons-may-be-torn",
    "info",
    meaning="Persons are inferred from pictures. If the table knew some persons under two names, "
    "so many test images would show a person who is trained on.",
    remedy="report it beside the results; data/cohort/sensitivity.csv has all variants and shares",
)
GRADED_TWICE = FindingKind(
    "graded-twice",
    "info",
    meaning="Photographs that are there twice were graded twice. Where the grades differ one is "
    "wrong: no model can be expected to score above the ceiling that follows.",
    remedy="report agreement, kappa and their intervals; data/cohort/agreement.csv has the pairs",
)
