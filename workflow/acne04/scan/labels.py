"""Parse the label files of ACNE04's published folds: ``name.jpg grade count`` a line."""

from __future__ import annotations

import re
from typing import NamedTuple

from acne04.core.findings import Finding
from acne04.core.grades import GRADES
from acne04.scan.tree import label_file_key

_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
#: Separators of paths, and characters that change how the text around them is shown.
_NOT_IN_A_NAME = re.compile("[/\\\\\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SHAPE = "<name> <grade 0-3> <count>, separated by white space"

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
    return Finding(
        check="label-line-malformed",
        severity="error",
        file=file,
        pointer="",
        line=number,
        expected=_SHAPE,
        found=f"{problem}: {shown!a}",
        done="line left out of the folds and of the image's grade",
        remedy="compare the line with the upstream's file; fetch it again if they differ",
    )


def _not_text(file: str) -> Finding:
    return Finding(
        check="label-file-malformed",
        severity="error",
        file=file,
        pointer="",
        line=None,
        expected="text in UTF-8",
        found="zero bytes, as in UTF-16 or in a binary file",
        done="whole file left out",
        remedy="store the file as UTF-8, or fetch it again",
    )
