"""Scores of pairs of pictures: what is known already is not looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from acne04.core.findings import Finding
from acne04.core.processes import ProcessPool
from acne04.core.progress import Progress
from acne04.near import catalogue
from acne04.near.cache import Cache, Pair
from acne04.near.candidates import Nearest, find_nearest, whole_vectors
from acne04.near.frames import SIDES, Bytes
from acne04.near.pictures import Corpus, Picture
from acne04.near.registration import BATCH, Guess, Score

#: Photographs that the search lists for each picture: no picture is compared with more. So many
#: are only needed where a photograph has dozens of copies (`acne04.near.stage.AT_FIRST`).
DEPTH = 160
_BATCHES_KEPT = 16
#: What is done to the second picture to lie on the first, by what was done to the first.
_INVERSE = (0, 3, 2, 1, 4, 5, 6, 7)


class Comparer:
    """Scores pairs of pictures, given by their numbers."""

    def __init__(
        self, pictures: Sequence[Picture], pool: ProcessPool[Corpus], cache: Cache, threads: int
    ) -> None:
        self.pictures = pictures
        self._pool = pool
        self._cache = cache
        self._threads = threads
        self._digests = [picture.sha256 for picture in pictures]
        self.is_real = np.array([picture.is_real for picture in pictures], dtype=bool)
        self._known = cache.scores()
        self.compared: set[tuple[int, int]] = set()
        self._read: set[int] = set()
        self._is_looking = False
        self._thumbnails: Bytes | None = None

    def nearest(self) -> Nearest:
        """Give the nearest photographs of every picture."""
        # What is a photograph elsewhere may be a synthetic image here.
        names = [f"{p.sha256}{'' if p.is_real else '*'}" for p in self.pictures]
        found = self._cache.nearest(names, DEPTH)
        if found is None:
            found = find_nearest(self.thumbnails(), self.is_real, DEPTH, self._threads)
            self._cache.keep_nearest(names, DEPTH, found)
        return found

    def thumbnails(self) -> Bytes:
        """Give the thumbnails of all pictures, shape (pictures, 64, 64)."""
        if self._thumbnails is None:
            known = self._cache.thumbnails(self._digests)
            new = [n for n, digest in enumerate(self._digests) if digest not in known]
            self._prepare(new)
            frames = self._pool.shared.frames
            read = {self._digests[number]: frames(number).thumbnail for number in new}
            self._cache.keep_thumbnails(read)
            known |= read
            found = [known[digest] for digest in self._digests]
            self._thumbnails = np.array(found, dtype=np.uint8).reshape(-1, SIDES[0], SIDES[0])
        return self._thumbnails

    def scores(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, Score]]:
        """Give the form and the score of each pair of numbers, the smaller number first.

        The form is what is done to the first picture so that it lies on the second.
        """
        wanted = sorted(set(pairs))
        self.compared.update(wanted)
        missing = [pair for pair in wanted if self._names(pair) not in self._known]
        if missing:
            self._compare(missing)
        return {pair: self._known[self._names(pair)] for pair in wanted}

    def _names(self, pair: tuple[int, int]) -> Pair:
        return self._digests[pair[0]], self._digests[pair[1]]

    def _prepare(self, numbers: Iterable[int]) -> None:
        missing = [number for number in numbers if number not in self._read]
        results = self._pool.each(Corpus.read, missing)
        with Progress("read", len(missing), "images") as progress:
            for _ in results:
                progress.add()
        self._read.update(missing)

    def _compare(self, pairs: list[tuple[int, int]]) -> None:
        self._prepare(sorted({number for pair in pairs for number in pair}))
        if not self._is_looking:
            self._pool.shared.frames.put_thumbnails(self.thumbnails())
            self._is_looking = True
        batches = [pairs[start : start + BATCH] for start in range(0, len(pairs), BATCH)]
        fresh: dict[Pair, tuple[int, Score]] = {}
        results = self._pool.each(Corpus.verify, batches)
        with Progress("verify", len(pairs), "pairs") as progress:
            told = zip(batches, results, strict=True)
            for number, (batch, found) in enumerate(told, start=1):
                for pair, (guess, score) in zip(batch, found, strict=True):
                    fresh[self._names(pair)] = (_form(guess, pair), score)
                progress.add(len(batch))
                # A killed run goes on from here.
                if number % _BATCHES_KEPT == 0 or number == len(batches):
                    self._cache.keep_scores(fresh)
                    self._known |= fresh
                    fresh = {}


def search_findings(
    comparer: Comparer, nearest: Nearest, crowded: Iterable[int]
) -> Iterator[Finding]:
    """Report the pictures that the search can say nothing of, or not enough.

    Parameters
    ----------
    crowded : iterable of int
        Numbers of the photographs that have copies among the last of all that were looked at.
    """
    for image in crowded:
        yield catalogue.CANDIDATE_CAP_REACHED.at(
            comparer.pictures[image].path,
            expected=f"no copy of this photograph among the last of the {DEPTH} most alike",
            found="copies up to there: it may have more",
            done=f"compared with the {DEPTH} nearest",
        )
    # Who has no others may also be the only picture that shows anything.
    alone = np.flatnonzero((nearest.others < 0).all(axis=1))
    is_uniform = ~whole_vectors(comparer.thumbnails()[alone]).any(axis=(1, 2))
    for image in alone[is_uniform].tolist():
        yield catalogue.UNDECIDABLE_UNIFORM.at(
            comparer.pictures[image].path,
            expected="a picture with something to recognise",
            found="a uniform picture",
            done="compared with none, and related to none",
        )


def _form(guess: Guess, pair: tuple[int, int]) -> int:
    return guess.form if guess.a == pair[0] else _INVERSE[guess.form]
