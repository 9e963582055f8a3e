"""The check of who checks: whether a checkout brings other checks than those that it is held to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.core.files import read_bytes
from acne04.core.hashing import files_below
from acne04.inspection.checks import Check, Evidence, Mismatch, NotAsked

#: Where the code that runs now lies.
_HERE = Path(__file__).resolve().parents[3]
#: What decides about an audit: its code, what that is described by, what calls it.
_DECIDING = (
    "workflow/acne04",
    "schemas",
    "snakemake_dvc",
    ".github",
    ".gitlab-ci.yml",
    "Makefile",
    "docs/ci.md",
    "pyproject.toml",
    "requirements.lock",
    ".dvc/config",
    ".dvcignore",
    ".gitignore",
)


def _own_checks(checkout: AuditedCheckout) -> Evidence:
    if not (_HERE / "dvc.yaml").is_file():
        raise NotAsked("the auditor is an installed package, and no checkout to compare with")
    if Path.cwd().resolve() == _HERE:
        raise NotAsked("the checkout audits itself: who may change it may change its checks")
    ours, theirs = (_contents(place) for place in (_HERE, Path()))
    problems = tuple(
        Mismatch(path, "as the auditor has it", _told(path in ours, path in theirs))
        for path in sorted({*ours, *theirs})
        if ours.get(path) != theirs.get(path)
    )
    return Evidence(f"{len(ours)} files that an audit is made by", problems)


def _contents(root: Path) -> dict[str, bytes]:
    return dict(_files(root))


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    for place in _DECIDING:
        names = files_below(root / place) if (root / place).is_dir() else [""]
        for path in (f"{place}/{name}" if name else place for name in names):
            # Compiled code is another on each machine.
            if "__pycache__" not in path and (root / path).is_file():
                yield path, read_bytes(root / path)


def _told(is_ours: bool, is_theirs: bool) -> str:
    if is_ours and is_theirs:
        return "changed"
    return "new" if is_theirs else "gone"


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "auditor-unchanged",
        "A change that alters the checks, or what calls them, is held to the old ones here, and to "
        "its own from when it is merged: a person has to read those files.",
        False,
        "quick",
        "read the files that are named before the change is merged (docs/ci.md)",
        _own_checks,
    ),
)
