"""Checks of a release's documents by the validators of their standards."""

from __future__ import annotations

from pathlib import Path

from acne04.audit.checkout import Checkout
from acne04.inspection.check import Check, Evidence, NotRun, Problem
from acne04.standards.validators import crate_problems, croissant_problems


def release_of(checkout: Checkout) -> Path:
    """Give the release to compare with.

    Raises
    ------
    NotRun
        If none is given.
    """
    if checkout.release is None:
        raise NotRun("no --release to compare with")
    return checkout.release


def shown(release: Path) -> str:
    """Name of a release in reports: below the checkout, or its folder's name alone."""
    here = Path.cwd()
    return release.relative_to(here).as_posix() if here in release.parents else release.name


def _croissant(checkout: Checkout) -> Evidence:
    release = release_of(checkout)
    return Evidence("croissant.json, by mlcroissant; its warnings count, and its hashes",
                    _placed(release, croissant_problems(release)))  # fmt: skip


def _crate(checkout: Checkout) -> Evidence:
    release = release_of(checkout)
    return Evidence("ro-crate-metadata.json, by rocrate-validator; its hashes too",
                    _placed(release, crate_problems(release, checkout.contexts)))  # fmt: skip


def _placed(release: Path, problems: list[Problem]) -> tuple[Problem, ...]:
    start = shown(release)
    return tuple(
        Problem(f"{start}/{p.file}", p.expected, p.found, p.line, p.pointer) for p in problems
    )


CHECKS: tuple[Check[Checkout], ...] = (
    Check(
        "croissant-valid",
        "Loaders that read Croissant refuse the release, or load something else.",
        True,
        "full",
        "make the release anew with `acne04 release`",
        _croissant,
    ),
    Check(
        "crate-valid",
        "Tools that read Run Crates refuse the release's lineage.",
        True,
        "full",
        "make the release anew with `acne04 release`",
        _crate,
    ),
)
