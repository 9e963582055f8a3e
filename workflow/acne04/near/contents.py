"""The different pictures of an inventory, and their frames."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from acne04.errors import SourceError, UnavailableError
from acne04.near.frames import Frame, read_frame


@dataclass(frozen=True)
class Content:
    """Bytes that decode, whatever number of files has them.

    Attributes
    ----------
    sha256 : str
        Their digest, hexadecimal.
    path : str
        First path below the folder of images.
    is_real : bool
        Whether one of the files is a photograph.
    subject : str
        The person; empty where unknown.
    """

    sha256: str
    path: str
    is_real: bool
    subject: str


def distinct_contents(inventory: pd.DataFrame, subjects: dict[str, str]) -> list[Content]:
    """List the contents that decode, by digest.

    Parameters
    ----------
    inventory : pandas.DataFrame
        Table ``inventory``, in any order.
    subjects : dict of str to str
        File name of a photograph, Unicode normal form C, to its subject.
    """
    rows = inventory[inventory["decodable"].astype(bool)]
    # "real" < "synthetic".
    rows = rows.sort_values(["sha256", "origin", "path"])
    found = []
    for digest, copies in rows.groupby("sha256", sort=True):
        real = copies[copies["origin"] == "real"]
        names = [unicodedata.normalize("NFC", name) for name in real["name"]]
        known = sorted({subjects[name] for name in names if name in subjects})
        found.append(
            Content(str(digest), copies["path"].iloc[0], len(real) > 0, known[0] if known else "")
        )
    return found


class FrameReader:
    """Reads the frames of contents when they are asked for, each once."""

    def __init__(self, folder: Path, contents: Sequence[Content], threads: int) -> None:
        self._folder = folder
        self._contents = contents
        self._threads = threads
        self._frames: dict[int, Frame] = {}

    def __call__(self, number: int) -> Frame:
        """Give the frame of a content that `prepare` has read."""
        return self._frames[number]

    def prepare(self, numbers: Sequence[int]) -> None:
        """Read the frames of these contents.

        Raises
        ------
        UnavailableError
            If a file is not there.
        SourceError
            If its bytes are not those of the inventory, or no image.
        """
        missing = [number for number in numbers if number not in self._frames]
        with (
            ThreadPoolExecutor(self._threads) as pool,
            tqdm(total=len(missing), desc="near: read", unit="image", disable=None) as progress,
        ):
            for number, frame in zip(missing, pool.map(self._read, missing), strict=True):
                self._frames[number] = frame
                progress.update()

    def _read(self, number: int) -> Frame:
        content = self._contents[number]
        path = self._folder / content.path
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
        if found != content.sha256:
            raise SourceError(
                str(path),
                "other bytes than the inventory says",
                expected=f"sha256 {content.sha256}",
                found=f"sha256 {found}",
                done="nothing written",
                remedy="run `acne04 scan` again",
            )
        try:
            return read_frame(data)
        except Exception:  # Pillow's readers raise nearly anything on hostile bytes.
            raise SourceError(
                str(path),
                "does not decode, though the inventory says so",
                expected="an image that decodes to its end",
                done="nothing written",
                remedy="run `acne04 scan` again",
            ) from None
