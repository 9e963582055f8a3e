"""The check that an artifact lies where it is recorded, and is no link to a place elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch


def _own_files(checkout: AuditedCheckout) -> Evidence:
    outs = [out["path"] for entry in checkout.locked.values() for out in entry.get("outs", [])]
    present = [path for path in outs if os.path.lexists(path)]
    if not present:
        raise Impossible("none of the artifacts that dvc.lock records lies here")
    links = [link for path in present for link in _links(path)]
    # Asked only then: DVC takes two seconds to load.
    cache = checkout.cache_folder.resolve() if links else Path()
    problems = tuple(
        Mismatch(link, "a file of its own, or DVC's link into its cache", _told(link))
        for link in sorted(links)
        if cache not in Path(link).resolve().parents
    )
    return Evidence(f"{len(present)} artifacts, and what lies in them", problems)


def _links(path: str) -> Iterator[str]:
    """Yield an artifact that is a link, or the links inside a folder of them."""
    if os.path.islink(path):  # noqa: PTH114 - thousands of paths
        yield path
        return
    for parent, folders, names in os.walk(path):
        for name in (*folders, *names):
            if os.path.islink(f"{parent}/{name}"):  # noqa: PTH114
                yield f"{parent}/{name}"


def _told(link: str) -> str:
    return f"a link to {os.readlink(link)}"  # noqa: PTH115 - as it stands there


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "artifacts-here",
        "An artifact that is a link to a place of somebody else's changes when they change it. (A "
        "link in place of the folder data, or of the cache, to a bigger disk is none.)",
        True,
        "quick",
        "put the file itself in place of the link: remove the link, then `dvc checkout`",
        _own_files,
    ),
)
