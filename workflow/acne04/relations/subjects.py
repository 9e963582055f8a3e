"""Parse the subject table: one JSON line for each photograph, one file for each published split."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.core.errors import UnavailableError
from acne04.core.files import read_bytes
from acne04.core.findings import Finding
from acne04.core.grades import GRADES
from acne04.relations import catalogue

#: The splits that the table was published with; each is a file.
PUBLISHED_SPLITS = ("train", "val", "test")
#: Opening brackets in a line, at most; two are usual. One own limit, since Python's differs
#: from version to version.
LARGEST_NESTING = 50


@dataclass(frozen=True)
class SubjectLine:
    """One line: this photograph shows that person.

    Attributes
    ----------
    file, line : str, int
        Name of the file and line in it, from 1.
    split : str
        Published split: the file's name.
    name : str
        File name of the photograph, Unicode normal form C.
    subject : str
        The person's id.
    label : int
        Grade that the line states.
    confidence : float or None
        How sure the source is that the photograph shows that person, 0 to 1; None where it says
        nothing of it, as the published table.
    has_evidence : bool
        False where the source says that it has none: a confidence of null.
    """

    file: str
    line: int
    split: str
    name: str
    subject: str
    label: int
    confidence: float | None = None
    has_evidence: bool = True


def read_subject_files(folder: Path) -> tuple[list[SubjectLine], list[Finding]]:
    """Read all subject files of a folder.

    Raises
    ------
    UnavailableError
        If one of the files is missing: without it, photographs of one person would be taken for
        photographs of several. Or if `folder` is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise UnavailableError(
            str(folder),
            "not a folder, so the subject table cannot be read",
            expected=f"a folder with {', '.join(f'{name}.jsonl' for name in PUBLISHED_SPLITS)}",
            done="nothing written",
            remedy="name the folder that the three files lie in",
        )
    lines: list[SubjectLine] = []
    findings: list[Finding] = []
    for split in PUBLISHED_SPLITS:
        path = folder / f"{split}.jsonl"
        try:
            content = read_bytes(path)
        except FileNotFoundError:
            raise UnavailableError(
                str(path),
                "a file of the subject table is missing",
                expected=", ".join(f"{name}.jsonl" for name in PUBLISHED_SPLITS),
                done="nothing written: without it one person's photographs would be torn apart",
                remedy="fetch the source again, or `dvc pull`",
            ) from None
        for entry in parse_subject_file(path.name, split, content):
            if isinstance(entry, Finding):
                findings.append(entry)
            else:
                lines.append(entry)
    return lines, findings


def parse_subject_file(file: str, split: str, content: bytes) -> Iterator[SubjectLine | Finding]:
    """Give each line of a file as it is understood, or the finding that says why not."""
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            record = _decoded(raw)
        except ValueError as error:
            yield _malformed(file, number, "a JSON object in UTF-8", str(error))
            continue
        problem = _problem(record)
        if problem:
            yield _malformed(file, number, *problem)
            continue
        name = unicodedata.normalize("NFC", record["path"].replace("\\", "/").rpartition("/")[2])
        confidence = record.get("confidence")
        yield SubjectLine(
            file,
            number,
            split,
            name,
            record["group"],
            record["label"],
            None if confidence is None else float(confidence),
            "confidence" not in record or confidence is not None,
        )


def _decoded(raw: bytes) -> Any:
    """Decode one line; the ValueError says the same with every version of Python."""
    if raw.count(b"[") + raw.count(b"{") > LARGEST_NESTING:
        raise ValueError("values inside values, far more than a line of the table holds")
    try:
        return json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("bytes that are not UTF-8") from None
    except ValueError:
        raise ValueError("text that is not JSON") from None


def _problem(record: Any) -> tuple[str, str] | None:
    """Give what was expected of a record and what was found, where it is not as it should be."""
    if not isinstance(record, dict):
        return "a JSON object", type(record).__name__
    rules = (
        ("path", "a path that ends in a file name", _is_path),
        ("group", "the id of a subject", _is_text),
        ("label", f"a grade, {GRADES[0]} to {GRADES[-1]}", _is_grade),
        ("source", '"real"', lambda value: value == "real"),
    )
    for key, expected, is_sound in rules:
        if key not in record:
            return f"{key}: {expected}", "no such key"
        if not is_sound(record[key]):
            return f"{key}: {expected}", _in_short(json.dumps(record[key]))
    if "confidence" in record and not _is_confidence(record["confidence"]):
        found = _in_short(json.dumps(record["confidence"]))
        return "confidence: a number from 0 to 1, or null where there is no evidence", found
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.strip() == value != "" and value.isprintable()


def _is_path(value: Any) -> bool:
    return _is_text(value) and not value.endswith(("/", "\\"))


def _is_grade(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in GRADES


def _is_confidence(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (is_number and 0 <= value <= 1)


def _in_short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 100 else f"{text[:99]}…"


def _malformed(file: str, line: int, expected: str, found: str) -> Finding:
    return catalogue.SUBJECT_LINE_MALFORMED.at(
        file,
        line=line,
        expected=expected,
        found=found,
        done="line left out: its photograph has no subject, unless another line gives one",
    )
