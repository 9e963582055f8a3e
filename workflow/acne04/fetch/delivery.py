"""A delivery on this machine: copies of its files that are there, else downloads.

A copy that is already there (put by hand, or kept from an earlier run) is as good a source as the
network and passes the same checks. Addresses are tried once each, in their order; a policy of
retries, resuming and mirrors belongs into `_Delivery.from_addresses` and `_Delivery.download`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from acne04.core.errors import UnavailableError
from acne04.core.files import staged_file, staged_folder
from acne04.core.hashing import digest_file
from acne04.core.printing import remark
from acne04.core.sources import DeliveryFile, Source
from acne04.fetch.acceptance import name_problem, why_not
from acne04.fetch.failures import Attempt, Failure, MismatchError, bad_copy, not_had
from acne04.fetch.pins import Delivered, Expectation
from acne04.fetch.receipts import Receipt, now, write_receipts
from acne04.fetch.transports import (
    RefusalError,
    UnreachableError,
    place_of,
    progress_bar,
    transport_for,
)


def obtain(
    source: Source, files: list[DeliveryFile], upstream: Path, expectation: Expectation
) -> list[Delivered]:
    """Give the files of a delivery, checked.

    Parameters
    ----------
    source : Source
        Whose delivery.
    files : list of DeliveryFile
        The files of it that are wanted.
    upstream : pathlib.Path
        Folder of the dataset's copies; downloads go there, too.
    expectation : Expectation
        What must be delivered.

    Returns
    -------
    list of Delivered
        By path.

    Raises
    ------
    SourceError
        If a copy or, in the end, every address gives other bytes than expected.
    UnavailableError
        If a file is nowhere to be had. It names every such file and all that was tried.
    """
    delivery = _Delivery(source, upstream, expectation)
    delivered: list[Delivered] = []
    try:
        for file in files:
            delivered += delivery.copy_or_download(file)
    finally:
        write_receipts(upstream, source, delivery.receipts)
    if delivery.failures:
        raise not_had(source, upstream, delivery.failures, expectation)
    return sorted(delivered, key=lambda file: file.path)


@dataclass
class _Delivery:
    """One run through the files of a delivery, and what was met on the way."""

    source: Source
    upstream: Path
    expectation: Expectation
    receipts: list[Receipt] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    unreachable: dict[str, UnreachableError] = field(default_factory=dict)

    def copy_or_download(self, file: DeliveryFile) -> list[Delivered]:
        """Give a file's delivery; nothing, and a failure noted, where no address serves."""
        copy = find_copy(self.source, file, self.upstream)
        if copy is None:
            return self.from_addresses(file)
        try:
            return self.checked(file, copy, copy)
        except RefusalError as refusal:
            raise bad_copy(self.source, copy, refusal, self.expectation) from refusal

    def from_addresses(self, file: DeliveryFile) -> list[Delivered]:
        """Try the addresses in their order."""
        attempts = [Attempt(str(self.upstream / file.path), RefusalError("no such file or folder"))]
        for url in file.urls:
            try:
                place = place_of(url)
                if place is None:
                    return self.download(file, url)
                if place.exists():
                    return self.checked(file, place, self.upstream / file.path)
                raise RefusalError("no such file or folder")
            except RefusalError as refusal:
                attempts.append(Attempt(url, refusal))
                if isinstance(refusal, UnreachableError):
                    self.unreachable[refusal.host] = refusal
        self.failures.append(Failure(file, tuple(attempts)))
        return []

    def download(self, file: DeliveryFile, url: str) -> list[Delivered]:
        """Bring an address's bytes to their place below `upstream`, if they pass the checks."""
        transport = transport_for(url)
        if transport.host(url) in self.unreachable:
            raise self.unreachable[transport.host(url)]
        target = self.upstream / file.path
        stage = staged_folder if self.source.delivery.kind == "folder" else staged_file
        remark(f"downloading {file.path} from {url}")
        try:
            with stage(target) as staging:
                with progress_bar(file.name) as progress:
                    transport.fetch(url, staging, progress)
                staged = self.checked(file, staging, target)
        except OSError as error:
            raise UnavailableError(
                str(target),
                f"cannot be written ({error.strerror or error})",
                done="what was downloaded is removed",
                remedy="make room, or name another folder with ACNE04_UPSTREAM",
            ) from error
        delivered = [replace(d, place=target / d.place.relative_to(staging)) for d in staged]
        self.receipts += [
            Receipt(d.path, url, now(), d.digest.size, d.digest.sha256) for d in delivered
        ]
        return delivered

    def checked(self, file: DeliveryFile, place: Path, name: Path) -> list[Delivered]:
        """Check what lies at `place` and is to be known as `name`; raises RefusalError."""
        path = name.relative_to(self.upstream).as_posix()
        kind = self.source.delivery.kind
        places = {path: place}
        if kind == "folder":
            places = {f"{path}/{below}": place / below for below in regular_files(place)}
        magic = "zip" if name.suffix == ".zip" else file.magic
        reasons = {path: why_not(found, magic) for path, found in places.items()}
        if any(reasons.values()):
            raise RefusalError(
                "\n".join(f"{path} is {why}" for path, why in reasons.items() if why)
            )
        delivered = [Delivered(path, found, digest_file(found)) for path, found in places.items()]
        # An archive may stand under a browser's name for it: then all its pins are compared.
        differing = self.expectation.differences(delivered, "" if kind == "archive" else path)
        if differing:
            raise MismatchError(differing)
        return delivered


def find_copy(source: Source, file: DeliveryFile, upstream: Path) -> Path | None:
    """Find the copy of a file or folder that is already there.

    For an archive this may be the zip that a browser makes of the shared folder
    (``Classification-20240101T000000Z-001.zip``). Google packs it anew for every visitor: it can
    be pinned under its own name, but no other copy will ever have the same bytes.
    """
    place = upstream / file.path
    if place.exists():
        return place
    if source.delivery.kind != "archive":
        return None
    zips = sorted(place.parent.glob(f"{place.stem}-*.zip"))
    if len(zips) > 1:
        raise UnavailableError(
            str(place.parent),
            f"several archives stand for {file.path}",
            found=", ".join(found.name for found in zips),
            done="nothing written",
            remedy=f"leave one, or better put {file.path} itself there",
        )
    return zips[0] if zips else None


def regular_files(folder: Path) -> list[str]:
    """List the files below a folder, by path; anything but files and folders is refused.

    A link may point out of the folder, and reading a pipe would wait for ever.
    """
    if not folder.is_dir():
        raise RefusalError("not a folder")
    found, strange = [], []
    for parent, folders, names in os.walk(folder):
        for place in (Path(parent, name) for name in [*folders, *names]):
            path = place.relative_to(folder).as_posix()
            if name_problem(path):
                strange.append(f"{path!a} {name_problem(path)}")
            elif place.is_symlink() or not (place.is_dir() or place.is_file()):
                strange.append(f"{path} is neither a file nor a folder")
            elif place.is_file():
                found.append(path)
    if strange:
        raise RefusalError("\n".join(sorted(strange)))
    if not found:
        raise RefusalError("an empty folder")
    return sorted(found)
