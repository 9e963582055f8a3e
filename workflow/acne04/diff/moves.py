"""Images that changed their place in a split, and what that does to its balance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from acne04.diff.artifacts import ArtifactPair, Row
from acne04.diff.change import Balance, Change, Kind, Section

#: The manifests, in the order in which a reader cares; others follow.
VARIANTS = ("holdout", "kfold", "published-clean", "published-matched", "published", "paper")
NOT_THERE = "not there"
_EXCLUDED = "excluded: "
_MANIFEST_COLUMNS = ("data/splits/", ".csv")
_BESIDES = {"churn", "paper_leaks", "paper_table", "published_leaks", "review", "shortcuts"}


def sections(pair: ArtifactPair) -> Iterator[Section]:
    """Compare the manifests of all variants."""
    paths = _manifests(pair.paths)
    pair.fetch(paths.values())
    for variant, path in paths.items():
        if not pair.differs(path):
            continue
        before, after = pair.table(path, "splits")
        title = f"Split {variant}"
        yield Section(title, tuple(_moves(before, after)), tuple(_balance(variant, before, after)))


def _manifests(paths: list[str]) -> dict[str, str]:
    start, end = _MANIFEST_COLUMNS
    found = {
        PurePosixPath(path).stem: path
        for path in paths
        if path.startswith(start)
        and path.endswith(end)
        and PurePosixPath(path).stem not in _BESIDES
    }
    known = [variant for variant in VARIANTS if variant in found]
    return {variant: found[variant] for variant in [*known, *sorted(found.keys() - set(known))]}


def _places(rows: list[Row], *, is_folded: bool) -> dict[tuple[str, str], str]:
    """Give (image, fold) -> place; a fold that is a part itself belongs to the place."""
    places = {}
    for row in rows:
        place = row["split"] or _EXCLUDED + row["excluded"].partition(":")[0]
        if row["fold"] and not is_folded:
            place = f"fold {row['fold']} {place}"
        places[row["image_id"], row["fold"] if is_folded else ""] = place
    return places


def _is_folded(rows: list[Row]) -> bool:
    """Tell whether a manifest holds each image once a fold, not once."""
    return len({row["image_id"] for row in rows}) < len(rows)


def _moves(before: list[Row], after: list[Row]) -> Iterator[Change]:
    is_folded = _is_folded(before) or _is_folded(after)
    old, new = (_places(rows, is_folded=is_folded) for rows in (before, after))
    moved: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for image, fold in old.keys() | new.keys():
        places = (old.get((image, fold), NOT_THERE), new.get((image, fold), NOT_THERE))
        if places[0] != places[1]:
            moved[fold, *places].append(image)
    for (fold, place, target), images in sorted(moved.items()):
        what = f"{f'fold {fold}: ' if fold else ''}{place} -> {target}"
        names = tuple(sorted(images))
        yield Change(_kind(place, target), what, count=len(names), names=names)
    yield from _other_columns(before, after)


def _kind(place: str, target: str) -> Kind:
    if place == NOT_THERE:
        return "added"
    return "removed" if target == NOT_THERE else "moved"


def _other_columns(before: list[Row], after: list[Row]) -> Iterator[Change]:
    """Tell what changed of images besides their place: grades, weights, groups."""
    old, new = ({(r["image_id"], r["fold"]): r for r in rows} for rows in (before, after))
    both = sorted(old.keys() & new.keys())
    columns = {column for row in (*before[:1], *after[:1]) for column in row}
    for column in sorted(columns - {"dataset", "variant", "image_id", "fold", "split", "excluded"}):
        names = {k[0] for k in both if old[k].get(column, "") != new[k].get(column, "")}
        if names:
            yield Change(
                "changed", f"column {column}", count=len(names), names=tuple(sorted(names))
            )


def _balance(variant: str, before: list[Row], after: list[Row]) -> Iterator[Balance]:
    sides = (_counts(before), _counts(after))
    for part in sorted(sides[0].keys() | sides[1].keys()):
        yield Balance(variant, part, *(dict(sorted(side.get(part, {}).items())) for side in sides))


def _counts(rows: list[Row]) -> dict[str, Counter[str]]:
    """Count the placed images: part -> grade -> how many; synthetic ones apart."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["split"]:
            fold = f"fold {row['fold']} " if row["fold"] else ""
            kind = " (synthetic)" if row["origin"] == "synthetic" else ""
            counts[f"{fold}{row['split']}{kind}"][row["grade"] or "none"] += 1
    return counts
