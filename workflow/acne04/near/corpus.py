"""The frames of a corpus in one file that several processes share, and what is done with them."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

import numpy as np

from acne04.core.errors import SourceError, UnavailableError
from acne04.near.candidates import Guesser
from acne04.near.frames import SIDES, Bytes, Frame, read_frame
from acne04.near.verifying import Guess, Score, verify

_RECORD = np.dtype(
    [("thumbnail", np.uint8, (SIDES[0], SIDES[0]))]
    + [(f"level{level}", np.int8, (side, side)) for level, side in enumerate(SIDES)]
)


class FrameFile:
    """Frames by number, in a file without a name: nothing is left of it when all have ended.

    A process that is started with it shares it: what one puts in, the others see.
    """

    def __init__(self, number: int, file: IO[bytes] | None = None) -> None:
        self._number = number
        self._file = file or tempfile.TemporaryFile()  # noqa: SIM115 - open as long as this
        self._file.truncate(max(number, 1) * _RECORD.itemsize)
        self._records = np.memmap(self._file, dtype=_RECORD, mode="r+", shape=(max(number, 1),))

    def __reduce__(self) -> tuple[Any, ...]:
        return _shared, (self._number, DupFd(self._file.fileno()))

    def __call__(self, number: int) -> Frame:
        """Give a frame that was put in."""
        record = self._records[number]
        levels = tuple(record[f"level{level}"] for level in range(len(SIDES)))
        return Frame(record["thumbnail"], levels)

    def put(self, number: int, frame: Frame) -> None:
        """Put a frame in."""
        record = self._records[number]
        record["thumbnail"] = frame.thumbnail
        for level, values in enumerate(frame.levels):
            record[f"level{level}"] = values


def _shared(number: int, handle: Any) -> FrameFile:
    return FrameFile(number, open(handle.detach(), "r+b", buffering=0))  # noqa: PTH123 - no path


class Corpus:
    """Pictures by number: reads their frames, and verifies pairs of them.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the images.
    files : sequence of tuple of str
        Path below it and SHA-256 of each picture.
    frames : FrameFile
        Where the frames are kept.
    """

    def __init__(self, folder: Path, files: Sequence[tuple[str, str]], frames: FrameFile) -> None:
        self._folder = folder
        self._files = files
        self.frames = frames
        self._thumbnails: Bytes | None = None
        self._guesser: Guesser | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_guesser": None}

    def look_for_pairs_in(self, thumbnails: Bytes) -> None:
        """Take the thumbnails of all pictures, shape (pictures, 64, 64), to guess from."""
        self._thumbnails = thumbnails

    def verify(self, pairs: Sequence[tuple[int, int]]) -> list[tuple[Guess, Score]]:
        """Guess how each pair lies, and score it; in their order."""
        if self._guesser is None:
            assert self._thumbnails is not None
            self._guesser = Guesser(self._thumbnails)
        guesses = [self._guesser(*pair) for pair in pairs]
        return list(zip(guesses, verify(self.frames, guesses), strict=True))

    def read(self, number: int) -> None:
        """Read the frame of a picture.

        Raises
        ------
        UnavailableError
            If its file is not there.
        SourceError
            If its bytes are not those of the inventory, or no image.
        """
        name, sha256 = self._files[number]
        path = self._folder / name
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise UnavailableError(
                str(path),
                "an image of the inventory is not there",
                done="nothing written",
                remedy="fetch the source again, or `dvc pull`",
            ) from None
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise SourceError(
                str(path),
                "other bytes than the inventory says",
                expected=f"sha256 {sha256}",
                found=f"sha256 {found}",
                done="nothing written",
                remedy="run `acne04 scan` again",
            )
        try:
            self.frames.put(number, read_frame(data))
        except Exception:  # Pillow's readers raise nearly anything on hostile bytes.
            raise SourceError(
                str(path),
                "does not decode, though the inventory says so",
                expected="an image that decodes to its end",
                done="nothing written",
                remedy="run `acne04 scan` again",
            ) from None
