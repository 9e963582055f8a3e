"""A delivery on this machine: copies of its files that are there, else downloads.

A copy that is already there (put by hand, or kept from an earlier run) is as good a source as the
network and passes the same checks. Addresses are mirrors, tried in their order; each as long as
that can help (`retries`), going on where an earlier try or run ended (`partial_download`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from acne04.core.errors import UnavailableError
from acne04.core.hashing import Digest, digest_file
from acne04.core.printing import remark
from acne04.core.progress import Progress
from acne04.core.sources import DeliveryFile, Source
from acne04.fetch.acceptance import name_problem, why_not
from acne04.fetch.causes import RefusalError, UnreachableError, cause_of_kind
from acne04.fetch.failures import Attempt, Failure, MismatchError, bad_copy, no_room, not_had
from acne04.fetch.folder_download import FolderDownload
from acne04.fetch.partial_download import PartialDownload, remove_orphans
from acne04.fetch.pins import Delivered, Difference, Expectation, Expected
from acne04.fetch.receipts import Receipt, now, write_receipts
from acne04.fetch.retries import persist
from acne04.fetch.transports import Transport, place_of, transport_for


def obtain(
    source: Source,
    files: list[DeliveryFile],
    upstream: Path,
    expectation: Expectation,
    *,
    passing_over: frozenset[Digest] = frozenset(),
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
    passing_over : frozenset of Digest
        A copy all of whose files are among these is no copy: what is asked for is what the
        addresses give now. It is put aside once something else has come.

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
    delivery = _Delivery(source, upstream, expectation, passing_over)
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
    passing_over: frozenset[Digest] = frozenset()
    receipts: list[Receipt] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    unreachable: dict[str, UnreachableError] = field(default_factory=dict)

    def copy_or_download(self, file: DeliveryFile) -> list[Delivered]:
        """Give a file's delivery; nothing, and a failure noted, where no address serves."""
        copy = find_copy(self.source, file, self.upstream)
        if copy is None:
            return self.from_addresses(file)
        try:
            delivered = self.checked(file, copy, copy)
        except RefusalError as refusal:
            raise bad_copy(self.source, copy, refusal, self.expectation) from refusal
        if {known.digest for known in delivered} <= self.passing_over:
            return self.from_addresses(file)
        return delivered

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
        remove_orphans(self.upstream, file.path, file.urls)
        partial = PartialDownload.of(self.upstream, file.path, url)
        bring = self._folder if self.source.delivery.kind == "folder" else self._file
        try:
            with partial.locked():
                had = partial.size()
                goes_on = f", going on at {had:,} bytes" if had else ""
                remark(f"downloading {file.path} from {url}{goes_on}")
                delivered = bring(file, url, transport, partial)
        except OSError as error:
            raise no_room(self.upstream, file.path, error) from error
        self.receipts += [
            Receipt(d.path, url, now(), d.digest.size, d.digest.sha256) for d in delivered
        ]
        return delivered

    def _file(
        self, file: DeliveryFile, url: str, transport: Transport, partial: PartialDownload
    ) -> list[Delivered]:
        known = self.expectation.files.get(file.path)
        is_known = known is not None and known.sha256 is not None
        while True:
            with Progress(file.name, unit="bytes") as progress:
                persist(
                    lambda: transport.go_on(url, partial, progress.reach, is_known=is_known),
                    partial.size,
                )
            try:
                delivered = self.checked(file, partial.place, self.upstream / file.path)
            except RefusalError as refusal:
                was_resumed = partial.is_resumed
                partial.forget()
                if was_resumed:
                    # Bytes of two answers that do not belong together: no fault of the upstream.
                    remark(f"{file.path}: once more from the beginning, for {refusal}")
                    continue
                raise
            return self._placed(file, delivered, partial.place, partial.give)

    def _folder(
        self, file: DeliveryFile, url: str, transport: Transport, partial: PartialDownload
    ) -> list[Delivered]:
        known = self.expectation.files
        download = FolderDownload(
            partial,
            transport,
            lambda path, digest: self._objection(f"{file.path}/{path}", digest),
            lambda path: f"{file.path}/{path}" in known,
        )
        with Progress(file.name, unit="bytes") as progress:
            download.go_on(url, progress)
        delivered = self.checked(file, download.folder, self.upstream / file.path)

        def give(target: Path) -> None:
            target.parent.mkdir(parents=True, exist_ok=True)
            download.folder.rename(target)
            shutil.rmtree(partial.folder)

        return self._placed(file, delivered, download.folder, give)

    def _objection(self, path: str, digest: Digest) -> RefusalError | None:
        """Say of one file of a folder that it is not the pinned one."""
        known = self.expectation.files.get(path)
        if known is None or known.fits(digest):
            return None
        return MismatchError([Difference(path, str(known), str(Expected(*digest)))])

    def _placed(
        self,
        file: DeliveryFile,
        delivered: list[Delivered],
        staging: Path,
        give: Callable[[Path], None],
    ) -> list[Delivered]:
        """Give what was downloaded its place; what lay there is never overwritten."""
        target = self.upstream / file.path
        if target.exists():
            digests = ",".join(d.digest.sha256 for d in self.checked(file, target, target))
            aside = hashlib.sha256(digests.encode()).hexdigest()[:8]
            target.rename(target.with_name(f"{target.name}.before-{aside}"))
        give(target)
        return [
            Delivered(d.path, target / d.place.relative_to(staging), d.digest) for d in delivered
        ]

    def checked(self, file: DeliveryFile, place: Path, name: Path) -> list[Delivered]:
        """Check what lies at `place` and is to be known as `name`; raises RefusalError."""
        path = name.relative_to(self.upstream).as_posix()
        return check_delivered(self.source, file, place, path, self.expectation)


def check_delivered(
    source: Source, file: DeliveryFile, place: Path, path: str, expectation: Expectation
) -> list[Delivered]:
    """Check a file or folder: bytes of their kind, and those that are expected.

    Parameters
    ----------
    source : Source
        Whose delivery.
    file : DeliveryFile
        The one of its files that this is.
    place : pathlib.Path
        Where it lies.
    path : str
        Under which name below ``upstream/<dataset>`` it is known.
    expectation : Expectation
        What it must be.

    Raises
    ------
    RefusalError
        If it is anything else: every file, at once.
    """
    kind = source.delivery.kind
    places = {path: place}
    if kind == "folder":
        places = {f"{path}/{below}": place / below for below in regular_files(place)}
    magic = "zip" if path.endswith(".zip") else file.magic
    reasons = {path: why_not(found, magic) for path, found in places.items()}
    if any(reasons.values()):
        first = next(why for why in reasons.values() if why)
        raise RefusalError(
            "\n".join(f"{path} is {why}" for path, why in reasons.items() if why),
            cause_of_kind(first),
        )
    delivered = [Delivered(path, found, digest_file(found)) for path, found in places.items()]
    # An archive may stand under a browser's name for it: then all its pins are compared.
    differing = expectation.differences(delivered, "" if kind == "archive" else path)
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
            remedy="`acne04 sources --take` joins the parts of one download; or leave one, or "
            f"better put {file.path} itself there",
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
