"""The control of published-clean: ``published-matched``, as many images, and the leaks left in.

Of the training part of each published fold so many photographs of each grade are drawn as
published-clean keeps; test parts are the published ones. A model that is trained on both, and on
published, tells two things apart that one comparison would mix: what is lost with the images
(published − matched), and what the leaks are worth (matched − clean). The synthetic images and
the weights are those of published-clean, so that nothing but the photographs differs.

The draw is a random sample without replacement of each grade, and hangs on the name of the fold
and of the image alone: those photographs come first whose digest is the smallest.
"""

from __future__ import annotations

import hashlib

import pandas as pd

from acne04.core.findings import Finding
from acne04.split import catalogue
from acne04.split.balance import training_weights
from acne04.split.collection import as_labelled
from acne04.split.manifest import SplitParameters, Variant
from acne04.split.published import CLEAN, published, trained_counts

MATCHED = "published-matched"
NOT_DRAWN = "not-drawn"
#: Of the draw; another one gives other photographs.
SEED = 0


def draw_key(fold: int, image_id: str) -> str:
    """Give what a photograph's turn in the draw of a fold is decided by.

    >>> draw_key(0, "levle0_0.jpg")[:12]
    '213c87cc24d4'
    """
    return hashlib.sha256(f"{MATCHED}:{SEED}:{fold}:{image_id}".encode()).hexdigest()


def published_matched(
    images: pd.DataFrame, folds: pd.DataFrame, clean: Variant, parameters: SplitParameters
) -> Variant:
    """Draw for each published fold as many training photographs of a grade as clean has.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.collection.join_images`.
    folds : pandas.DataFrame
        Table ``folds``.
    clean : Variant
        What `acne04.split.published.published_clean` made of these.
    """
    original = published(as_labelled(images), folds).manifest
    kept = {int(fold): rows for fold, rows in clean.manifest.groupby("fold")}
    findings, drawn = [], []
    for fold, rows in original.groupby("fold"):
        rows = rows.copy()
        findings.append(_draw(int(fold), rows, kept[int(fold)], parameters))
        drawn.append(rows)
    manifest = pd.concat(drawn) if drawn else original
    return Variant(MATCHED, manifest, findings, None, clean.shortfall)


def _draw(
    fold: int, rows: pd.DataFrame, clean: pd.DataFrame, parameters: SplitParameters
) -> Finding:
    """Draw the photographs of one fold in `rows`, and take the synthetic images of `clean`."""
    training = rows["split"] == "trainval"
    wanted = trained_counts(clean[(clean["split"] == "trainval") & (clean["origin"] == "real")])
    order = rows.loc[training, "image_id"].map(lambda image: draw_key(fold, image))
    turn = order.groupby(rows.loc[training, "grade"]).rank(method="first")
    enough = rows.loc[training, "grade"].map(lambda grade: float(wanted[int(grade)]))
    left = turn.index[turn > enough]
    rows.loc[left, "split"] = ""
    rows.loc[left, "excluded"] = NOT_DRAWN
    rows.loc[left, "weight"] = pd.NA
    drawn = rows["split"] == "trainval"
    weights = training_weights(rows[drawn], wanted, parameters)
    rows.loc[drawn, "weight"] = weights.astype("Float64")
    synthetic = rows["origin"] == "synthetic"
    same = clean.set_index("image_id").loc[rows.loc[synthetic, "image_id"]]
    for column in ("split", "weight", "mark", "excluded"):
        rows.loc[synthetic, column] = same[column].to_numpy()
    return catalogue.TRAINING_IMAGES_DRAWN.at(
        f"{MATCHED}.csv",
        f"fold {fold}",
        expected=f"as many training photographs of each grade as {CLEAN} has",
        found=f"{int(drawn.sum())} of {int(training.sum())} drawn (seed {SEED})",
        done="test part as published; the leaks are left in",
    )
