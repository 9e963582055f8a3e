"""Keep the places of an earlier release while the collection grows.

What an earlier manifest placed keeps its place, and so does its group: new photographs of it go
where it is. Two exceptions: nothing joins the test part of ``holdout`` (it is frozen, so that
figures stay comparable), so new photographs of its groups are left out, ``test-frozen``; and
images that would join groups of different places are left out, ``joins-parts``, until a person
decides (`acne04.split.junctions`). No photograph ever moves from one part to another.

Only what is in the collection binds: an image that is gone keeps no place for its group. One that
is there, but cannot be placed any more, still does. Synthetic images bind nothing: they follow.

Quotas: of ``holdout`` over the open parts, train and val, in their ratio to each other and over
all images that are not in test; of ``kfold`` over all folds, as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from acne04.core.findings import Finding
from acne04.core.review import ReviewItem
from acne04.relations.catalogue import DECISION_NOT_APPLICABLE
from acne04.relations.decisions import Decision, applied, unapplied
from acne04.split import catalogue
from acne04.split.junctions import (
    HOLD_OUT,
    LEAVE_OUT,
    AppliedDecision,
    Fate,
    Junction,
    Settlement,
    as_answers,
    resolve,
    told,
)

TEST = "test"
#: What findings call the file of decisions that this stage applies.
PLACES = "decisions/places.csv"


@dataclass(frozen=True)
class Growth:
    """What an earlier release leaves open; every series is indexed as the images.

    Attributes
    ----------
    unit : pandas.Series of str
        What is placed as a whole: the group, or a region of one that lies in several places.
    place : pandas.Series of str
        Part that the unit keeps: ``train``, ``fold-3``; empty where it has none yet.
    excluded : pandas.Series of str
        Why growth leaves an image out; empty where it does not.
    chosen : pandas.Series of bool
        Synthetic images that were in training before.
    validates : pandas.Series of str
        Of ``kfold``: folds that the group keeps validating, joined by ``/``; missing where it is in
        no place yet, or nobody said in the earlier release.
    frozen : str
        Part that takes no new images; empty where there is none.
    findings : list of Finding
        The junctions that nobody has decided.
    review : list of ReviewItem
        The same as questions.
    applied : list of (Decision, str, str)
        Decisions, what each was found to bear on, and what was done.
    """

    unit: pd.Series
    place: pd.Series
    excluded: pd.Series
    chosen: pd.Series
    validates: pd.Series
    frozen: str = ""
    findings: list[Finding] = field(default_factory=list)
    review: list[ReviewItem] = field(default_factory=list)
    applied: list[AppliedDecision] = field(default_factory=list)

    def validating(self, fold: int) -> pd.Series:
        """Say whether each group keeps validating a fold, ``val``, or training in it, ``train``.

        Empty where that is open.
        """
        parts = [
            "" if pd.isna(folds) else "val" if str(fold) in folds.split("/") else "train"
            for folds in self.validates
        ]
        return pd.Series(parts, index=self.unit.index, dtype="str")


def from_nothing(images: pd.DataFrame) -> Growth:
    """Give the growth of a first release: everything is open."""
    blank = pd.Series("", index=images.index, dtype="str")
    unknown = pd.Series(None, index=images.index, dtype="object")
    return Growth(images["group"], blank, blank, pd.Series(False, index=images.index), unknown)


def grow(
    images: pd.DataFrame,
    relations: pd.DataFrame,
    previous: pd.DataFrame,
    parts: Sequence[str],
    variant: str,
    decisions: Sequence[Decision] = (),
) -> Growth:
    """Say what an earlier manifest leaves open.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.collection.join_images`.
    relations : pandas.DataFrame
        Table ``relations``, whose connected components the groups are.
    previous : pandas.DataFrame
        As of `acne04.split.previous.read_previous`.
    parts : sequence of str
        Parts of the variant, the nearest to training first.
    variant : {"holdout", "kfold"}
        The part test of ``holdout`` is frozen.
    decisions : sequence of Decision
        Of kind ``place``; those on another variant are not for this one.
    """
    settled, chosen = _settled(images, previous)
    by_group = settled[settled != ""].groupby(images["group"])
    place = images["group"].map(by_group.first()).fillna("").astype("str")
    several = by_group.nunique() > 1
    torn = images[images["group"].isin(several.index[several])].assign(settled=settled)
    answers = as_answers(torn, variant, decisions)
    # Folds are alike: none is nearer to training than another.
    rank = {part: number if variant == "holdout" else 0 for number, part in enumerate(parts)}
    settlements = [
        resolve(
            dict(zip(members["image_id"], members["settled"], strict=True)),
            relations[relations["a"].isin(members["image_id"])],
            rank,
            answers,
        )
        for _, members in torn.groupby("group")
    ]
    unit, place, excluded = _fates(images, place, settlements)
    frozen = TEST if variant == "holdout" else ""
    if frozen:
        newcomer = (settled == "") & (images["origin"] == "real") & (excluded == "")
        excluded = excluded.mask(newcomer & (place == frozen), "test-frozen")
    by_id = images.set_index("image_id")
    return Growth(
        unit,
        place,
        excluded,
        chosen,
        _validating(images, previous, settled),
        frozen,
        [_finding(junction, by_id, variant) for s in settlements for junction in s.open],
        [_question(junction, by_id, variant) for s in settlements for junction in s.open],
        [event for settlement in settlements for event in settlement.applied],
    )


def decision_findings(
    decisions: Sequence[Decision], growths: Iterable[Growth], images: pd.DataFrame
) -> list[Finding]:
    """Report each decision: what it did, or that it found nothing to do."""
    done = [event for growth in growths for event in growth.applied]
    used = {decision for decision, _, _ in done}
    known = images.groupby("path")["sha256"].agg(set).to_dict()
    there = set(images["sha256"])
    return [
        *(applied(decision, PLACES, found, what) for decision, found, what in done),
        *unapplied(decisions, known, PLACES),
        *(_idle(d) for d in decisions if d not in used and d.holds(there)),
    ]


def _settled(images: pd.DataFrame, previous: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Give the earlier place of each image, empty where it has none, and the chosen synthetic."""
    known = previous.reindex(images["sha256"]).set_index(images.index)
    placed = known["excluded"] == ""
    chosen = placed & (known["origin"] == "synthetic") & (images["origin"] == "synthetic")
    # Bytes that were synthetic, and are a photograph's now, stay where they were trained on.
    place = known["place"].str.replace("train-only-", "fold-").replace("train-only", "")
    return place.where(placed & ~chosen, "").astype("str"), chosen


def _validating(images: pd.DataFrame, previous: pd.DataFrame, settled: pd.Series) -> pd.Series:
    """Give the folds that each group validated; where its images differ, those of any of them."""
    if not (previous["validates"] != "").any():
        return pd.Series(None, index=images.index, dtype="object")
    group = images["group"]
    earlier = previous["validates"].reindex(images["sha256"]).set_axis(images.index)
    of_group: dict[str, set[str]] = {}
    for name, folds in zip(group[settled != ""], earlier[settled != ""], strict=True):
        of_group.setdefault(name, set()).update(folds.split("/"))
    joined = {name: "/".join(sorted(folds - {""}, key=int)) for name, folds in of_group.items()}
    return pd.Series([joined.get(name) for name in group], index=images.index, dtype="object")


def _fates(
    images: pd.DataFrame, place: pd.Series, settlements: list[Settlement]
) -> Iterator[pd.Series]:
    """Give unit, place and exclusion of each image."""
    settled = {
        image: fate for settlement in settlements for image, fate in settlement.fates.items()
    }
    fates = [
        settled.get(image_id) or Fate(group, where, "")
        for image_id, group, where in zip(images["image_id"], images["group"], place, strict=True)
    ]
    for column in ("unit", "place", "excluded"):
        values = [getattr(fate, column) for fate in fates]
        yield pd.Series(values, index=images.index, dtype="str")


def _finding(junction: Junction, images: pd.DataFrame, variant: str) -> Finding:
    return catalogue.GROWTH_JOINS_PARTS.at(
        images.loc[junction.images[0], "path"],
        variant,
        expected="images related to those of one part of the earlier release",
        found=told(junction),
        done="all keep their places: this is a leak"
        if junction.settled
        else "left out; the others keep their places",
    )


def _question(junction: Junction, images: pd.DataFrame, variant: str) -> ReviewItem:
    image = images.loc[junction.images[0]]
    return ReviewItem(
        kind="place",
        subject=image["sha256"],
        path=image["path"],
        target=variant,
        question="It ties images of different parts together: is it left out, or are the images "
        "that it ties to held-out ones?",
        evidence=told(junction),
        options=(LEAVE_OUT, HOLD_OUT),
        default="all keep their places" if junction.settled else LEAVE_OUT,
    )


def _idle(decision: Decision) -> Finding:
    return DECISION_NOT_APPLICABLE.at(
        PLACES,
        line=decision.line,
        expected=f"{decision.path} between two parts of an earlier release",
        found="no such conflict in the variants that were made",
        done=f"nothing to apply it to (place: {decision.decision})",
    )
