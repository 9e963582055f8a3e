"""Check each image file by itself: can it be read, does it decode, is it what its name says."""

from __future__ import annotations

from collections.abc import Iterator

from acne04.core.findings import Finding, Severity
from acne04.core.naming import JPEG_EXTENSIONS
from acne04.scan.reading import ImageFile


def check_unreadable(unreadable: dict[str, str]) -> list[Finding]:
    """Say of each file that the system does not give out why."""
    return [
        _finding(
            "unreadable",
            "error",
            path,
            ("a file that can be read", reason),
            ("left out", "correct its permissions, or fetch the source again"),
        )
        for path, reason in unreadable.items()
    ]


def check_files(images: dict[str, ImageFile], extensions: dict[str, str]) -> list[Finding]:
    """Check every image file.

    Parameters
    ----------
    images : dict
        Path to what was read.
    extensions : dict
        Source to the extension that it promises; a source that promises none is missing.
    """
    findings: list[Finding] = []
    first_path: dict[tuple[str, str], str] = {}
    for path, image in images.items():
        source, name = path.split("/")[0], path.rpartition("/")[2]
        findings += _decoding(path, image)
        findings += _extension(path, image, extensions.get(source))
        first = first_path.setdefault((source, name), path)
        if first != path:
            findings.append(
                _finding(
                    "name-repeated",
                    "warning",
                    path,
                    (f"one file of the name {name}", f"a second one; the first is {first}"),
                    ("both kept under their paths; what gives the name alone means both",
                     "nothing here: both are kept under canonical names of their own "
                     "(data/groups/names.csv)"),
                )
            )  # fmt: skip
    return findings


def _decoding(path: str, image: ImageFile) -> Iterator[Finding]:
    if image.reading.problem:
        yield _finding(
            "undecodable",
            "error",
            path,
            ("an image that decodes to its end", image.reading.problem),
            ("kept in the inventory, marked as not decodable", "fetch the source again"),
        )


def _extension(path: str, image: ImageFile, promised: str | None) -> Iterator[Finding]:
    suffix = path[path.rfind(".") :]
    if promised and suffix != promised:
        yield _finding(
            "extension-unexpected",
            "warning",
            path,
            (f"extension {promised}", f"extension {suffix}"),
            ("kept under its own name", "mind tools that look for one extension only"),
        )
    if image.reading.problem == "" and image.is_jpeg != (suffix.lower() in JPEG_EXTENSIONS):
        yield _finding(
            "format-unexpected",
            "warning",
            path,
            (f"the format that {suffix} stands for", "JPEG" if image.is_jpeg else "not JPEG"),
            ("read by its content", "mind tools that trust the extension"),
        )


def _finding(
    check: str, severity: Severity, path: str, sides: tuple[str, str], outcome: tuple[str, str]
) -> Finding:
    return Finding(check, severity, path, "", None, *sides, *outcome)
