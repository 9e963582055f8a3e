"""Report what a grown collection changes in a manifest: every image whose standing is another."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from acne04.split.previous import by_bytes

#: Why something changed; a change of grade, and a reason, are told in words of their own.
ADDED, GONE, FOLLOWS = "added", "gone", "follows its group"


def churn(variant: str, previous: pd.DataFrame, manifest: pd.DataFrame) -> pd.DataFrame:
    """Compare a manifest with that of an earlier release, by the bytes of the images.

    Parameters
    ----------
    variant : str
        Goes into every row.
    previous : pandas.DataFrame
        As of `acne04.split.previous.read_previous`.
    manifest : pandas.DataFrame
        The new one: table ``splits``. Of byte-identical images the one that is placed counts.

    Returns
    -------
    pandas.DataFrame
        Table ``churn`` without its dataset; no row for an image that stands as it stood.
    """
    changes = _changes(previous.to_dict("index"), by_bytes(manifest).to_dict("index"))
    rows = [{"sha256": sha256, **change} for sha256, change in changes]
    table = pd.DataFrame(rows, columns=["sha256", "image_id", "before", "after", "cause"])
    return table.assign(variant=variant)


def _changes(
    old: dict[str, dict[str, object]], new: dict[str, dict[str, object]]
) -> Iterator[tuple[str, dict[str, object]]]:
    for sha256 in sorted(old.keys() | new.keys()):
        before, after = old.get(sha256), new.get(sha256)
        if before is None or after is None:
            image, cause = (after, ADDED) if before is None else (before, GONE)
        else:
            image, cause = after, "; ".join(_causes(before, after))
        if image and cause:
            yield (
                sha256,
                {
                    "image_id": image["image_id"],
                    "before": before["place"] if before else "",
                    "after": after["place"] if after else "",
                    "cause": cause,
                },
            )


def _causes(before: dict[str, object], after: dict[str, object]) -> Iterator[str]:
    grades = [image["grade"] for image in (before, after)]
    known = ["none" if pd.isna(grade) else str(grade) for grade in grades]
    if known[0] != known[1]:
        yield f"grade {known[0]} to {known[1]}"
    if before["place"] == after["place"]:
        return
    if after["excluded"]:
        yield f"now {after['excluded']}"
    elif before["excluded"]:
        yield f"no longer {before['excluded']}"
    else:
        yield FOLLOWS
