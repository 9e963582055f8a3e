"""The check that trusts no record: make everything again, and compare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.own_process import clone_of_head, run_module
from acne04.core.dvc import differences
from acne04.core.hashing import files_below
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch
from acne04.provenance import git


def _rebuild(checkout: AuditedCheckout) -> Evidence:
    commit = git.commit_of("HEAD")
    with clone_of_head("acne04-rebuild-") as place:
        done = run_module(place, "snakemake", "--cores", "all")
        if done.returncode != 0:
            lines = (done.stdout + done.stderr).strip().splitlines()
            raise Impossible(f"the rebuild of {commit[:12]} failed: {' / '.join(lines[-3:])}")
        made = (place / "dvc.lock").read_text(encoding="utf-8")
        ours = Path("dvc.lock").read_text(encoding="utf-8")
        problems = tuple(_compared(place, ours, made))
        number = len(files_below(place / "data"))
    return Evidence(f"{number:,} files of a run from nothing, of commit {commit[:12]}", problems)


def _compared(place: Path, before: str, after: str) -> Iterator[Mismatch]:
    """Name the stages that differ, by their records and then by their bytes."""
    for line in differences(before, after):
        yield Mismatch("dvc.lock", "what a run from nothing records", line)
    for stage, entry in (yaml.load(after, yaml.CSafeLoader).get("stages") or {}).items():
        for out in entry.get("outs", []):
            name = out["path"]
            ours, theirs = (_files(folder / name) for folder in (Path(), place))
            for path in sorted({*ours, *theirs}):
                if ours.get(path) != theirs.get(path):
                    found = "other bytes" if path in ours and path in theirs else "one has no file"
                    yield Mismatch(f"{name}{path}", f"what a run of stage {stage} makes", found)


def _files(path: Path) -> dict[str, bytes]:
    """Give the content of a file, or of all files of a folder by their place in it."""
    if path.is_file():
        return {"": path.read_bytes()}
    return {f"/{name}": (path / name).read_bytes() for name in files_below(path)}


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "rebuild",
        "Somebody altered an artifact and every record of it: a run from the pinned sources "
        "gives other bytes. (It trusts the code and the pins of the commit.)",
        True,
        "rebuild",
        "compare both; restore the commit and the artifacts that a run makes",
        _rebuild,
    ),
)
