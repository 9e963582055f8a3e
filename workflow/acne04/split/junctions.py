"""Junctions: what ties images of different earlier places together, and how that is settled.

An image is *settled* where an earlier release placed it, else *loose*. Loose images that are
related to each other are a cluster; one that is related to settled images of two places joins
them. Without the clusters that join, and without the relations between settled images of different
places, a group falls into *regions*: each has settled images of one place only.

Without a person's decision new images that join images of different places are left out, and
photographs that keep their places keep them although a relation between them is a leak: an error
either way. ``leave-out`` leaves out the image that was decided on. ``hold-out`` gives the joined
group to the place that is furthest from training (of folds to the one with most of its images): its
members elsewhere leave the split, and what is new in it goes there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from acne04.core.errors import SchemaError
from acne04.relations.decisions import Decision

LEAVE_OUT, HOLD_OUT = "leave-out", "hold-out"
#: Why an image is left out: nobody has decided, or somebody has.
JOINS, BY_DECISION = "joins-parts", "held-out-by-decision"
#: A decision, what it was found to bear on, and what was done.
AppliedDecision = tuple[Decision, str, str]


@dataclass(frozen=True)
class Junction:
    """Images that are related to others whose place they cannot share.

    Attributes
    ----------
    images : tuple of str
        image_ids: those of a cluster, or the one settled image that is nearer to training.
    touched : tuple of (str, str, str)
        What they are related to: place, image_id there, and the kind of relation; sorted.
    settled : bool
        Whether it is a settled image.
    """

    images: tuple[str, ...]
    touched: tuple[tuple[str, str, str], ...]
    settled: bool


@dataclass(frozen=True)
class TornGroup:
    """Junctions, and the regions that they lie between.

    Attributes
    ----------
    junctions : list of Junction
        By their first image.
    regions : dict of str to str
        image_id to the region, named after its first image; images of clusters that join, and
        those cut off from every settled image, are in none.
    """

    junctions: list[Junction]
    regions: dict[str, str]


@dataclass(frozen=True)
class Fate:
    """What becomes of an image: its unit, the place this keeps (or none), and why it is out."""

    unit: str
    place: str
    excluded: str


@dataclass(frozen=True)
class Settlement:
    """What becomes of a torn group.

    Attributes
    ----------
    fates : dict of str to Fate
        By image_id.
    open : list of Junction
        Those that nobody has decided.
    applied : list of (Decision, str, str)
        What was decided.
    """

    fates: dict[str, Fate]
    open: list[Junction]
    applied: list[AppliedDecision]


def refuse_other_relations(images: pd.DataFrame, relations: pd.DataFrame) -> None:
    """Check that the groups are the connected components of the relations.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, group.
    relations : pandas.DataFrame
        Table ``relations``.

    Raises
    ------
    SchemaError
        If not: the tables are of two runs.
    """
    edges = list(zip(relations["a"], relations["b"], strict=True))
    known = set(images["image_id"])
    strangers = sorted({end for edge in edges for end in edge} - known)
    components = {} if strangers else _components(known, edges)
    pairs = {
        (components.get(i), g) for i, g in zip(images["image_id"], images["group"], strict=True)
    }
    if strangers or not len(pairs) == len(set(components.values())) == images["group"].nunique():
        raise SchemaError(
            "relations",
            "the groups are not the connected components of the relations",
            expected="relations and groups of one run of `acne04 dedupe`",
            found=f"relations of unknown images, first {strangers[0]}"
            if strangers
            else f"{images['group'].nunique()} groups, {len(set(components.values()))} components",
            done="nothing written",
            remedy="run `acne04 dedupe` again, and take both tables from it",
        )


def resolve(
    place: Mapping[str, str],
    relations: pd.DataFrame,
    rank: Mapping[str, int],
    answers: Mapping[str, Decision],
) -> Settlement:
    """Settle one group whose images have several places.

    Parameters
    ----------
    place : mapping of str to str
        image_id to its earlier place, empty for a loose image.
    relations : pandas.DataFrame
        Table ``relations``, those of this group.
    rank : mapping of str to int
        Place to its distance from training.
    answers : mapping of str to Decision
        image_id to the decision on it, where there is one.
    """
    torn, left_out, applied = _without_left_out(place, relations, rank, answers)
    answered = {junction: _answer(junction, answers) for junction in torn.junctions}
    applied += [(a, told(junction), _done(a)) for junction, a in answered.items() if a]
    holding = any(answer and answer.decision == HOLD_OUT for answer in answered.values())
    there = {image: where for image, where in place.items() if image not in left_out}
    fates = _held_out(there, rank) if holding else _regions(there, torn)
    for junction, answer in answered.items():
        if not junction.settled and (answer.decision == LEAVE_OUT if answer else not holding):
            fates |= dict.fromkeys(junction.images, Fate(junction.images[0], "", JOINS))
    # What has no fate yet was left out by a decision, or is cut off with what was.
    return Settlement(
        {image: fates.get(image, Fate(image, "", BY_DECISION)) for image in place},
        [] if holding else [junction for junction, answer in answered.items() if not answer],
        applied,
    )


def told(junction: Junction) -> str:
    """Tell a junction in one line, with one relation to each place."""
    first = {where: (image, kind) for where, image, kind in reversed(junction.touched)}
    ends = [f"{image} in {where} ({kind})" for where, (image, kind) in sorted(first.items())]
    others = len(junction.images) - 1
    name = junction.images[0] + (f" and {others} more" if others else "")
    return f"{name} related to {' and '.join(ends)}"


def as_answers(
    images: pd.DataFrame, variant: str, decisions: Sequence[Decision]
) -> dict[str, Decision]:
    """Give the decision on each image; one on this variant outweighs one on all.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, sha256.
    """
    by_bytes: dict[str, Decision] = {}
    for decision in sorted(decisions, key=lambda decision: decision.target):
        if decision.target in ("", variant) and decision.decision in (LEAVE_OUT, HOLD_OUT):
            by_bytes[decision.subject] = decision
    known = images[images["sha256"].isin(by_bytes)]
    return {row.image_id: by_bytes[row.sha256] for row in known.itertuples()}


def _find_junctions(
    place: Mapping[str, str], relations: pd.DataFrame, rank: Mapping[str, int], left_out: Set[str]
) -> TornGroup:
    """Find the junctions in groups whose settled images have different places.

    Parameters
    ----------
    place : mapping of str to str
        image_id to its earlier place, empty for a loose image.
    relations : pandas.DataFrame
        Table ``relations``, those between these images.
    rank : mapping of str to int
        Place to its order: of two settled images the one of the lesser rank is nearer to training.
    left_out : set of str
        Settled images that are not to be looked at.
    """
    place = {image: where for image, where in place.items() if image not in left_out}
    edges = sorted(
        edge for edge in _edges(place, relations, rank) if edge[0] in place and edge[1] in place
    )
    loose = {image for image, where in place.items() if not where}
    clusters = _components(loose, [(a, b) for a, b, _ in edges if loose >= {a, b}])
    touched: dict[str, set[tuple[str, str, str]]] = {}
    cut: dict[str, tuple[str, str, str]] = {}
    for a, b, kind in edges:
        if (a in loose) != (b in loose):
            new, old = (a, b) if a in loose else (b, a)
            touched.setdefault(clusters[new], set()).add((place[old], old, kind))
        elif a not in loose and place[a] != place[b]:
            low, high = (a, b) if rank[place[a]] <= rank[place[b]] else (b, a)
            cut.setdefault(low, (place[high], high, kind))
    joining = {name for name, ends in touched.items() if len({where for where, *_ in ends}) > 1}
    junctions = [
        Junction(
            tuple(sorted(image for image in loose if clusters[image] == cluster)),
            tuple(sorted(touched[cluster])),
            settled=False,
        )
        for cluster in joining
    ]
    junctions += [Junction((low,), (high,), settled=True) for low, high in cut.items()]
    inside = {image for image in place if clusters.get(image) not in joining}
    held = [
        (a, b) for a, b, _ in edges if inside >= {a, b} and (loose & {a, b} or place[a] == place[b])
    ]
    regions = _components(inside, held)
    anchored = {regions[image] for image in inside - loose}
    return TornGroup(
        sorted(junctions, key=lambda junction: junction.images),
        {image: region for image, region in regions.items() if region in anchored},
    )


def _without_left_out(
    place: Mapping[str, str],
    relations: pd.DataFrame,
    rank: Mapping[str, int],
    answers: Mapping[str, Decision],
) -> tuple[TornGroup, set[str], list[AppliedDecision]]:
    """Take out the settled images that a person left out, as long as that shows further ones."""
    left_out: set[str] = set()
    applied = []
    while True:
        torn = _find_junctions(place, relations, rank, left_out)
        found = False
        for junction in torn.junctions:
            answer = answers.get(junction.images[0])
            if junction.settled and answer and answer.decision == LEAVE_OUT:
                left_out.add(junction.images[0])
                applied.append((answer, told(junction), _done(answer)))
                found = True
        if not found:
            return torn, left_out, applied


def _answer(junction: Junction, answers: Mapping[str, Decision]) -> Decision | None:
    """Give the decision on any image of a junction; of several, one that holds out."""
    given = [answers[image] for image in junction.images if image in answers]
    return next((a for a in given if a.decision == HOLD_OUT), next(iter(given), None))


def _done(answer: Decision) -> str:
    if answer.decision == LEAVE_OUT:
        return "left out; the others keep their places"
    return (
        "the joined group has one place, the furthest from training (of folds the one with most "
        "of its images); its images elsewhere left the split"
    )


def _regions(place: Mapping[str, str], torn: TornGroup) -> dict[str, Fate]:
    home = {region: place[image] for image, region in torn.regions.items() if place[image]}
    return {image: Fate(region, home[region], "") for image, region in torn.regions.items()}


def _held_out(place: Mapping[str, str], rank: Mapping[str, int]) -> dict[str, Fate]:
    sizes = Counter(where for where in place.values() if where)
    kept = max(sizes, key=lambda where: (rank[where], sizes[where], where))
    unit = min(place)
    return {image: Fate(unit, kept, "") for image, where in place.items() if where in ("", kept)}


def _edges(
    place: Mapping[str, str], relations: pd.DataFrame, rank: Mapping[str, int]
) -> Iterator[tuple[str, str, str]]:
    """Give all relations as (a, b, kind), those of a person between the images that decide.

    The table tells a person as a star around any image of hers. Here her loose images are tied to
    one settled image of each place that she has, and her settled ones to the first in their place
    and to one in the furthest from training: nothing hangs on an image that may be left out.
    """
    persons = relations["kind"] == "subject"
    for row in relations[~persons].itertuples():
        yield row.a, row.b, row.kind
    for (centre, _), star in relations[persons].groupby(["b", "evidence"]):
        members = sorted({centre, *star["a"]} & place.keys())
        settled = Counter(place[image] for image in members if place[image])
        yield from ((a, b, "subject") for a, b in _star(members, place, settled, rank))


def _star(
    members: list[str], place: Mapping[str, str], settled: Counter[str], rank: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    first = {where: next(i for i in members if place[i] == where) for where in settled}
    if not first:
        yield from ((image, members[0]) for image in members[1:])
        return
    furthest = first[max(first, key=lambda where: (rank[where], settled[where], where))]
    for image in members:
        ends = {first[place[image]], furthest} if place[image] else set(first.values())
        yield from ((image, end) for end in sorted(ends - {image}))


def _components(nodes: Iterable[str], edges: list[tuple[str, str]]) -> dict[str, str]:
    """Name the connected component of each node after its first one."""
    order = sorted(nodes)
    number = {node: n for n, node in enumerate(order)}
    ends = np.array([(number[a], number[b]) for a, b in edges], dtype=np.int64).reshape(-1, 2)
    weights = np.ones(len(ends), dtype=np.int8)
    graph = coo_array((weights, (ends[:, 0], ends[:, 1])), shape=(len(order), len(order)))
    _, component = connected_components(graph, directed=False)
    _, first = np.unique(component, return_index=True)
    return {node: order[first[component[n]]] for n, node in enumerate(order)}
