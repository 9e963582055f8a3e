"""The Croissant 1.1 document of a release: what is in it, where from, and how to load it."""

from __future__ import annotations

from typing import Any

from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.core.schemas import load_schema
from acne04.core.variants import MOST_REPEATS, base_of, with_repeats
from acne04.standards import responsible
from acne04.standards.facts import (
    MAINTAINERS,
    OWN_LICENCE,
    Facts,
    licence_address,
    redistribution,
)
from acne04.standards.release_files import ReleaseFile
from acne04.standards.upstream import UpstreamFile

CONFORMS_TO = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
#: What the specification asks of every document; validators take some of it for granted.
REQUIRED = (
    "@context",
    "@type",
    "conformsTo",
    "name",
    "description",
    "license",
    "url",
    "creator",
    "datePublished",
    "distribution",
)
_TERMS = (
    "annotation arrayShape citeAs column containedIn equivalentProperty excludes extract field "
    "fileObject fileProperty fileSet format includes isArray isLiveDataset jsonPath key md5 "
    "parentField path readLines recordSet references regex repeated replace samplingRate sdVersion "
    "separator source subField transform unArchive value"
)
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _TERMS.split()},
}
#: File set of every image, under its canonical name.
_IMAGE_FILES = "image-files"
#: Manifests with one row an image. In the others an image has a row a fold: they refer to the
#: images instead of repeating each one five times in a loader's memory.
_ONE_ROW_AN_IMAGE = ("holdout", "kfold", "paper")
_MANIFESTS = ("published", "published-clean", "published-matched", *_ONE_ROW_AN_IMAGE)
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
    "test": (
        "cr:TestSplit",
        "to report on; in kfold test of its fold; else val where it `validates`, or training",
    ),
    "trainval": ("cr:TrainingSplit", "trained on in its fold of the published folds"),
    "train-only": (
        "cr:TrainingSplit",
        "synthetic: training but where its group tests or validates",
    ),
    "all": ("", "the paper's collection, which has no parts"),
}


def document(facts: Facts) -> dict[str, Any]:
    """Describe a release in Croissant.

    Parameters
    ----------
    facts : Facts
        All that is said.

    Returns
    -------
    dict
        JSON-LD; the same facts give the same document. Loaders find the upstream archives where
        their user maps the `@id` of their file objects to (``classification/Classification.tar``).
    """
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS_TO),
        "name": facts.name,
        "description": facts.description,
        "version": facts.version,
        "datePublished": facts.date_published,
        "url": facts.address,
        "license": _licences(facts),
        "sdLicense": OWN_LICENCE,
        "creator": _creators(facts),
        "publisher": {"@type": "Organization", "name": MAINTAINERS},
        "citeAs": _citation(facts),
        "isLiveDataset": False,
        "keywords": ["acne", "dermatology", "severity grading", "leak-free splits"]
        + (["stand-in", "synthetic drawings"] if facts.standin else []),
        **_derivation([source.described_at for source in facts.sources.values()]),
        **responsible.fields(facts),
        "distribution": [
            *(_upstream(facts, file) for file in facts.upstream),
            _image_files(facts),
            *(_release_file(file) for file in facts.files),
        ],
        "recordSet": _record_sets(facts),
    }


def _derivation(described_at: list[str]) -> dict[str, Any]:
    """Say what is derived from what others have published; the stand-in is from nothing."""
    addresses = dict.fromkeys(address for address in described_at if "://" in address)
    return {"prov:wasDerivedFrom": [{"@id": a} for a in addresses]} if addresses else {}


def _licences(facts: Facts) -> list[dict[str, str]]:
    """Terms per source: a release of several has no single licence."""
    return [
        {
            "@type": "CreativeWork",
            "name": f"{key}: {source.licence.name}",
            "url": licence_address(source.licence),
            "description": redistribution(source.licence),
        }
        for key, source in facts.sources.items()
    ]


def _creators(facts: Facts) -> list[dict[str, str]]:
    producers = dict.fromkeys(source.producer for source in facts.sources.values())
    return [{"@type": "Organization", "name": name} for name in (*producers, MAINTAINERS)]


def _citation(facts: Facts) -> str:
    """Cite the release in BibTeX, and every dataset in it in its producers' words."""
    entry = (
        f"@misc{{acne04-{facts.dataset}-{facts.version}, author = {{{{{MAINTAINERS}}}}}, "
        f"title = {{{{{facts.name}}}}}, version = {{{facts.version}}}, "
        f"year = {{{facts.date_published[:4]}}}, url = {{{facts.address}}}}}"
    )
    others = dict.fromkeys(source.citation for source in facts.sources.values())
    return "\n".join([entry, *(f"% {' '.join(text.split())}" for text in others)])


def _upstream(facts: Facts, file: UpstreamFile) -> dict[str, Any]:
    source = facts.sources[file.source]
    made = (
        f" The upstream delivers no archive of canonical names: this is the tar that `python -m "
        f"acne04.standards.tarball {file.source}` makes of data/raw/{file.source}."
        if file.repacked
        else ""
    )
    return {
        **_file_object(file.id, file.size, file.sha256, file.media_type),
        "description": f"{source.title}. {' '.join(source.description.split())}{made}",
        "contentUrl": file.url,
        "license": licence_address(source.licence),
        **_derivation([source.described_at]),
        "prov:wasAttributedTo": {"@type": "prov:Agent", "prov:label": source.producer},
    }


def _image_files(facts: Facts) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": _IMAGE_FILES,
        "name": _IMAGE_FILES,
        "description": "Every image, its file called by its canonical name (image_id): "
        + ", ".join(f"{images.count:,} of {images.source}" for images in facts.images),
        "containedIn": [{"@id": name} for images in facts.images for name in images.containers],
        "encodingFormat": "image/jpeg",
        "includes": [pattern for images in facts.images for pattern in images.patterns],
    }


def _release_file(file: ReleaseFile) -> dict[str, Any]:
    return {
        **_file_object(file.path, file.size, file.sha256, file.media_type),
        "contentUrl": file.path,
    }


def _file_object(identifier: str, size: int, sha256: str, media_type: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": identifier,
        "name": identifier,
        "contentSize": f"{size} B",
        "encodingFormat": media_type,
        "sha256": sha256,
    }


def _record_sets(facts: Facts) -> list[dict[str, Any]]:
    """Describe every record set."""
    every = with_repeats(_MANIFESTS, MOST_REPEATS)
    manifests = [name for name in every if facts.has(f"manifests/{name}.csv")]
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
    with_image = base_of(name) in _ONE_ROW_AN_IMAGE
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
        "source": {"fileSet": {"@id": _IMAGE_FILES}, "extract": {"fileProperty": "filename"}},
        "references": {"fileObject": {"@id": table}, "extract": {"column": "image_id"}},
    }


def _image(record_set: str) -> dict[str, Any]:
    return {
        **_field(f"{record_set}/image", "sc:ImageObject"),
        "description": "The image, as its file has it: EXIF orientation not applied.",
        "source": {"fileSet": {"@id": _IMAGE_FILES}, "extract": {"fileProperty": "content"}},
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
