"""The Croissant 1.1 document of a release: what is in it, where from, and how to load it."""

from __future__ import annotations

from typing import Any

from acne04.standards import responsible, wording
from acne04.standards.croissant_records import IMAGE_FILES, record_sets
from acne04.standards.facts import Facts
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
        "name": wording.name(facts),
        "description": wording.description(facts),
        "version": facts.version,
        "datePublished": facts.date_published,
        "url": wording.address(facts),
        "license": _licences(facts),
        "sdLicense": wording.OWN_LICENCE,
        "creator": _creators(facts),
        "publisher": {"@type": "Organization", "name": wording.MAINTAINERS},
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
        "recordSet": record_sets(facts),
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
            "url": wording.licence_address(source.licence),
            "description": wording.redistribution(source.licence),
        }
        for key, source in facts.sources.items()
    ]


def _creators(facts: Facts) -> list[dict[str, str]]:
    producers = dict.fromkeys(source.producer for source in facts.sources.values())
    return [{"@type": "Organization", "name": name} for name in (*producers, wording.MAINTAINERS)]


def _citation(facts: Facts) -> str:
    """Cite the release in BibTeX, and every dataset in it in its producers' words."""
    entry = (
        f"@misc{{acne04-{facts.dataset}-{facts.version}, author = {{{{{wording.MAINTAINERS}}}}}, "
        f"title = {{{{{wording.name(facts)}}}}}, version = {{{facts.version}}}, "
        f"year = {{{facts.date_published[:4]}}}, url = {{{wording.address(facts)}}}}}"
    )
    others = dict.fromkeys(source.citation for source in facts.sources.values())
    return "\n".join([entry, *(f"% {' '.join(text.split())}" for text in others)])


def _upstream(facts: Facts, file: UpstreamFile) -> dict[str, Any]:
    source = facts.sources[file.source]
    made = (
        f" The upstream delivers no archive of canonical names: this is the tar that `python -m "
        f"acne04.standards.repacking {file.source}` makes of data/raw/{file.source}."
        if file.repacked
        else ""
    )
    return {
        **_file_object(file.id, file.size, file.sha256, file.media_type),
        "description": f"{source.title}. {' '.join(source.description.split())}{made}",
        "contentUrl": file.url,
        "license": wording.licence_address(source.licence),
        **_derivation([source.described_at]),
        "prov:wasAttributedTo": {"@type": "prov:Agent", "prov:label": source.producer},
    }


def _image_files(facts: Facts) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": IMAGE_FILES,
        "name": IMAGE_FILES,
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
