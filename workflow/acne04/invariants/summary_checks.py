"""Check that tables and figures that sum others up are what is counted in those.

Not counted again, since no table has it: pairs_compared and null_largest of ``near``, the sizes of
annotation records that cannot be read, decisions_applied by kind (findings count them in all).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from acne04.core.errors import SchemaError
from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.core.variants import repeat_of
from acne04.inspection.checks import Check, Evidence, Mismatch
from acne04.invariants.comparing import Partly, unlike_figures, unlike_rows
from acne04.invariants.components import components
from acne04.invariants.dataset import (
    BOXES,
    CALIBRATION,
    CHURN,
    ECHOES,
    FINDINGS,
    FOLDED,
    KEY_FIGURES,
    LESIONS,
    MATCHED,
    NAMES,
    PAPER_LEAKS,
    PAPER_TABLE,
    PARENTS,
    PUBLISHED_LEAKS,
    QUARANTINE,
    VERDICTS,
    Dataset,
    findings_of,
    manifest_of,
    metrics_of,
)
from acne04.invariants.dataset_tables import Tables, tables_of
from acne04.relations.leakage import ALL, ANY, COLUMNS, held_out_order, leak_table, sides_of

_SEVERITIES = ("error", "warning", "info")
_COLLISIONS = ("exact", "unicode", "extension", "case")
_KINDS = ("exact", "near", "retake", "subject", "derived-from")
_STATUSES = ("verified", "decided", "review", "unknown")
_QUESTIONS = ("grade", "keep", "relation", "parent")
_VERDICTS = ("same", "retake", "review", "undecidable")
#: Kind of relation to what the metrics call the images that leak by it.
_FIGURES = {
    "near": "near_duplicates",
    "derived-from": "parents",
    "retake": "retakes",
    "subject": "persons",
    "chain": "relatives",
}


def _summaries(dataset: Dataset) -> Evidence:
    tables = tables_of(dataset)
    problems = [
        *_published_leaks(tables),
        *_paper_leaks(tables),
        *_paper_table(tables),
        *_churn(tables),
        *_calibration(tables),
    ]
    findings = 0
    for noun in tables.nouns:
        document = dataset.document_of(findings_of(noun), FINDINGS)
        findings += sum(document["counts"].values())
        problems += _findings(tables, noun, document)
        figures = dataset.document_of(metrics_of(noun))
        if not isinstance(figures, dict):
            raise SchemaError(dataset.file_of(metrics_of(noun)), "not a mapping of figures")
        counted = Partly(_COUNTED[noun](tables, document["counts"]), findings=document["counts"])
        problems += unlike_figures(dataset.file_of(metrics_of(noun)), figures, counted)
    if KEY_FIGURES in dataset.ledger.files:  # earlier releases have none
        problems += _key_figures(tables)
    told = (
        f"{findings:,} findings and the metrics of {len(tables.nouns)} stages; what published and "
    )
    return Evidence(f"{told}paper leak; the paper's table; churn; calibration", tuple(problems))


def _published_leaks(tables: Tables) -> Iterator[Mismatch]:
    told = tables.dataset.table_of(PUBLISHED_LEAKS, "leaks")
    counted = _leaks_of_published(tables).assign(variant="published")
    key = ["variant", "fold", "held_out", "against", "grade", "kind"]
    file = tables.dataset.file_of(PUBLISHED_LEAKS)
    yield from unlike_rows(file, told, counted[[*key, *(c for c in COLUMNS if c not in key)]], key)


def _leaks_of_published(tables: Tables) -> pd.DataFrame:
    return leak_table(_sides(tables, "published"), tables.kinship)


def _sides(tables: Tables, variant: str) -> pd.DataFrame:
    """Give the sides of known images: what is unknown `manifests-whole` tells of."""
    sides = sides_of(variant, tables.manifest(variant))
    return sides[sides["image_id"].isin(tables.images.index)]


def _paper_leaks(tables: Tables) -> Iterator[Mismatch]:
    """Say again of each synthetic image where its parent's group lies in each variant."""
    images = tables.images
    synthetic = images[images["origin"] == "synthetic"]
    counted = []
    for variant in tables.variants:
        if variant == "paper" or repeat_of(variant) > 1:
            continue
        sides = _sides(tables, variant)
        order = sides["part"].map({p: held_out_order(p) for p in sides["part"].unique()})
        sides = sides.assign(group=sides["image_id"].map(images["group"]), order=order)
        for fold, of_fold in sides.groupby("fold", dropna=False):
            part = of_fold.sort_values("order").groupby("group")["part"].first()
            part = synthetic["group"].map(part).fillna("").where(synthetic["parent_known"], "")
            leaks = part.isin(["test", "val"]).astype("boolean").where(synthetic["parent_known"])
            rows = pd.DataFrame({"image_id": synthetic.index, "variant": variant, "fold": fold})
            rows = rows.assign(parent=synthetic["parent"].to_numpy(), part=part.to_numpy(),
                               leaks=leaks.to_numpy())  # fmt: skip
            counted.append(rows.astype({"fold": "Int64", "leaks": "boolean"}))
    told = tables.dataset.table_of(PAPER_LEAKS, "paper_leaks")
    expected = pd.concat(counted, ignore_index=True) if counted else told.iloc[:0]
    columns = ["image_id", "variant", "fold", "parent", "part", "leaks"]
    file = tables.dataset.file_of(PAPER_LEAKS)
    yield from unlike_rows(file, told, expected[columns], ["image_id", "variant", "fold"])


def _paper_table(tables: Tables) -> Iterator[Mismatch]:
    manifest = tables.manifest("paper")
    placed = manifest[manifest["split"] == "all"]
    counts = placed.groupby(["grade", "origin"]).size()
    rows = []
    for grade in GRADES:
        original, generated = (int(counts.get((grade, o), 0)) for o in ("real", "synthetic"))
        rows.append(
            {
                "label": f"levle{grade}",
                "grade": GRADE_NAMES[grade].title(),
                "original": original,
                "generated": generated,
                "total": original + generated,
            }
        )
    told = tables.dataset.table_of(PAPER_TABLE, "paper_table")
    file = tables.dataset.file_of(PAPER_TABLE)
    yield from unlike_rows(file, told, pd.DataFrame(rows), ["label"])


def _churn(tables: Tables) -> Iterator[Mismatch]:
    """Check that what changed ends where the manifests say; nothing does in a first release."""
    table, file = tables.dataset.table_of(CHURN, "churn"), tables.dataset.file_of(CHURN)
    for variant, rows in table.groupby("variant"):
        if not tables.is_grown:
            yield Mismatch(file, "no change, for there is no earlier release", f"{len(rows)} rows")
            return
        now = _standing(tables, str(variant))
        for row in rows.itertuples():
            image_id, place = now.get(row.sha256, (row.image_id, ""))
            if (row.image_id, row.after) != (image_id, place):
                expected = f"{image_id} in {manifest_of(str(variant))}: {place or 'gone'}"
                found = f"{row.image_id}: {row.after or 'gone'}"
                yield Mismatch(file, expected, found, int(row.Index) + 2, row.sha256)


def _standing(tables: Tables, variant: str) -> dict[str, tuple[str, str]]:
    """Give image and place of the bytes of each image; of copies those of the placed one."""
    rows = tables.manifest(variant)
    rows = rows.assign(out=rows["excluded"] != "").sort_values(["out", "image_id"])
    rows = rows.drop_duplicates("sha256")
    has_fold = rows["fold"].notna()
    part = rows["split"].mask((rows["split"] == "test") & has_fold, "fold")
    place = part + ("-" + rows["fold"].astype("str")).where(has_fold, "")
    place = place.mask(part == "", rows["excluded"])
    return dict(zip(rows["sha256"], zip(rows["image_id"], place, strict=True), strict=True))


def _calibration(tables: Tables) -> Iterator[Mismatch]:
    document = tables.dataset.document_of(CALIBRATION, "calibration.schema.json")
    file = tables.dataset.file_of(CALIBRATION)
    null, bins = document["null"], document["histograms"]
    totals = {
        name: sum(counts.values()) for name, counts in bins.items() if isinstance(counts, dict)
    }
    pairs = totals.get("different_subjects", 0)
    if pairs != null["pairs"] + null["at_or_above_floor"]:
        expected = f"{pairs} pairs of different subjects, as the histogram has"
        found = f"{null['pairs']} below the floor and {null['at_or_above_floor']} above"
        yield Mismatch(file, expected, found, pointer="/null/pairs")
    parents = int(tables.dataset.table_of(PARENTS, "parents")["score"].notna().sum())
    if totals.get("parents") != parents:
        found = str(totals.get("parents"))
        yield Mismatch(file, f"{parents} scores of parents", found, pointer="/histograms/parents")
    rate = tables.dataset.ledger.parameters.get("near", {}).get("false_positive_rate")
    bound = round(3 / null["pairs"], 6) if null["pairs"] else None
    told = Partly(false_positive_rate=rate, null=Partly(rate_bound_95=bound))
    yield from unlike_figures(file, document, told)


def _findings(tables: Tables, noun: str, document: dict[str, Any]) -> Iterator[Mismatch]:
    """Count the findings of a stage, and those that one of them stands for."""
    file = tables.dataset.file_of(findings_of(noun))
    counts, severities, folded = Counter[str](), Counter[str](), Counter[str]()
    for finding in document["findings"]:
        number = finding.get("count", 1)
        counts[finding["check"]] += number
        severities[finding["severity"]] += number
        folded[finding["check"]] += number if number > 1 else 0
    told = Partly(counts=dict(counts), severities={s: severities[s] for s in _SEVERITIES})
    yield from unlike_figures(file, document, told)
    if noun in FOLDED:
        artifact = f"data/{noun}/problems.csv"
        listed = tables.dataset.table_of(artifact, "problems")["check"].value_counts()
        place = tables.dataset.file_of(artifact)
        for check in sorted({*listed.index, *(c for c, n in folded.items() if n)}):
            number = int(listed.get(check, 0))
            if number < folded[check] or number > counts[check]:
                expected = f"{folded[check]} rows of {check}, as its finding stands for"
                yield Mismatch(place, expected, str(number))


def _of_inventory(tables: Tables, _: dict[str, int]) -> dict[str, Any]:
    inventory = tables.inventory
    real = inventory[inventory["origin"] == "real"]
    by = {
        f"grades_by_{name}": {str(g): int((real[column] == g).sum()) for g in GRADES}
        for name, column in (("label", "grade"), ("prefix", "prefix_grade"))
    }
    return {
        "images": {o: int((inventory["origin"] == o).sum()) for o in ("real", "synthetic")},
        **by,
        "boxes": len(tables.dataset.table_of(BOXES, "boxes")),
        "undecodable": int((~inventory["decodable"].fillna(value=False).astype(bool)).sum()),
    }


def _of_annotations(tables: Tables, counts: dict[str, int]) -> dict[str, Any]:
    records = tables.dataset.document_of(QUARANTINE, "quarantine.schema.json")["records"]
    broken = Counter(record["pointer"].split("/")[1] for record in records)
    circles = tables.dataset.table_of(LESIONS, "lesions")
    return {
        "images": int((tables.annotated["quarantined_by"] == "").sum()) + broken["images"],
        "quarantined_images": broken["images"],
        "annotations": len(circles) + broken["annotations"],
        "clean": len(circles),
        "quarantined": broken["annotations"],
        "repaired": int((circles["repaired"] != "").sum()),
        "border_crossing": int(circles["crosses_border"].sum()),
        "echoes": len(tables.dataset.table_of(ECHOES, "echoes")),
    }


def _of_near(tables: Tables, _: dict[str, int]) -> dict[str, Any]:
    calibration = tables.dataset.document_of(CALIBRATION, "calibration.schema.json")
    verdicts = Counter(tables.dataset.table_of(VERDICTS, "verdicts")["verdict"])
    statuses = Counter(tables.dataset.table_of(PARENTS, "parents")["status"])
    return {
        "verdicts": {name: verdicts[name] for name in _VERDICTS},
        "parents": {name: statuses[name] for name in ("verified", "review", "unknown")},
        "threshold": calibration["threshold"],
        "null_pairs": calibration["null"]["pairs"],
        "null_largest": calibration["null"]["largest"],
    }


def _of_groups(tables: Tables, counts: dict[str, int]) -> dict[str, Any]:
    groups, relations = tables.groups, tables.relations
    near = relations[relations["kind"] == "near"]
    hanging = components(groups["image_id"], near).value_counts()
    collisions = Counter(tables.dataset.table_of(NAMES, "names")["collision"])
    kinds, statuses = Counter(relations["kind"]), Counter(groups["parent_status"])
    questions = Counter(tables.dataset.table_of("data/groups/review.csv", "review")["kind"])
    return {
        "images": len(groups),
        "groups": int(groups["group"].nunique()),
        "subjects": len(set(groups["subject"]) - {""}),
        "largest_group": int(groups["group"].value_counts().max()) if len(groups) else 0,
        "largest_near_component": int(hanging.max()) if len(hanging) else 0,
        "identical_pairs": kinds["exact"],
        "near_copies": counts.get("near-copy", 0),
        "copies_disagree": {
            "grade": counts.get("copies-disagree-on-grade", 0),
            "count": counts.get("copies-disagree-on-count", 0),
        },
        "name_collisions": {kind: collisions[kind] for kind in _COLLISIONS},
        "relations": {kind: kinds[kind] for kind in _KINDS},
        "parents": {status: statuses[status] for status in _STATUSES},
        "review": {kind: questions[kind] for kind in _QUESTIONS},
    }


def _of_splits(tables: Tables, _: dict[str, int]) -> dict[str, Any]:
    leaking = [name for name in ("published", MATCHED) if name in tables.variants]
    leaks = {name: Partly(leaks=_leaks_by_fold(tables, name)) for name in leaking}
    churn = tables.dataset.table_of(CHURN, "churn")
    causes = {
        str(variant): dict(Counter(map(_cause, rows["cause"])))
        for variant, rows in churn.groupby("variant")
    }
    return {"variants": Partly(leaks), "churn": causes}


def _leaks_by_fold(tables: Tables, variant: str) -> dict[str, dict[str, Any]]:
    table = leak_table(_sides(tables, variant), tables.kinship)
    by_fold: dict[str, dict[str, Any]] = {}
    for row in table[table["grade"] == ALL].itertuples():
        counted = by_fold.setdefault(str(row.fold), {})
        share = round(100 * row.images / row.of, 1) if row.of else 0.0
        if row.kind == ANY:
            counted |= {"images": row.images, "images_percent": share}
        elif row.kind == "exact":
            counted["copies"] = row.pairs
        else:
            counted[_FIGURES[row.kind]] = row.images
            counted |= {"persons_percent": share} if row.kind == "subject" else {}
    return by_fold


def _of_none(_: Tables, __: dict[str, int]) -> dict[str, Any]:
    """Nothing: `cohort-agrees` and `shortcuts-agree` count their metrics again."""
    return {}


def _key_figures(tables: Tables) -> Iterator[Mismatch]:
    """Choose the key figures anew, of the metrics, which other checks count again."""
    dataset = tables.dataset
    metrics, told = (dataset.document_of(name) for name in (metrics_of("splits"), KEY_FIGURES))
    leaks = _leaks_of_published(tables)
    leaking = leaks[(leaks["grade"] == ALL) & (leaks["kind"] == ANY)]
    images, of = int(leaking["images"].sum()), int(leaking["of"].sum())
    try:
        variants = metrics["variants"]
        parts = variants["holdout"]["parts"]
        chosen = {
            "dataset": metrics["dataset"],
            **{part: parts[part]["all"] for part in ("train", "val", "test")},
            "deviation": max(variants[name]["largest_deviation"] for name in tables.grouped),
            "leaking_pairs": sum(variants[name]["leaking_pairs"] for name in tables.clean),
            "published_leaks": round(100 * images / of, 1) if of else 0.0,
        }
    except (KeyError, TypeError):
        file = dataset.file_of(metrics_of("splits"))
        yield Mismatch(file, "the figures of every variant", "not all of them")
        return
    yield from unlike_figures(dataset.file_of(KEY_FIGURES), told, chosen)


def _cause(cause: str) -> str:
    """Leave the names of images out of a cause."""
    return "; ".join(part.partition(":")[0] for part in cause.split("; "))


_COUNTED: dict[str, Callable[[Tables, dict[str, int]], dict[str, Any]]] = {
    "inventory": _of_inventory,
    "annotations": _of_annotations,
    "near": _of_near,
    "groups": _of_groups,
    "splits": _of_splits,
    "cohort": _of_none,
    "shortcuts": _of_none,
}
CHECKS: tuple[Check[Dataset], ...] = (
    Check(
        "summaries-agree",
        "What is said to leak, to be broken or to be there is another number than there is: people "
        "read the summary, not the rows.",
        True,
        "quick",
        "run `snakemake --cores all`, or ask the publisher for a release of an untouched run",
        _summaries,
    ),
)
