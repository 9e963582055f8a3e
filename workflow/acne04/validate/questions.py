"""Questions for the review queue: broken circles, and images whose circles coincide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from acne04.core.review import ReviewItem, pair
from acne04.relations.decisions import id_target
from acne04.validate import catalogue
from acne04.validate.circle_checks import KNOWN_FACTOR, looks_multiplied
from acne04.validate.echoes import SURE_MATCHES
from acne04.validate.problems import failed_checks, printable
from acne04.validate.soundness import AnnotationVerdict

#: Checks that a circle fails only because the record of its image fails one.
OF_THE_IMAGE = frozenset(
    [catalogue.ANNOTATION_OF_QUARANTINED_IMAGE.name, catalogue.PHOTOGRAPHS_RESIZED.name]
)


class KnownPhotograph(NamedTuple):
    """Digest of an image file, and its path below data/raw."""

    sha256: str
    path: str


def photographs(inventory: pd.DataFrame | None) -> dict[str, KnownPhotograph]:
    """Give the photographs by name; of several with one name the first by path."""
    if inventory is None:
        return {}
    real = inventory[inventory["origin"] == "real"].sort_values("path", ascending=False)
    rows = zip(real["sha256"], real["path"], strict=True)
    return dict(zip(real["name"], map(KnownPhotograph._make, rows), strict=True))


def circle_questions(verdict: AnnotationVerdict, sha256: str, place: str) -> Iterator[ReviewItem]:
    """Ask about the broken circles that nobody has decided on, image by image.

    Only what can be named by an id of its own can be asked about; the findings name the rest. Nor
    is there anything to decide on a circle that is left out only because its image is.

    Parameters
    ----------
    verdict : AnnotationVerdict
        The judged file.
    sha256, place : str
        Its digest, and its path below data/raw.
    """
    circles = verdict.circles
    named = circles["id"].notna() & ~circles["id"].duplicated(keep=False)
    failed = failed_checks(verdict.problems)
    own = pd.Series(
        [bool(failed.get(("annotations", n), set()) - OF_THE_IMAGE) for n in circles.index],
        index=circles.index,
        dtype=bool,
    )
    open_ = circles[circles["bad"] & ~circles["decided"] & named & own]
    by_id = verdict.images.dropna(subset="id").drop_duplicates("id").set_index("id")
    shown = by_id["file_name"].fillna("").map(printable).to_dict()
    names = [shown.get(image_id, "") for image_id in open_["image_id"]]
    multiplied = [
        looks_multiplied(row.x, row.y, row.radius, row.width, row.height)
        for row in open_.itertuples()
    ]
    table = open_.assign(name=names, multiplied=multiplied)
    for (name, dividable), rows in table.groupby(["name", "multiplied"]):
        checks = sorted(
            {check for position in rows.index for check in failed["annotations", position]}
        )
        of_image = f"of {name}" if name else "of no known image"
        yield ReviewItem(
            kind="circles",
            subject=sha256,
            path=place,
            target=id_target(rows["id"].astype(int)),
            question=f"What is to become of the broken circles {of_image} ({len(rows)})?",
            evidence=", ".join(checks)
            + (f"; all inside after division by {KNOWN_FACTOR}" if dividable else ""),
            options=((f"divide {KNOWN_FACTOR}",) if dividable else ()) + ("quarantine",),
            default="left out of the tables, kept in quarantine",
        )


def echo_questions(
    echoes: pd.DataFrame, known: Mapping[str, KnownPhotograph]
) -> Iterator[ReviewItem]:
    """Ask about the images that echo each other, unless they are equal byte for byte.

    Parameters
    ----------
    echoes : pandas.DataFrame
        As `echoes.find_echoes` gives them.
    known : mapping of str to KnownPhotograph
        Photographs by name; an answer on others cannot be bound to anything yet.
    """
    for echo in echoes.itertuples():
        a, b = known.get(echo.name_a), known.get(echo.name_b)
        if a and b and a.sha256 == b.sha256:
            continue
        subject, path = pair(a, b) if a and b else ("", f"{echo.name_a}|{echo.name_b}")
        smaller = min(echo.circles_a, echo.circles_b)
        doubt = "; so few may be chance" if echo.matches < SURE_MATCHES else ""
        yield ReviewItem(
            kind="relation",
            subject=subject,
            path=path,
            question="Are these two one photograph? Their circles in Acne04-v2 coincide.",
            evidence=f"{echo.matches} of {smaller} circles, of {echo.circles_a} in "
            f"{printable(echo.name_a)} and {echo.circles_b} in {printable(echo.name_b)}{doubt}",
            options=("same", "different"),
            default="not related by their circles; other relations hold as they are",
        )
