"""Read the label files of ACNE04's published folds: ``name.jpg grade count`` a line."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from acne04.core.findings import Finding
from acne04.core.grades import GRADES
from acne04.core.printing import ACTED_ON
from acne04.scan import catalogue
from acne04.scan.source_tree import CLASSIFICATION, SourceTree, label_file_key

_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
#: Separators of paths, and characters that change how the text around them is shown.
_NOT_IN_A_NAME = re.compile(f"[/\\\\\t\n{ACTED_ON}]")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SHAPE = "<name> <grade 0-3> <count>, separated by white space"
#: The usual line, a subset of what is sound: bare names in ASCII, CRLF or LF.
_PLAIN_LINE = re.compile(rb"([\w.-]+)[ \t]+([0-3])[ \t]+(\d{1,9})\r?\n")
_PLAIN_FILE = re.compile(rb"(?:[\w.-]+[ \t]+[0-3][ \t]+\d{1,9}\r?\n)*")


class LabelLine(NamedTuple):
    """One sound line of a label file.

    `fold` is a number from 0, `part` is trainval or test, `line` counts from 1; `file` is
    the label file's path, its source first.
    """

    fold: int
    part: str
    name: str
    grade: int
    lesions: int
    file: str
    line: int


class Label(NamedTuple):
    """Grade 0 to 3 and lesion count of an image; None where its lines disagree."""

    grade: int | None
    lesions: int | None


@dataclass(frozen=True)
class LabelFiles:
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

    lines: list[LabelLine] = field(default_factory=list)
    labels: dict[str, Label] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_labels(tree: SourceTree, texts: dict[str, bytes]) -> LabelFiles:
    """Parse the label files of a source, given by the bytes of each path."""
    lines: list[LabelLine] = []
    findings: list[Finding] = []
    first_file: dict[tuple[int, str], str] = {}
    for path in sorted(tree.labels, key=lambda path: (label_file_key(path), path)):
        file = f"{CLASSIFICATION}/{path}"
        first = first_file.setdefault(label_file_key(path), file)
        if first != file:
            findings.append(_second_file(file, first))
        elif file in texts:
            parsed, problems = parse_label_file(file, texts[file])
            lines += parsed
            findings += problems
    labels, conflicts = _agree(lines)
    kept, repeats = _without_repeats(lines)
    return LabelFiles(kept, labels, findings + conflicts + repeats)


def parse_label_file(file: str, data: bytes) -> tuple[list[LabelLine], list[Finding]]:
    """Parse a label file: its sound lines, and a finding for every other one.

    A byte order mark, CRLF line ends and empty lines are accepted.

    Parameters
    ----------
    file : str
        Path that ends in ``NNEW_<part>_<fold>.txt``.
    data : bytes
        The file.
    """
    fold, part = label_file_key(file)
    if b"\0" in data:
        return [], [_not_text(file)]
    if _PLAIN_FILE.fullmatch(data):
        # The usual file, in one go: every line is sound, and none is empty.
        return [
            LabelLine(fold, part, name.decode(), int(grade), int(lesions), file, number)
            for number, (name, grade, lesions) in enumerate(_PLAIN_LINE.findall(data), start=1)
        ], []
    lines, findings = [], []
    for number, raw in enumerate(data.removeprefix(_BYTE_ORDER_MARK).split(b"\n"), start=1):
        fields = raw.split()
        if not fields:
            continue
        problem = _problem(fields)
        if problem:
            findings.append(_malformed(file, number, raw, problem))
        else:
            name, grade, lesions = (field.decode() for field in fields)
            lines.append(LabelLine(fold, part, name, int(grade), int(lesions), file, number))
    return lines, findings


def _agree(lines: list[LabelLine]) -> tuple[dict[str, Label], list[Finding]]:
    """Gather the lines of each name.

    Returns
    -------
    dict of str to Label
        By file name, as the lines spell it.
    list of Finding
        ``label-conflict`` for each name whose lines differ in grade or in count.
    """
    by_name: dict[str, list[LabelLine]] = defaultdict(list)
    for line in lines:
        by_name[line.name].append(line)
    labels, findings = {}, []
    for name, group in by_name.items():
        first = group[0]
        others = [line for line in group if line[3:5] != first[3:5]]
        if others:
            findings.append(_conflict(first, others))
        labels[name] = Label(
            first.grade if all(line.grade == first.grade for line in others) else None,
            first.lesions if all(line.lesions == first.lesions for line in others) else None,
        )
    return labels, findings


def _without_repeats(lines: list[LabelLine]) -> tuple[list[LabelLine], list[Finding]]:
    """Keep the first line of each name in each part of a fold, with a finding for the rest."""
    kept: dict[tuple[int, str, str], LabelLine] = {}
    findings = []
    for line in lines:
        first = kept.setdefault((line.fold, line.part, line.name), line)
        if first is not line:
            findings.append(
                catalogue.LABEL_REPEATED.at(
                    line.file,
                    line=line.line,
                    expected=f"{line.name} once in {line.part} of fold {line.fold}",
                    found=f"a second line for it; the first is {first.file} line {first.line}",
                    done="line left out of the folds",
                )
            )
    return list(kept.values()), findings


def _problem(fields: list[bytes]) -> str:
    """Say what is wrong with the fields of a line; empty where nothing is."""
    try:
        texts = [field.decode("utf-8") for field in fields]
    except UnicodeDecodeError:
        return "bytes that are not UTF-8"
    if len(texts) != 3:
        return f"{len(texts)} field{'s' if len(texts) > 1 else ''}"
    name, grade, lesions = texts
    if _NOT_IN_A_NAME.search(name):
        return f"{name!a}, which is no bare file name"
    for what, text in (("grade", grade), ("count", lesions)):
        if not _INTEGER.fullmatch(text):
            return f"{what} {text!a}, which is no integer of at most nine digits"
    if int(grade) not in GRADES:
        return f"grade {int(grade)}"
    return f"count {int(lesions)}" if int(lesions) < 0 else ""


def _malformed(file: str, number: int, raw: bytes, problem: str) -> Finding:
    shown = raw.strip().decode("utf-8", "backslashreplace")[:80]
    return catalogue.LABEL_LINE_MALFORMED.at(
        file,
        line=number,
        expected=_SHAPE,
        found=f"{problem}: {shown!a}",
        done="line left out of the folds and of the image's grade",
    )


def _not_text(file: str) -> Finding:
    return catalogue.LABEL_FILE_MALFORMED.at(
        file,
        expected="text in UTF-8",
        found="zero bytes, as in UTF-16 or in a binary file",
        done="whole file left out",
    )


def _second_file(file: str, first: str) -> Finding:
    return catalogue.LABEL_FILE_REPEATED.at(
        file,
        expected="one label file for a part of a fold",
        found=f"a second one; the first is {first}",
        done="file left out",
    )


def _conflict(first: LabelLine, others: list[LabelLine]) -> Finding:
    other = others[0]
    more = f"; so {len(others) - 1} more lines" if len(others) > 1 else ""
    empty = [
        what
        for what, differs in (
            ("grade", any(line.grade != first.grade for line in others)),
            ("lesion count", any(line.lesions != first.lesions for line in others)),
        )
        if differs
    ]
    return catalogue.LABEL_CONFLICT.at(
        other.file,
        line=other.line,
        expected=f"grade {first.grade}, {first.lesions} lesions for {first.name}, "
        f"as in {first.file} line {first.line}",
        found=f"grade {other.grade}, {other.lesions} lesions{more}",
        done=f"{' and '.join(empty)} of the image left empty",
    )
