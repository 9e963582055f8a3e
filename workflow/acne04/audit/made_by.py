"""Checks of what a run is made by: a commit, its code, parameters, environment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.imports import imported_files
from acne04.core import parameters
from acne04.core.checkout import code_files
from acne04.core.hashing import digest_file
from acne04.inspection.checks import Check, Evidence, Mismatch
from acne04.provenance import git, working_tree
from acne04.record.environment import unlike_lock


def _clean_tree(checkout: AuditedCheckout) -> Evidence:
    commit = git.commit_of("HEAD")
    files = git.tree(commit)
    problems = tuple(
        Mismatch(path, expected, found)
        for path, expected, found in working_tree.differences(commit, files)
    )
    return Evidence(f"{len(files)} files of commit {commit[:12]}, each hashed", problems)


def _declared(checkout: AuditedCheckout) -> Evidence:
    problems, number = [], 0
    for name, entry in checkout.declared.items():
        deps = entry.get("do", entry).get("deps", [])
        listed = {file for path in deps for file in (path, *code_files(path))}
        # Of the parameters a rule states every one, so that their schema can only refuse.
        used = set(imported_files(name)) - {f"schemas/{parameters.SCHEMA}"}
        number += len(used)
        problems += [
            Mismatch(path, f"in the dependencies of stage {name}", "imported, but not listed")
            for path in sorted(used - listed)
        ]
    return Evidence(
        f"{len(checkout.declared)} stages, {number} modules and schemas that they import",
        tuple(problems),
    )


def _recorded(checkout: AuditedCheckout) -> Evidence:
    ledger = checkout.ledger
    code = {path for stage in ledger.stages for path in stage.code} | {ledger.environment.lock}
    problems = []
    for path in sorted(code):
        expected = ledger.files[path]
        if not Path(path).is_file():
            problems.append(Mismatch(path, f"sha256 {expected.sha256}", "no such file"))
        elif (found := digest_file(Path(path))).sha256 != expected.sha256:
            problems.append(Mismatch(path, f"sha256 {expected.sha256}", f"sha256 {found.sha256}"))
    return Evidence(f"{len(code)} files of code against the ledger", tuple(problems))


def _parameters(checkout: AuditedCheckout) -> Evidence:
    recorded, written = (dict(_leaves(c.parameters)) for c in (checkout.ledger, checkout))
    problems = tuple(
        Mismatch("params.yaml", f"{pointer}: {_told(recorded, pointer)}, as the run had it",
                _told(written, pointer), pointer=pointer)
        for pointer in sorted(recorded.keys() | written.keys())
        if recorded.get(pointer) != written.get(pointer)
    )  # fmt: skip
    return Evidence(f"{len(recorded)} parameters", problems)


def _environment(checkout: AuditedCheckout) -> Evidence:
    environment = checkout.ledger.environment
    lock = Path(environment.lock)
    problems = tuple(
        Mismatch(environment.lock, "the packages that the run had", line)
        for line in unlike_lock(environment, lock)
    )
    return Evidence(f"{len(environment.packages)} packages against {lock}", problems)


def _leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Give every value inside mappings with its JSON Pointer; spelled, since 1 is not true."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{pointer}/{name}")
    else:
        yield pointer, json.dumps(value)


def _told(values: dict[str, str], pointer: str) -> str:
    return values.get(pointer, "not there")


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "clean-tree",
        "Code, parameters or decisions that are in no commit cannot be found again by a reviewer. "
        "Every file is hashed and its listing held against the commit's name, so no setting, mark, "
        "link or ignore file hides code; which commit it should be, only a release tells "
        "(release-commit).",
        True,
        "quick",
        "commit the change (or `git checkout` it), and run the workflow again",
        _clean_tree,
    ),
    Check(
        "code-declared",
        "A module that a stage imports without naming it could change, and nothing would run anew.",
        True,
        "quick",
        "`make dvc.yaml`, run the workflow, commit",
        _declared,
    ),
    Check(
        "code-recorded",
        "The artifacts may have been made by other code than lies in the checkout.",
        True,
        "quick",
        "run `snakemake --cores all`, and commit what it recorded",
        _recorded,
    ),
    Check(
        "parameters-recorded",
        "The artifacts may have been made with other parameters than params.yaml says.",
        True,
        "quick",
        "change params.yaml back, or run `snakemake --cores all` without overrides",
        _parameters,
    ),
    Check(
        "environment-recorded",
        "The artifacts may have been made with other versions of Pillow, numpy or the solver than "
        "the lock has, which can move their bytes.",
        True,
        "quick",
        "`make setup`, run `snakemake --cores all`, and commit what it recorded",
        _environment,
    ),
)
