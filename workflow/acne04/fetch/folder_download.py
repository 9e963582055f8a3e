"""A folder, file by file: what is whole stays, and the next run asks for the rest alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from acne04.core.hashing import Digest, digest_file
from acne04.core.progress import Progress
from acne04.fetch.acceptance import why_not
from acne04.fetch.causes import Cause, RefusalError, cause_of_kind
from acne04.fetch.partial_download import PartialDownload
from acne04.fetch.retries import persist
from acne04.fetch.transports import Listed, Transport

#: Says of a path of the folder and a digest why it is not what is pinned; None where it is.
Objection = Callable[[str, Digest], RefusalError | None]
#: What concerns one file alone; after anything else the next one would fare the same.
_OF_ONE_FILE = {Cause.ABSENT, Cause.PAGE, Cause.DAMAGED, Cause.OTHER_BYTES, Cause.OTHER}
_JPEG = (".jpg", ".jpeg")


@dataclass
class FolderDownload:
    """The files of a folder's address, as far as they are here.

    Attributes
    ----------
    partial : PartialDownload
        Its folder holds the whole files in ``files/`` and a line about each in ``files.jsonl``.
    transport : Transport
        That of the address.
    objection : callable
        Judges each file as it comes.
    is_known : callable
        Tells of a path whether its hash is known.
    """

    partial: PartialDownload
    transport: Transport
    objection: Objection
    is_known: Callable[[str], bool]

    @property
    def folder(self) -> Path:
        """Where the whole files lie."""
        return self.partial.folder / "files"

    @property
    def _log(self) -> Path:
        return self.partial.folder / "files.jsonl"

    def go_on(self, url: str, progress: Progress) -> None:
        """Bring the files that are missing.

        Raises
        ------
        RefusalError
            If not all of them come: how many are here, and each reason.
        """
        listed = persist(lambda: self.transport.files_of(url))
        self.folder.mkdir(exist_ok=True)
        kept = self._kept(listed)
        size = sum(digest.size for digest in kept.values())
        name, refusals = progress.step, []
        for file in listed:
            progress.step = f"{name}, file {len(kept) + 1:,} of {len(listed):,}"
            if file.path in kept:
                continue
            try:
                kept[file.path] = self._bring(file, size, progress)
            except RefusalError as refusal:
                refusals.append((file.path, refusal))
                if refusal.cause not in _OF_ONE_FILE:
                    break
            else:
                size += kept[file.path].size
        progress.step = name
        if refusals:
            raise _incomplete(refusals, len(kept), len(listed))

    def _bring(self, file: Listed, before: int, progress: Progress) -> Digest:
        single = PartialDownload(self.partial.folder / "current")
        if single.about().get("of") != file.url:
            single.forget()
        single.folder.mkdir(exist_ok=True)

        def had(bytes_of_file: int, _: int | None) -> None:
            progress.reach(before + bytes_of_file, None)

        persist(
            lambda: self.transport.go_on(file.url, single, had, is_known=self.is_known(file.path)),
            single.size,
        )
        magic = "jpeg" if file.path.lower().endswith(_JPEG) else None
        digest = digest_file(single.place)
        reason = why_not(single.place, magic)
        refusal = (
            RefusalError(reason, cause_of_kind(reason))
            if reason
            else self.objection(file.path, digest)
        )
        if refusal:
            single.forget()
            raise refusal
        single.give(self.folder / file.path)
        line = json.dumps({"path": file.path, "url": file.url, **digest._asdict()})
        with self._log.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
        return digest

    def _kept(self, listed: list[Listed]) -> dict[str, Digest]:
        """Give the files that are here, by path; what is no file of the folder any more is removed.

        Each is read: what lay about for a day is not trusted.
        """
        noted = {}
        if self._log.exists():
            for line in self._log.read_text(encoding="utf-8").splitlines():
                try:
                    about = json.loads(line)
                    noted[about["path"], about["url"]] = Digest(about["size"], about["sha256"])
                except (ValueError, KeyError, TypeError):
                    # The last line of a process that was killed.
                    continue
        kept = {}
        for file in listed:
            place, digest = self.folder / file.path, noted.get((file.path, file.url))
            if digest and _is_whole(place, digest):
                kept[file.path] = digest
        for parent, _, names in os.walk(self.folder):
            for place in (Path(parent, name) for name in names):
                if place.relative_to(self.folder).as_posix() not in kept:
                    place.unlink()
        return kept


def _is_whole(place: Path, digest: Digest) -> bool:
    return place.is_file() and digest_file(place) == digest


def _incomplete(refusals: list[tuple[str, RefusalError]], kept: int, total: int) -> RefusalError:
    """Word it that not all files came; the cause is that of other bytes, else of the last."""
    causes = [refusal.cause for _, refusal in refusals]
    cause = Cause.OTHER_BYTES if Cause.OTHER_BYTES in causes else causes[-1]
    told = [f"{path}: {refusal}" for path, refusal in refusals[-5:]]
    if len(refusals) > len(told):
        told.append(f"and {len(refusals) - len(told):,} files more")
    return RefusalError(
        f"{kept:,} of {total:,} files are here and stay\n" + "\n".join(told),
        cause,
    )
