"""Name the checks that could not be made, and why."""

from __future__ import annotations

from collections.abc import Mapping

from acne04.core.findings import NotRun
from acne04.scan.tree import ACNEDIT, CLASSIFICATION, DETECTION, Tree

_NEED_LABELS = (
    "count-boxes-mismatch",
    "fold-incomplete",
    "fold-not-partition",
    "fold-overlap",
    "grade-outside-band",
    "image-missing",
    "label-conflict",
    "label-missing",
    "prefix-grade-mismatch",
)
_NEED = {
    CLASSIFICATION: ("boxes-unreferenced", "name-overlap", *_NEED_LABELS),
    DETECTION: ("boxes-missing", "boxes-unreferenced", "box-outside-image", "count-boxes-mismatch"),
    ACNEDIT: ("folder-unexpected", "name-overlap"),
}
_NEED_PROMISES = ("broken-promise", "extension-unexpected", "folder-unexpected")


def checks_not_run(trees: Mapping[str, Tree], promised: bool) -> list[NotRun]:
    """List the checks that lack what they need.

    Parameters
    ----------
    trees : mapping
        The sources that were given, by name.
    promised : bool
        Is it known what the sources promise?
    """
    gaps: dict[str, str] = {}
    for source, checks in _NEED.items():
        if source not in trees:
            gaps |= dict.fromkeys(checks, f"no {source} folder was given (--{source})")
    if CLASSIFICATION in trees and not trees[CLASSIFICATION].labels:
        reason = "no label file (NNEW_trainval_<k>.txt, NNEW_test_<k>.txt) was found"
        gaps |= dict.fromkeys(_NEED_LABELS, reason)
    if not promised:
        gaps |= dict.fromkeys(_NEED_PROMISES, "no facts about the sources were given (--sources)")
    return [NotRun(check, reason) for check, reason in sorted(gaps.items())]
