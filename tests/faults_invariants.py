"""Faults of what a dataset's tables say of one another, done to a checkout or to a release alike.

Each is done to artifacts, wherever they lie: whoever does it makes locks, sums and signature agree
afterwards, so that only what must be true of the tables can tell.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faulting import Rows, edit

from acne04.cli import main
from acne04.core import tables
from acne04.split.precision import precision_of

#: Gives the file that an artifact is.
Place = Callable[[str], Path]
Row = dict[str, str]
VARIANTS = ("published", "published-clean", "published-matched", "paper", "holdout", "kfold")
INVENTORY, FOLDS = "data/inventory/images.csv", "data/inventory/folds.csv"
GROUPS, RELATIONS = "data/groups/groups.csv", "data/groups/relations.csv"
CERTIFICATES, METRICS = "data/splits/certificates.json", "data/splits/metrics.json"
HOLDOUT, KFOLD = "data/splits/holdout.csv", "data/splits/kfold.csv"
PUBLISHED, CLEAN = "data/splits/published.csv", "data/splits/published-clean.csv"
MATCHED = "data/splits/published-matched.csv"
PAPER = "data/splits/paper.csv"
FLOW, AGREEMENT = "data/cohort/flow.csv", "data/cohort/agreement.json"
FEATURES = "data/inventory/features.csv"
SHORTCUTS, BETRAYED = "data/splits/shortcuts.csv", "data/shortcuts/betrayed.csv"
LEAKS, PAPER_LEAKS = "data/splits/published_leaks.csv", "data/splits/paper_leaks.csv"
SOURCES = Path(__file__).parents[1] / "workflow/sources.yaml"
MANIFESTS = tuple(f"data/splits/{variant}.csv" for variant in VARIANTS)


@dataclass(frozen=True)
class TableFault:
    """What is done to the tables, and the check that must name it.

    Attributes
    ----------
    at : str
        Artifact that the check must point at.
    alone : bool
        Whether no other check of the tables can see it.
    """

    name: str
    harm: Callable[[Place], None]
    caught_by: str
    at: str
    alone: bool = False


# Tools.


def _rows(place: Place, artifact: str) -> Rows:
    found: Rows = []
    edit(place(artifact), found.extend)
    return found


def _document(place: Place, artifact: str, change: Callable[[Any], None]) -> None:
    path = place(artifact)
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _first(artifact: str, wanted: Callable[[Row], bool], **cells: str) -> Callable[[Place], None]:
    """Change cells of the first row that is wanted."""

    def harm(place: Place) -> None:
        edit(place(artifact), lambda rows: next(filter(wanted, rows)).update(cells))

    return harm


def _everywhere(
    place: Place, artifacts: tuple[str, ...], image_id: str, cells: Row, key: str = "image_id"
) -> None:
    """Change cells of all rows of an image."""

    def change(rows: Rows) -> None:
        for row in rows:
            if row[key] == image_id:
                row.update(cells)

    for artifact in artifacts:
        edit(place(artifact), change)


def _figure(artifact: str, *steps: str, value: Any) -> Callable[[Place], None]:
    """Change one value of a document; a function changes what is there."""

    def harm(place: Place) -> None:
        def change(document: Any) -> None:
            for step in steps[:-1]:
                document = document[step]
            old = document[steps[-1]]
            document[steps[-1]] = value(old) if callable(value) else value

        _document(place, artifact, change)

    return harm


def _of_part(part: str) -> Callable[[Row], bool]:
    return lambda row: row["split"] == part and row["origin"] == "real"


def _left_out(reason: str) -> Callable[[Row], bool]:
    return lambda row: row["excluded"].startswith(reason)


# Manifests that are not whole.


def everything_trained_on(place: Place) -> None:
    def change(rows: Rows) -> None:
        for row in rows:
            row["split"] = "train" if row["split"] else ""

    edit(place(HOLDOUT), change)


def header_only(place: Place) -> None:
    edit(place(PAPER), lambda rows: rows.clear())


def inventory_emptied(place: Place) -> None:
    edit(place(INVENTORY), lambda rows: rows.clear())


def folds_emptied(place: Place) -> None:
    """Published folds of which no label line is left, and no row: nothing contradicts it."""
    for artifact in (FOLDS, PUBLISHED, CLEAN, MATCHED):
        edit(place(artifact), lambda rows: rows.clear())


def part_emptied(place: Place) -> None:
    def change(rows: Rows) -> None:
        for row in filter(_of_part("val"), rows):
            row |= {"split": "train", "weight": "1"}

    edit(place(HOLDOUT), change)


def fold_renamed(place: Place) -> None:
    def change(rows: Rows) -> None:
        for row in rows:
            row["fold"] = "7" if row["fold"] == "2" else row["fold"]

    edit(place(KFOLD), change)


def fold_emptied(place: Place) -> None:
    def change(rows: Rows) -> None:
        for row in rows:
            row["fold"] = "3" if row["fold"] == "4" else row["fold"]

    edit(place(KFOLD), change)


def image_twice(place: Place) -> None:
    def change(rows: Rows) -> None:
        row = next(filter(_of_part("train"), rows))
        rows.insert(rows.index(row) + 1, row | {"fold": "0"})

    edit(place(HOLDOUT), change)


def row_of_nobody(place: Place) -> None:
    """Its name keeps the order of the rows."""

    def change(rows: Rows) -> None:
        next(filter(_of_part("all"), rows))["image_id"] += "~"

    edit(place(PAPER), change)


def image_lost(place: Place) -> None:
    edit(place(KFOLD), lambda rows: rows.pop())


def image_lost_in_one_fold(place: Place) -> None:
    edit(place(PUBLISHED), lambda rows: rows.pop(7))


def test_part_of_a_fold_lost(place: Place) -> None:
    def change(rows: Rows) -> None:
        for row in rows:
            if row["split"] == "test" and row["fold"] == "1":
                row |= {"split": "", "excluded": "not-in-fold"}

    edit(place(PUBLISHED), change)


# Reasons that nothing bears out.


def copy_of_another(place: Place) -> None:
    def change(rows: Rows) -> None:
        copy = next(filter(_left_out("copy-of:"), rows))
        other = next(
            r for r in rows if _of_part("train")(r) and r["image_id"] not in copy["excluded"]
        )
        copy["excluded"] = f"copy-of:{other['image_id']}"

    edit(place(HOLDOUT), change)


def hard_image_left_out(place: Place) -> None:
    cells = {"split": "", "fold": "", "weight": "", "excluded": "undecodable"}
    _first(KFOLD, _of_part("test"), **cells)(place)


def edit_of_a_test_image_trained_on(place: Place) -> None:
    cells = {"split": "train", "excluded": "", "weight": "1"}
    _first(HOLDOUT, _left_out("parent-held-out"), **cells)(place)


def edit_left_out_as_not_needed(place: Place) -> None:
    cells = {"split": "", "excluded": "target-reached", "weight": ""}
    wanted = lambda row: row["split"] == "train" and row["origin"] == "synthetic"  # noqa: E731
    _first(HOLDOUT, wanted, **cells)(place)


def disagreement_placed(place: Place) -> None:
    cells = {"split": "test", "fold": "0", "excluded": "", "weight": "1"}
    _first(KFOLD, _left_out("grade-conflict"), **cells)(place)


# Columns that are not those of their origin.


def _turned(grade: str) -> str:
    return str(3 - int(grade)) if grade in "0123" and grade else grade


def grades_turned(place: Place) -> None:
    """Turn every grade in every table and document round: nothing that bears one disagrees."""

    def turn(*columns: str) -> Callable[[Rows], None]:
        def change(rows: Rows) -> None:
            for row in rows:
                for column in columns:
                    grades = map(_turned, row[column].split("/"))
                    row[column] = "/".join(sorted(grades)) if row[column] else ""

        return change

    edit(place(INVENTORY), turn("grade", "prefix_grade"))
    edit(place(FOLDS), turn("grade"))
    edit(place(GROUPS), turn("conflict_grades", "decided_grade"))
    for artifact in MANIFESTS:
        edit(place(artifact), turn("grade"))
    edit(place(LEAKS), turn("grade"))
    tables.write(place(LEAKS), "leaks", tables.read(place(LEAKS), "leaks"))

    def swap(rows: Rows) -> None:
        counts = [{k: r[k] for k in ("original", "generated", "total")} for r in rows]
        for row, other in zip(rows, reversed(counts), strict=True):
            row.update(other)

    edit(place("data/splits/paper_table.csv"), swap)
    for artifact in (CERTIFICATES, METRICS, "data/inventory/metrics.json"):
        path = place(artifact)
        path.write_text(json.dumps(_turned_keys(json.loads(path.read_text())), indent=2) + "\n")


def _turned_keys(document: Any, name: str = "") -> Any:
    """Exchange the figures of the grades; folds bear numbers, too."""
    if not isinstance(document, dict):
        return document
    by_grade = {"0", "1", "2", "3"} <= document.keys() and name not in ("leaks",)
    return {
        key: _turned_keys(document[_turned(key)] if by_grade and len(key) == 1 else value, key)
        for key, value in document.items()
    }


def grade_of_one_image(place: Place) -> None:
    """Change the grade of a photograph in the groups' manifests, where no label is looked at."""
    image = next(filter(_of_part("val"), _rows(place, HOLDOUT)))
    cells = {"grade": str((int(image["grade"]) + 1) % 4)}
    _everywhere(place, (HOLDOUT, KFOLD), image["image_id"], cells)


def grade_of_one_image_everywhere(place: Place) -> None:
    """And in every table of images: only its lesions tell."""
    image = next(filter(_of_part("val"), _rows(place, HOLDOUT)))
    cells = {"grade": str((int(image["grade"]) + 1) % 4)}
    _everywhere(place, MANIFESTS, image["image_id"], cells)
    _everywhere(place, (INVENTORY,), image["path"], cells, "path")
    name = image["path"].rpartition("/")[2]
    _everywhere(place, (FOLDS,), name, cells, "name")


def subject_emptied(place: Place) -> None:
    person = next(r for r in _rows(place, RELATIONS) if r["kind"] == "subject")["a"]
    _everywhere(place, (GROUPS, *MANIFESTS), person, {"subject": ""})


def circles_shifted(place: Place) -> None:
    """One circle less in v2's table of images, and in all that repeats it."""
    annotated = "data/annotations/images.csv"
    known = {row["file_name"] for row in _rows(place, annotated)}
    counted = [r for r in _rows(place, HOLDOUT) if r["lesions_v2"] and not r["conflict_counts_v2"]]
    image = next(row for row in counted if row["image_id"] in known)
    cells = {"lesions_v2": str(int(image["lesions_v2"]) + 1)}
    _everywhere(place, (annotated,), image["image_id"], cells, "file_name")
    _everywhere(place, MANIFESTS, image["image_id"], cells)


def lesions_shifted(place: Place) -> None:
    image = next(filter(_of_part("test"), _rows(place, HOLDOUT)))
    cells = {"lesions_v1": str(int(image["lesions_v1"]) + 1)}
    _everywhere(place, MANIFESTS, image["image_id"], cells)


def part_swapped(place: Place) -> None:
    """A published test image is trained on, and one that is trained on is tested."""

    def change(rows: Rows) -> None:
        test = next(r for r in rows if r["split"] == "test" and r["fold"] == "0")
        train = next(r for r in rows if r["split"] == "trainval" and r["fold"] == "0"
                     and r["grade"] == test["grade"])  # fmt: skip
        test["split"], train["split"] = train["split"], test["split"]
        test["weight"], train["weight"] = train["weight"], test["weight"]

    edit(place(PUBLISHED), change)


# Quotas that do not follow from the rows.


def bound_of_another_proof(place: Place) -> None:
    """A certificate that is no proof any more says that it is one."""
    _figure(CERTIFICATES, "variants", "holdout", "largest_deviation_bound", value="1/20")(place)


def groups_of_a_part(place: Place) -> None:
    _figure(CERTIFICATES, "variants", "kfold", "parts", "fold-1", "groups",
            value=lambda old: old + 1)(place)  # fmt: skip


def fold_validates_its_test_part(place: Place) -> None:
    """Let a photograph choose the model of the fold that it tests."""
    fold = next(filter(_of_part("test"), _rows(place, KFOLD)))["fold"]
    _first(KFOLD, _of_part("test"), validates=fold)(place)


def single_moved(place: Place) -> None:
    """Move a photograph without any relative from val to train: no leak, no lost image."""
    rows = _rows(place, HOLDOUT)
    sizes = [row["group"] for row in rows]
    image = next(r for r in rows if _of_part("val")(r) and sizes.count(r["group"]) == 1)
    cells = {"split": "train", "weight": "1"}
    _everywhere(place, (HOLDOUT,), image["image_id"], cells)


# Summaries of something else.


def leak_denied(place: Place) -> None:
    _first(LEAKS, lambda row: row["pairs"] != "0", pairs="0")(place)


def leak_row_removed(place: Place) -> None:
    edit(place(LEAKS), lambda rows: rows.pop())


def paper_leak_row_removed(place: Place) -> None:
    edit(
        place(PAPER_LEAKS), lambda rows: rows.remove(next(r for r in rows if r["leaks"] == "true"))
    )


def shortcut_removed(place: Place) -> None:
    """A figure of one feature has no row."""
    edit(place(SHORTCUTS), lambda rows: rows.pop())


def tables_of_a_photograph(place: Place) -> None:
    """A synthetic image is said to have the JPEG tables of a photograph."""

    def change(rows: Rows) -> None:
        real = next(row for row in rows if row["path"].startswith("classification"))
        synthetic = next(row for row in rows if row["path"].startswith("acnedit"))
        synthetic["quantization"] = real["quantization"]

    edit(place(FEATURES), change)


def betrayed_unmarked(place: Place) -> None:
    """A synthetic image that its bytes betray has no row."""
    edit(place(BETRAYED), lambda rows: rows.pop())


def findings_denied(place: Place) -> None:
    """A finding goes, and the counts stay."""
    _document(place, "data/splits/findings.json", lambda document: document["findings"].pop())


def churn_invented(place: Place) -> None:
    rows = _rows(place, HOLDOUT)
    row = {"dataset": "standin", "variant": "holdout", "image_id": rows[0]["image_id"],
           "sha256": rows[0]["sha256"], "before": "test", "after": "train",
           "cause": "added"}  # fmt: skip
    edit(place("data/splits/churn.csv"), lambda rows: rows.append(row))
    _figure(METRICS, "churn", value={"holdout": {"added": 1}})(place)


# Groups and leaks.


def group_torn(place: Place) -> None:
    """Take a photograph out of its group, in the groups and in all manifests."""
    groups = _rows(place, GROUPS)
    image = next(r for r in groups if r["group"] != r["image_id"] and r["subject"])
    cells = {"group": image["image_id"]}
    _everywhere(place, (GROUPS, *MANIFESTS), image["image_id"], cells)


def strangers_joined(place: Place) -> None:
    """Call two groups of one part by one name; the certificates and figures say so."""
    rows = _rows(place, HOLDOUT)
    edited = {row["group"] for row in rows if row["origin"] == "synthetic"}
    trained = [r["group"] for r in rows if r["split"] == "train" and r["group"] not in edited]
    one, other, *_ = sorted(set(trained))

    def change(rows: Rows) -> None:
        for row in rows:
            row["group"] = one if row["group"] == other else row["group"]

    for artifact in (GROUPS, *MANIFESTS):
        edit(place(artifact), change)
    _count_groups(place)
    groups = [row["group"] for row in _rows(place, GROUPS)]

    def recount(document: Any) -> None:
        document["groups"] = len(set(groups))
        document["largest_group"] = max(map(groups.count, groups))

    _document(place, "data/groups/metrics.json", recount)


def group_of_no_image(place: Place) -> None:
    """Give a group a name that no image has."""
    edited = {row["group"] for row in _rows(place, HOLDOUT) if row["origin"] == "synthetic"}
    groups = [row["group"] for row in _rows(place, GROUPS)]
    named = next(g for g in groups if g not in edited and groups.count(g) > 1)

    def change(rows: Rows) -> None:
        for row in rows:
            row["group"] = "levle0_9999.jpg" if row["group"] == named else row["group"]

    for artifact in (GROUPS, *MANIFESTS):
        edit(place(artifact), change)


def _count_groups(place: Place) -> None:
    """Let the certificates say how many groups and persons the parts now hold."""

    def recount(document: Any) -> None:
        for part in ("train", "val", "test"):
            rows = [
                r for r in _rows(place, HOLDOUT) if r["split"] == part and r["origin"] == "real"
            ]
            told = precision_of(
                [int(row["grade"]) for row in rows],
                [row["subject"] or row["group"] for row in rows],
                part != "train",
            )
            document["precision"]["variants"]["holdout"][part] = told
        for variant, artifact in (("holdout", HOLDOUT), ("kfold", KFOLD)):
            placed = [r for r in _rows(place, artifact) if r["split"] and r["origin"] == "real"]
            for part, about in document["variants"][variant]["parts"].items():
                column, name = ("split", part) if variant == "holdout" else ("fold", part[5:])
                about["groups"] = len({row["group"] for row in placed if row[column] == name})
            for name, certificate in document["variants"][variant].get("validation", {}).items():
                number = name.removeprefix("fold-")
                free = [row for row in placed if row["fold"] != number]
                for part, about in certificate["parts"].items():
                    about["groups"] = len(
                        {
                            row["group"]
                            for row in free
                            if (number in row["validates"].split("/")) == (part == "val")
                        }
                    )

    _document(place, CERTIFICATES, recount)


def cohort_words(place: Place, output: Path | str) -> list[str]:
    """Give the words of ``acne04 cohort`` over artifacts, wherever they lie."""
    return [
        "--dataset=standin",
        f"--sources={SOURCES}",
        f"--output={output}",
        f"--inventory={place(INVENTORY)}",
        f"--groups={place(GROUPS)}",
        f"--relations={place(RELATIONS)}",
        f"--annotated={place('data/annotations/images.csv')}",
        f"--echoes={place('data/annotations/echoes.csv')}",
        "--manifests",
        *(str(place(manifest)) for manifest in MANIFESTS),
    ]


def _count_cohort(place: Place) -> None:
    """Let the cohort's tables follow from the manifests, as whoever runs the stage has them."""
    with tempfile.TemporaryDirectory() as folder:
        words = cohort_words(place, folder)
        assert main(["cohort", *words]) == 0
        for made in Path(folder).iterdir():
            shutil.copyfile(made, place(f"data/cohort/{made.name}"))


def person_shared(place: Place) -> None:
    """Give a test image the person of a training image, where only the column tells of it."""
    rows = [row for row in _rows(place, HOLDOUT) if row["subject"]]
    person = next(row["subject"] for row in rows if row["split"] == "train")
    tested = next(row["image_id"] for row in rows if row["split"] == "test")
    _everywhere(place, (GROUPS, *MANIFESTS), tested, {"subject": person})


def held_out_image_swapped(place: Place) -> None:
    """Swap a held out image with one of its grade that is trained on; the certificate says so."""

    def change(rows: Rows) -> None:
        edited = {row["group"] for row in rows if row["origin"] == "synthetic"}
        plain = [row for row in rows if row["split"] and row["group"] not in edited]
        places = [(row["group"], row["split"]) for row in plain]
        one, other = next(
            (one, other)
            for one in plain
            for other in plain
            if one["split"] != other["split"] == "train"
            and one["grade"] == other["grade"]
            and any(places.count((row["group"], row["split"])) > 1 for row in (one, other))
        )
        for column in ("split", "weight"):
            one[column], other[column] = other[column], one[column]

    edit(place(HOLDOUT), change)
    _count_groups(place)
    _count_cohort(place)


def link_invented(place: Place) -> None:
    row = {"kind": "echo", "a": "levle0_0.jpg", "b": "levle0_1.jpg"}
    persons = {"subject_a": "sub_000000", "subject_b": "sub_000001"}
    edit(place("data/cohort/person_links.csv"), lambda rows: rows.append(
        {"dataset": "standin", **row, **persons}))  # fmt: skip


def _copy(kind: str) -> Callable[[Row], bool]:
    return lambda row: row["kind"] == kind


_SHORTCUTS = "shortcuts-agree"
_WHOLE, _REASONS, _COLUMNS = "manifests-whole", "reasons-hold", "columns-agree"
_COHORT = "cohort-agrees"
_QUOTAS, _SUMMARIES, _GROUPS, _LEAKS = "quotas-agree", "summaries-agree", "groups-agree", "leaks"
_PRECISION = "precision-agrees"
TABLE_FAULTS = (
    TableFault("every row is trained on", everything_trained_on, _WHOLE, HOLDOUT),
    TableFault("a manifest of a header only", header_only, _WHOLE, PAPER),
    TableFault("an inventory of a header only", inventory_emptied, _WHOLE, INVENTORY),
    TableFault("published folds without a line", folds_emptied, _WHOLE, FOLDS),
    TableFault("the part val is trained on", part_emptied, _WHOLE, HOLDOUT),
    TableFault("a fold has another number", fold_renamed, _WHOLE, KFOLD),
    TableFault("a fold tests on nothing", fold_emptied, _WHOLE, KFOLD),
    TableFault("an image stands twice", image_twice, _WHOLE, HOLDOUT),
    TableFault("an image has no row", image_lost, _WHOLE, KFOLD),
    TableFault("an image has no row in one fold", image_lost_in_one_fold, _WHOLE, PUBLISHED),
    TableFault("a published fold has no test part", test_part_of_a_fold_lost, _WHOLE, PUBLISHED),
    TableFault("a row of an image that nobody knows", row_of_nobody, _WHOLE, PAPER),
    TableFault("a row of another variant", _first(CLEAN, _of_part("test"), variant="published"),
               _WHOLE, CLEAN, alone=True),
    TableFault("a row that is placed and left out",
               _first(HOLDOUT, _of_part("test"), excluded="no-grade"), _WHOLE, HOLDOUT),
    TableFault("a photograph in a part that kfold has not",
               _first(KFOLD, _of_part("test"), split="train"), _WHOLE, KFOLD),
    TableFault("a copy is left out for having no grade",
               _first(HOLDOUT, _left_out("copy-of:"), excluded="no-grade"), _REASONS, HOLDOUT),
    TableFault("a copy of another image", copy_of_another, _REASONS, HOLDOUT, alone=True),
    TableFault("a hard image is called undecodable", hard_image_left_out, _REASONS, KFOLD),
    TableFault("an edit of a test image is trained on", edit_of_a_test_image_trained_on, _REASONS,
               HOLDOUT),
    TableFault("an edit is left out, and would be needed", edit_left_out_as_not_needed, _REASONS,
               HOLDOUT),
    TableFault("an image of two grades is placed", disagreement_placed, _REASONS, KFOLD),
    TableFault("a training image is left out for another person",
               _first(CLEAN, _left_out("shares-subject:"), excluded="shares-subject:nobody"),
               _REASONS, CLEAN, alone=True),
    TableFault("a joint of an earlier release that there is not",
               _first(HOLDOUT, _left_out("copy-of:"), excluded="joins-parts"), _REASONS, HOLDOUT),
    TableFault("all grades are turned round", grades_turned, _COLUMNS, INVENTORY),
    TableFault("another grade in holdout and kfold", grade_of_one_image, _COLUMNS, HOLDOUT),
    TableFault("another grade in every table", grade_of_one_image_everywhere, _COLUMNS, INVENTORY),
    TableFault("a person is forgotten", subject_emptied, _COLUMNS, GROUPS),
    TableFault("a person of a manifest", _first(KFOLD, _of_part("test"), subject="nobody"),
               _COLUMNS, KFOLD),
    TableFault("a weight", _first(HOLDOUT, _of_part("train"), weight="2"), _COLUMNS, HOLDOUT),
    TableFault("bytes of a manifest", _first(KFOLD, _of_part("test"), sha256="0" * 64), _COLUMNS,
               KFOLD, alone=True),
    TableFault("a size of a manifest", _first(PAPER, bool, size="1"), _COLUMNS, PAPER, alone=True),
    TableFault("a mark", _first(HOLDOUT, _of_part("train"), mark="v2-incomplete"), _COLUMNS,
               HOLDOUT, alone=True),
    TableFault("lesion counts of all manifests", lesions_shifted, _COLUMNS, HOLDOUT, alone=True),
    TableFault("circles of v2, in all that repeats them", circles_shifted, _COLUMNS,
               "data/annotations/images.csv", alone=True),
    TableFault("a circle is quarantined that is not",
               _first("data/annotations/images.csv", bool, quarantined="3"), _COLUMNS,
               "data/annotations/images.csv"),
    TableFault("two published images change places", part_swapped, _COLUMNS, PUBLISHED),
    TableFault("another name of a file", _first("data/groups/names.csv", bool, name="a.jpg"),
               _COLUMNS, "data/groups/names.csv", alone=True),
    TableFault("another parent", _first(GROUPS, lambda r: r["parent"] != "", parent="levle0_0.jpg"),
               _COLUMNS, GROUPS),
    TableFault("another copy stands for the others",
               _first(GROUPS, lambda r: r["canonical"] != r["image_id"], canonical="levle0_0.jpg"),
               _COLUMNS, GROUPS),
    TableFault("a threshold of a verdict", _first("data/near/verdicts.csv", bool, threshold="0.5"),
               _COLUMNS, "data/near/verdicts.csv"),
    TableFault("a score of a relation", _first(RELATIONS, _copy("near"), score="0.99"), _COLUMNS,
               RELATIONS),
    TableFault("a quota", _figure(CERTIFICATES, "variants", "holdout", "parts", "val", "grades",
               "1", "quota", value="1/2"), _QUOTAS, CERTIFICATES, alone=True),
    TableFault("a bound", bound_of_another_proof, _QUOTAS, CERTIFICATES, alone=True),
    TableFault("a number of groups", groups_of_a_part, _QUOTAS, CERTIFICATES, alone=True),
    TableFault("images that are placed", _figure(METRICS, "variants", "paper", "placed", value=7),
               _QUOTAS, METRICS, alone=True),
    TableFault("a part of the metrics", _figure(METRICS, "variants", "kfold", "parts", "test-0",
               "all", value=99), _QUOTAS, METRICS, alone=True),
    TableFault("an epoch", _figure(METRICS, "variants", "holdout", "epoch", "0", value=0.5),
               _QUOTAS, METRICS, alone=True),
    TableFault("one photograph moves to train", single_moved, _QUOTAS, CERTIFICATES),
    TableFault("a photograph validates no more", _first(KFOLD, lambda r: r["split"] == "test" and
               r["validates"] != "", validates=""), _QUOTAS, CERTIFICATES),
    TableFault("a fold validates on what it tests on", fold_validates_its_test_part, _WHOLE, KFOLD),
    TableFault("an edit of a photograph that validates is trained on",
               _first(KFOLD, lambda r: r["split"] == "train-only" and r["validates"] != "",
                      validates=""), _COLUMNS, KFOLD),
    TableFault("images that a fold validates", _figure(CERTIFICATES, "variants", "kfold",
               "validation", "fold-0", "parts", "val", "grades", "1", "placed",
               value=lambda old: old + 1), _QUOTAS, CERTIFICATES, alone=True),
    TableFault("how far validation parts are from their quotas", _figure(METRICS, "variants",
               "kfold", "validation_deviation", value=0), _QUOTAS, METRICS, alone=True),
    TableFault("persons of a test part", _figure(CERTIFICATES, "precision", "variants", "holdout",
               "test", "persons", value=999), _PRECISION, CERTIFICATES, alone=True),
    TableFault("a least difference", _figure(CERTIFICATES, "precision", "variants", "kfold", "test",
               "balanced_accuracy", "least_difference", value=0.01), _PRECISION, CERTIFICATES,
               alone=True),
    TableFault("what is assumed within a person", _figure(CERTIFICATES, "precision",
               "within_person", value=0.0), _PRECISION, CERTIFICATES, alone=True),
    TableFault("the control trains on one image more than clean",
               _first(MATCHED, _left_out("not-drawn"), split="trainval", excluded="", weight="1"),
               _QUOTAS, MATCHED),
    TableFault("the control left out another image", _first(MATCHED, _left_out("not-drawn"),
               excluded="not-in-fold"), _REASONS, MATCHED),
    TableFault("persons of a part", _first(FLOW, lambda row: row["step"] == "placed",
               persons="999"), _COHORT, FLOW, alone=True),
    TableFault("images that were delivered", _first(FLOW, lambda row: row["step"] == "delivered",
               images="1"), _COHORT, FLOW, alone=True),
    TableFault("nothing is missing", _first("data/cohort/missingness.csv",
               lambda row: row["missing"] != "0", missing="0"), _COHORT,
               "data/cohort/missingness.csv", alone=True),
    TableFault("a size of a part", _first("data/cohort/mix.csv", bool, images="1"), _COHORT,
               "data/cohort/mix.csv", alone=True),
    TableFault("torn persons do nothing", _first("data/cohort/sensitivity.csv",
               lambda row: row["most"] not in ("", "0"), most="0"), _COHORT,
               "data/cohort/sensitivity.csv", alone=True),
    TableFault("two gradings agree", _first("data/cohort/agreement.csv",
               lambda row: row["grade_a"] != row["grade_b"], grade_a="0", grade_b="0"), _COHORT,
               "data/cohort/agreement.csv", alone=True),
    TableFault("an interval of kappa", _figure(AGREEMENT, "kinds", "all", "kappa", "low",
               value=0.9), _COHORT, AGREEMENT, alone=True),
    TableFault("a tie between two persons that there is not", link_invented, _COHORT,
               "data/cohort/person_links.csv", alone=True),
    TableFault("persons of the cohort", _figure("data/cohort/metrics.json", "persons", value=1),
               _COHORT, "data/cohort/metrics.json", alone=True),
    TableFault("a leak is denied", leak_denied, _SUMMARIES, LEAKS, alone=True),
    TableFault("a leak has no row", leak_row_removed, _SUMMARIES, LEAKS, alone=True),
    TableFault("an edit that would leak has no row", paper_leak_row_removed, _SUMMARIES,
               PAPER_LEAKS, alone=True),
    TableFault("an edit that would leak is said not to",
               _first(PAPER_LEAKS, lambda row: row["leaks"] == "true", leaks="false"), _SUMMARIES,
               PAPER_LEAKS, alone=True),
    TableFault("a finding is gone", findings_denied, _SUMMARIES, "data/splits/findings.json",
               alone=True),
    TableFault("errors are counted as none", _figure("data/groups/findings.json", "severities",
               "error", value=lambda old: old + 1), _SUMMARIES, "data/groups/findings.json",
               alone=True),
    TableFault("the paper's table", _first("data/splits/paper_table.csv", bool, original="0"),
               _SUMMARIES, "data/splits/paper_table.csv", alone=True),
    TableFault("pairs of the calibration", _figure("data/near/calibration.json", "null", "pairs",
               value=lambda old: old + 1), _SUMMARIES, "data/near/calibration.json", alone=True),
    TableFault("clean circles", _figure("data/annotations/metrics.json", "clean", value=1),
               _SUMMARIES, "data/annotations/metrics.json", alone=True),
    TableFault("a key figure", _figure("data/splits/key_figures.json", "leaking_pairs", value=9),
               _SUMMARIES, "data/splits/key_figures.json", alone=True),
    TableFault("a change since a release that there is not", churn_invented, _SUMMARIES,
               "data/splits/churn.csv", alone=True),
    TableFault("a shortcut is said to be none",
               _first(SHORTCUTS, lambda row: row["exceeds_chance"] == "true",
                      exceeds_chance="false"), _SHORTCUTS, SHORTCUTS, alone=True),
    TableFault("a shortcut grades worse than its recalls",
               _first(SHORTCUTS, lambda row: row["task"] == "grade" and row["value"] > "0.3",
                      value="0.2501"), _SHORTCUTS, SHORTCUTS, alone=True),
    TableFault("a feature is not told of", shortcut_removed, _SHORTCUTS, SHORTCUTS, alone=True),
    TableFault("a shortcut is judged by more", _first(SHORTCUTS, bool, images="999"), _SHORTCUTS,
               SHORTCUTS, alone=True),
    TableFault("an image is not marked", betrayed_unmarked, _SHORTCUTS, BETRAYED, alone=True),
    TableFault("bytes of a pixel", _first(FEATURES, bool, bytes_per_pixel="0.5"), _SHORTCUTS,
               FEATURES, alone=True),
    TableFault("JPEG tables are those of a photograph", tables_of_a_photograph, _SHORTCUTS,
               BETRAYED, alone=True),
    TableFault("a figure of the shortcuts", _figure("data/shortcuts/metrics.json", "betrayed",
               value=0), _SHORTCUTS, "data/shortcuts/metrics.json", alone=True),
    TableFault("a finding on shortcuts", _figure("data/shortcuts/findings.json", "counts",
               "synthetic-betrayed", value=2), _SHORTCUTS, "data/shortcuts/findings.json"),
    TableFault("a photograph leaves its group", group_torn, _GROUPS, GROUPS),
    TableFault("strangers are one group", strangers_joined, _GROUPS, GROUPS),
    TableFault("a group is named after no image", group_of_no_image, _GROUPS, GROUPS, alone=True),
    TableFault("one person in two groups", person_shared, _GROUPS, GROUPS),
    TableFault("a held out image is trained on", held_out_image_swapped, _LEAKS, HOLDOUT,
               alone=True),
)  # fmt: skip
