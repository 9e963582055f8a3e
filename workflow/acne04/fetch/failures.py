"""Put into words that a delivery could not be had, or that it is not what is pinned."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from acne04.core.errors import Acne04Error, SourceError, UnavailableError
from acne04.core.sources import STANDIN, DeliveryFile, Source
from acne04.fetch.causes import ADVICE, Cause, RefusalError
from acne04.fetch.partial_download import PARTS, PartialDownload
from acne04.fetch.pins import Difference, Expectation
from acne04.fetch.transports import place_of

_INDENT = " " * 12


class MismatchError(RefusalError):
    """All bytes are there, of the right kind, but not those that are expected."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        self.differences = list(differences)
        super().__init__(
            "delivers other bytes\n"
            + "\n".join(
                f"{d.path}\n  expected {d.expected}\n  found    {d.found}" for d in differences
            ),
            Cause.OTHER_BYTES,
        )


@dataclass(frozen=True)
class Attempt:
    """One place or address that was tried, and why it did not serve."""

    where: str
    refusal: RefusalError

    def __str__(self) -> str:
        return f"{self.where}: {self.refusal}".replace("\n", "\n  ")


@dataclass(frozen=True)
class Failure:
    """A file (or the folder) of a delivery that could not be had, and all that was tried."""

    file: DeliveryFile
    attempts: tuple[Attempt, ...]

    @property
    def wrong(self) -> bool:
        """Tell whether some address delivers, but other bytes than expected."""
        return any(attempt.refusal.cause is Cause.OTHER_BYTES for attempt in self.attempts)


def bad_copy(
    source: Source, place: Path, refusal: RefusalError, expectation: Expectation
) -> SourceError:
    """Word it that a copy on this machine is not what it must be."""
    done = "nothing written; the copy stays where it is"
    again = _again(source, place)
    if not isinstance(refusal, MismatchError):
        return SourceError(
            str(place),
            f"this cannot be the {source.dataset}/{source.key} that is wanted",
            found=_lines([str(refusal)]),
            done=done,
            remedy=f"{again}, or put a whole copy there",
        )
    return SourceError(
        str(place),
        f"not the bytes pinned for {source.dataset}/{source.key} in {expectation.origin}; "
        "likely causes: a damaged or cut copy, a copy of another version, or a change upstream",
        expected=_lines([_named(d.path, d.expected, refusal) for d in refusal.differences]),
        found=_lines([_named(d.path, d.found, refusal) for d in refusal.differences]),
        done=done,
        remedy=f"{again}; {_pin_anew(source, expectation)}",
    )


def not_had(
    source: Source, upstream: Path, failures: Sequence[Failure], expectation: Expectation
) -> Acne04Error:
    """Word it that no address gave what is wanted: all files, and all that was tried."""
    tried = _lines([f"{failure.file.path}\n{_tried(failure)}" for failure in failures])
    names = ", ".join(failure.file.path for failure in failures)
    name = f"{source.dataset}/{source.key}"
    drawn = f"have the stand-in drawn: `acne04 standin {upstream}`, or run the workflow"
    by_hand = drawn if source.dataset == STANDIN else _by_hand(source, upstream, failures)
    if any(failure.wrong for failure in failures):
        return SourceError(
            name,
            f"no address delivers what is pinned in {expectation.origin}: {names}; likely causes: "
            "a change upstream, or bytes damaged on their way",
            found=tried,
            done="what does not fit is removed; nothing is overwritten",
            remedy=f"run again; {_pin_anew(source, expectation)}; or {by_hand}",
        )
    return UnavailableError(
        name,
        f"not to be had: {names}",
        found=tried,
        done=_kept(upstream, failures),
        remedy=drawn if source.dataset == STANDIN else f"{_next(failures)}; or {by_hand}",
    )


def no_room(upstream: Path, path: str, error: OSError) -> UnavailableError:
    """Word it that what arrives cannot be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, None)
    what = "the disk is full" if full else "cannot be written"
    return UnavailableError(
        str(upstream / path),
        f"{what} ({error.strerror or error})",
        done=f"what has arrived is kept in {upstream / PARTS}",
        remedy="make room, or name another folder with ACNE04_UPSTREAM; then run again: it goes on",
    )


def _next(failures: Sequence[Failure]) -> str:
    """Say what to do about the causes that were met, each once."""
    causes = [attempt.refusal.cause for failure in failures for attempt in failure.attempts]
    return "; ".join(dict.fromkeys(ADVICE[cause] for cause in causes if cause in ADVICE)) or (
        "run again"
    )


def _kept(upstream: Path, failures: Sequence[Failure]) -> str:
    """Say how much is here already and stays, for the next run."""
    kept = []
    for file in (failure.file for failure in failures):
        for partial in (PartialDownload.of(upstream, file.path, url) for url in file.urls):
            files = sum(place.is_file() for place in (partial.folder / "files").rglob("*"))
            if files:
                kept.append(f"{files:,} file{'s' * (files > 1)} of {file.path}")
            elif partial.size():
                kept.append(f"{partial.size():,} bytes of {file.path}")
    if not kept:
        return "nothing written"
    return f"{', '.join(kept)} kept in {upstream / PARTS}: the next run goes on there"


def _again(source: Source, place: Path) -> str:
    """Say how to have a copy again."""
    if source.dataset == STANDIN:
        return f"have {place.parent} drawn again: remove it and run the workflow"
    return f"remove {place} to fetch it again"


def _pin_anew(source: Source, expectation: Expectation) -> str:
    """Say how to accept a change of the upstream on purpose."""
    if not expectation.version:
        way = f"correct {expectation.origin}"
    else:
        way = f"`acne04 pin {source.key} --move` moves the pin and shows what changed"
    return f"if the upstream has changed and the new bytes are right, {way}"


def _tried(failure: Failure) -> str:
    return "\n".join(f"  {attempt}".replace("\n", "\n  ") for attempt in failure.attempts)


def _by_hand(source: Source, upstream: Path, failures: Sequence[Failure]) -> str:
    """Say where to fetch what is missing by hand, and exactly where to put it."""
    ways = []
    for file in (failure.file for failure in failures):
        pages = [browsable(url) for url in file.urls if place_of(url) is None]
        ways += [f"  {page}" for page in pages] + [f"    to {upstream / file.path}"]
    names = ", ".join(failure.file.path for failure in failures)
    place = f"it at FOLDER/{source.dataset}/{names}"
    if len(failures) > 1:
        place = f"them below FOLDER/{source.dataset}, under the same names ({names}),"
    return _lines(
        [
            f"fetch by hand (described at {source.described_at})",
            *ways,
            f"or put {place} and set ACNE04_UPSTREAM=FOLDER;",
            "a copy passes the same checks as a download",
        ]
    )


def browsable(url: str) -> str:
    """Give the address that a person can open in a browser.

    >>> browsable("gdrive-folder:18yJcHXhzO#Detection.tar")
    'https://drive.google.com/drive/folders/18yJcHXhzO'
    """
    scheme, _, rest = url.partition(":")
    drive_id = rest.partition("#")[0]
    if scheme == "gdrive-folder":
        return f"https://drive.google.com/drive/folders/{drive_id}"
    if scheme == "gdrive":
        return f"https://drive.google.com/file/d/{drive_id}"
    return url


def _named(path: str, text: str, refusal: MismatchError) -> str:
    return text if len(refusal.differences) == 1 else f"{path}: {text}"


def _lines(lines: Sequence[str]) -> str:
    """Join lines so that they stand under one another behind an error's label."""
    return "\n".join(lines).replace("\n", f"\n{_INDENT}")
