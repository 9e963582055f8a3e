"""Turn scores into verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acne04.near.calibration import Calibration
from acne04.near.contents import Content
from acne04.near.verifying import FORMS, Score

#: Pair of numbers of contents, the smaller first, to form and score.
Scores = Mapping[tuple[int, int], tuple[int, Score]]


@dataclass(frozen=True)
class Verdict:
    """What is to be said of a pair of photographs that are not plainly different.

    Attributes
    ----------
    a, b : int
        Numbers of the contents.
    form : str
        What is done to `a` so that it lies on `b`, one of `FORMS`.
    score : float
        Share of the textured blocks that coincide.
    verdict : {"same", "review", "undecidable"}
        As in table ``verdicts``.
    """

    a: int
    b: int
    form: str
    score: float
    verdict: str

    def as_row(self, contents: Sequence[Content]) -> dict[str, Any]:
        """Give the columns of table ``verdicts`` that tell of it."""
        a, b = contents[self.a], contents[self.b]
        return {
            "sha256_a": a.sha256,
            "sha256_b": b.sha256,
            "path_a": a.path,
            "path_b": b.path,
            "form": self.form,
            "score": round(self.score, 4),
            "verdict": self.verdict,
        }


def judge(contents: Sequence[Content], scores: Scores, calibration: Calibration) -> list[Verdict]:
    """Judge the pairs of photographs; plainly different ones are left out."""
    judged = []
    for (a, b), (form, score) in sorted(scores.items()):
        if contents[a].is_real and contents[b].is_real and score.share >= calibration.review:
            verdict = "same" if score.share >= calibration.threshold else "review"
            if not score.is_decidable:
                verdict = "undecidable"
            judged.append(Verdict(a, b, FORMS[form], score.share, verdict))
    return judged
