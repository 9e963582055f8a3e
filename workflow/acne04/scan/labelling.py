"""Read the label files of a source: the lines, and the one label of each image."""

from __future__ import annotations

from dataclasses import dataclass

from acne04.core.findings import Finding
from acne04.scan.agreement import Label, agree, without_repeats
from acne04.scan.labels import LabelLine, parse_label_file
from acne04.scan.tree import CLASSIFICATION, Tree, label_file_key


@dataclass(frozen=True)
class Labelling:
    """What the label files say.

    Attributes
    ----------
    lines : list of LabelLine
        Sound lines by fold and part, in the order of their files; no name twice in a part.
    labels : dict of str to Label
        By file name.
    findings : list of Finding
        Lines and files that are not as they should be.
    """

    lines: list[LabelLine]
    labels: dict[str, Label]
    findings: list[Finding]


def read_labels(tree: Tree, texts: dict[str, bytes]) -> Labelling:
    """Parse the label files of a source, given by the bytes of each path."""
    lines: list[LabelLine] = []
    findings: list[Finding] = []
    first_file: dict[tuple[int, str], str] = {}
    for path in sorted(tree.labels, key=lambda path: (label_file_key(path), path)):
        file = f"{CLASSIFICATION}/{path}"
        first = first_file.setdefault(label_file_key(path), file)
        if first != file:
            findings.append(_repeated(file, first))
        elif file in texts:
            parsed, problems = parse_label_file(file, texts[file])
            lines += parsed
            findings += problems
    labels, conflicts = agree(lines)
    kept, repeats = without_repeats(lines)
    return Labelling(kept, labels, findings + conflicts + repeats)


def _repeated(file: str, first: str) -> Finding:
    return Finding(
        check="label-file-repeated",
        severity="warning",
        file=file,
        pointer="",
        line=None,
        expected="one label file for a part of a fold",
        found=f"a second one; the first is {first}",
        done="file left out",
        remedy="remove the one that is not the upstream's",
    )
