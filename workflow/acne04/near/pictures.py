"""The different pictures of an inventory, each known by its number.

Here they are read, and pairs of them are verified; several processes share one corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pandas as pd

from acne04.core.errors import SourceError, UnavailableError
from acne04.core.hashing import read_image_as_recorded
from acne04.core.processes import ProcessPool
from acne04.near.candidates import Guesser
from acne04.near.frames import FrameFile, read_frame
from acne04.near.registration import Guess, Score, verify


@dataclass(frozen=True)
class Picture:
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


def distinct_pictures(inventory: pd.DataFrame, subjects: dict[str, str]) -> list[Picture]:
    """List the pictures that decode, by digest.

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
    # Plain tuples: a table for each picture would take a hundred times as long.
    columns = (rows[name].tolist() for name in ("sha256", "origin", "path", "name"))
    found = []
    for digest, group in groupby(zip(*columns, strict=True), key=itemgetter(0)):
        copies = list(group)
        real = [normalize("NFC", name) for _, origin, _, name in copies if origin == "real"]
        known = sorted(subjects[name] for name in real if name in subjects)
        found.append(Picture(digest, copies[0][2], bool(real), known[0] if known else ""))
    return found


class Corpus:
    """Pictures by number: reads their frames, and verifies pairs of them.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the images.
    pictures : sequence of Picture
        Their places are their numbers.
    """

    def __init__(self, folder: Path, pictures: Sequence[Picture]) -> None:
        self._folder = folder
        self._pictures = pictures
        self.frames = FrameFile(len(pictures))
        self._guesser: Guesser | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_guesser": None}

    def verify(self, pairs: Sequence[tuple[int, int]]) -> list[tuple[Guess, Score]]:
        """Guess how each pair lies, and score it; in their order.

        It guesses from the thumbnails of all frames: they must have been put in.
        """
        if self._guesser is None:
            self._guesser = Guesser(self.frames.thumbnails())
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
        picture = self._pictures[number]
        path = self._folder / picture.path
        data = read_image_as_recorded(path, picture.sha256)
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


def shared_corpus(folder: Path, pictures: Sequence[Picture], processes: int) -> ProcessPool[Corpus]:
    """Make a pool of processes that share a corpus.

    Threads do not serve here: registering a pair is hundreds of short array operations, between
    which they wait for one another.
    """
    lost = UnavailableError(
        "near",
        "a process that was comparing pictures has ended early",
        done="nothing written; the pairs compared are kept where --memory says",
        remedy="see its message above; if memory ran out, use fewer --threads",
    )
    return ProcessPool(Corpus(folder, pictures), processes, lost)
