"""Record sets of the Croissant document: one per manifest, the images, and what values mean."""

from __future__ import annotations

from typing import Any

from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.core.schemas import load_schema
from acne04.standards.facts import Facts

#: File set of every image, under its canonical name.
IMAGE_FILES = "image-files"
#: Manifests with one row an image. In the others an image has a row a fold: they refer to the
#: images instead of repeating each one five times in a loader's memory.
ONE_ROW_AN_IMAGE = ("holdout", "kfold", "paper")
MANIFESTS = ("published", "published-clean", *ONE_ROW_AN_IMAGE)
_GROUPS = "tables/groups/groups.csv"
_DATA_TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
}
#: Part of a manifest to what it is in the words of Croissant.
_SPLITS = {
    "train": ("cr:TrainingSplit", "trained on"),
    "val": ("cr:ValidationSplit", "to choose by"),
    "test": ("cr:TestSplit", "to report on; in kfold the test part of its fold, else training"),
    "trainval": ("cr:TrainingSplit", "trained on in its fold of the published folds"),
    "train-only": ("cr:TrainingSplit", "a synthetic image: training in all folds but its own"),
    "all": ("", "the paper's collection, which has no parts"),
}


def record_sets(facts: Facts) -> list[dict[str, Any]]:
    """Describe every record set."""
    manifests = [name for name in MANIFESTS if facts.has(f"manifests/{name}.csv")]
    return [_splits(), _grades(), _images(), *(_manifest(name) for name in manifests)]


def _splits() -> dict[str, Any]:
    rows = [
        {"splits/name": name, "splits/url": url, "splits/meaning": meaning}
        for name, (url, meaning) in _SPLITS.items()
    ]
    return _enumeration("splits", "cr:Split", "Parts of the manifests", rows)


def _grades() -> dict[str, Any]:
    rows = [{"grades/grade": g, "grades/name": GRADE_NAMES[g]} for g in GRADES]
    described = "Severity grades after Hayashi et al. (2008): up to 5, 20, 50 lesions, and more"
    return _enumeration("grades", "sc:Enumeration", described, rows)


def _enumeration(
    name: str, data_type: str, description: str, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    fields = [
        _field(field, "sc:Integer" if isinstance(value, int) else "sc:Text")
        for field, value in rows[0].items()
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": description,
        "dataType": data_type,
        "key": {"@id": fields[0]["@id"]},
        "field": fields,
        "data": rows,
    }


def _images() -> dict[str, Any]:
    """Every image, and the photograph that it was made from."""
    derived = {**_column("images", _GROUPS, "groups", "parent")}
    derived["equivalentProperty"] = "prov:wasDerivedFrom"
    image = _image("images")
    # The place that Croissant gives to the provenance of single values; loaders that know no
    # annotations find the same in the field `parent`.
    image["annotation"] = {**derived, "@id": "images/image/parent"}
    columns = ("path", "group", "subject", "canonical", "parent_status")
    return {
        "@type": "cr:RecordSet",
        "@id": "images",
        "name": "images",
        "description": "Every image once, its relations, and for a synthetic image its parent.",
        "key": {"@id": "images/image_id"},
        "field": [
            _file_name("images", _GROUPS),
            _column("images", _GROUPS, "groups", "image_id"),
            image,
            derived,
            *(_column("images", _GROUPS, "groups", name) for name in columns),
        ],
    }


def _manifest(name: str) -> dict[str, Any]:
    file = f"manifests/{name}.csv"
    schema = load_schema("splits.table.json")
    columns = [_column(name, file, "splits", field["name"]) for field in schema["fields"]]
    for column in columns:
        if column["name"] == "grade":
            column["dataType"] = ["sc:Integer", "cr:Label"]
        elif column["name"] == "split":
            column["references"] = {"field": {"@id": "splits/name"}}
    with_image = name in ONE_ROW_AN_IMAGE
    key = ["image_id"] if with_image else ["image_id", "fold"]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": _described(name, with_image),
        "key": [{"@id": f"{name}/{column}"} for column in key],
        "field": [*([_file_name(name, file), _image(name)] if with_image else []), *columns],
    }


def _described(name: str, with_image: bool) -> str:
    text = f"Manifest {name}: every image, placed or left out with the reason (`excluded`)."
    if with_image:
        return f"{text} An image has one row."
    return f"{text} An image has one row a fold; the image itself is in `images`, by image_id."


def _file_name(record_set: str, table: str) -> dict[str, Any]:
    """Join the image files to a table: canonical names are file names in the archives."""
    return {
        **_field(f"{record_set}/filename", "sc:Text"),
        "description": "Name of the image's file, which is its canonical name.",
        "source": {"fileSet": {"@id": IMAGE_FILES}, "extract": {"fileProperty": "filename"}},
        "references": {"fileObject": {"@id": table}, "extract": {"column": "image_id"}},
    }


def _image(record_set: str) -> dict[str, Any]:
    return {
        **_field(f"{record_set}/image", "sc:ImageObject"),
        "description": "The image, as its file has it: EXIF orientation not applied.",
        "source": {"fileSet": {"@id": IMAGE_FILES}, "extract": {"fileProperty": "content"}},
    }


def _column(record_set: str, file: str, schema: str, column: str) -> dict[str, Any]:
    fields = {field["name"]: field for field in load_schema(f"{schema}.table.json")["fields"]}
    return {
        **_field(f"{record_set}/{column}", _DATA_TYPES[fields[column]["type"]]),
        "description": fields[column]["description"],
        "source": {"fileObject": {"@id": file}, "extract": {"column": column}},
    }


def _field(identifier: str, data_type: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": identifier,
        "name": identifier.rpartition("/")[2],
        "dataType": data_type,
    }
