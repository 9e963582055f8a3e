"""What is missing of the photographs in each grade, and what sizes and cameras the parts have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from acne04.cohort.people import by_grade

#: Longer side of an image in pixels, from which a class of sizes begins -> its name.
SIZE_CLASSES = {0: "below 1000", 1000: "1000 to 1999", 2000: "2000 to 2999", 3000: "3000 and more"}
NO_CAMERA, NO_SIZE = "none", "unknown"


def missingness_table(images: pd.DataFrame, annotated: pd.DataFrame) -> list[dict[str, Any]]:
    """Count by grade what is missing.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.cohort.people.join_cohort`.
    annotated : pandas.DataFrame
        Table ``annotated``.

    Returns
    -------
    list of dict
        Rows of table ``missingness``, without the column dataset; photographs alone.
    """
    real = images[images["origin"] == "real"]
    sound = annotated[annotated["quarantined_by"] == ""].drop_duplicates("file_name")
    sizes = sound.set_index("file_name")[["width", "height"]]
    in_v2 = sizes.reindex(real["name"]).set_axis(real.index)
    known = in_v2["width"].notna() & real["width"].notna()
    differs = (in_v2["width"] != real["width"]) | (in_v2["height"] != real["height"])
    everything = pd.Series(True, index=real.index)
    items = {
        "grade": (everything, real["grade"].isna()),
        "count": (everything, real["lesions_v1"].isna()),
        "boxes": (everything, real["boxes"].isna()),
        "v2": (everything, in_v2["width"].isna()),
        "person": (everything, real["subject"] == ""),
        "camera": (everything, real["exif_make"] == ""),
        "size-of-v2": (known, differs),
    }
    rows = []
    for item, (of, missing) in items.items():
        for grade, some in by_grade(real[of]).items():
            number = int(missing[some.index].fillna(value=True).sum())
            rows.append({"item": item, "grade": grade, "images": len(some), "missing": number})
    return rows


def mix_table(images: pd.DataFrame, manifests: Mapping[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """Count sizes and cameras in each part of each variant.

    Returns
    -------
    list of dict
        Rows of table ``mix``, without the column dataset.
    """
    about = pd.DataFrame(
        {
            "image_id": images["image_id"],
            "size": [
                size_class(*size) for size in zip(images["width"], images["height"], strict=True)
            ],
            "camera": images["exif_make"].replace("", NO_CAMERA),
        }
    )
    rows = []
    for variant, manifest in manifests.items():
        placed = manifest[manifest["split"] != ""]
        placed = placed[["image_id", "split", "fold", "origin"]].merge(about, on="image_id")
        placed = placed.assign(number=placed["fold"].fillna(-1).astype("int64"))
        for (split, number, origin), some in placed.groupby(["split", "number", "origin"]):
            for feature in ("size", "camera"):
                for value, count in some[feature].value_counts().sort_index().items():
                    rows.append(
                        {
                            "variant": variant,
                            "part": split,
                            "fold": None if number < 0 else int(number),
                            "origin": origin,
                            "feature": feature,
                            "value": value,
                            "images": int(count),
                            "of": len(some),
                        }
                    )
    return rows


def size_class(width: float, height: float) -> str:
    """Name the class of an image's size, by its longer side.

    >>> size_class(3112, 2000)
    '3000 and more'
    """
    if pd.isna(width) or pd.isna(height):
        return NO_SIZE
    return SIZE_CLASSES[max(least for least in SIZE_CLASSES if least <= max(width, height))]
