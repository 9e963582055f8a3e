"""The dataset card: ``README.md`` of a release, with the front matter that Hugging Face reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from acne04.core.sources import Source
from acne04.core.variants import MOST_REPEATS, base_of, repeat_of, with_repeats
from acne04.provenance.checksums import ATTESTATION, SUMS
from acne04.standards import responsible
from acne04.standards.facts import Facts, redistribution

#: Manifest to what it is for; a release has those of them that the run made.
_MANIFESTS = {
    "holdout": "train, val and test; report from this one",
    "kfold": "cross-validation; each fold is tested on once",
    "published-clean": "the published folds, with what leaks taken out of training",
    "published-matched": "the control of published-clean: as many training images of each grade, "
    "drawn from the published folds with their leaks",
    "published": "the published folds as they are, which leak: `published_leaks.csv`",
    "paper": "the collection of the ACNEDIT paper; it has no parts, and would leak as split there",
}
_NO_PHOTOGRAPHS = (
    "**These are drawings, not photographs.** A stand-in: no result on it says anything about "
    "acne, and no person is in it."
)
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))


def text(facts: Facts, serial: int) -> str:
    """Give the card of a release; its figures are those that the workflow found."""
    title = f"# {facts.name}, release {facts.version}"
    blocks = [
        f"---\n{_front_matter(facts)}---",
        title,
        *([_NO_PHOTOGRAPHS] if facts.standin else []),
        facts.description,
        *_sections(facts, serial),
    ]
    return "\n\n".join(blocks) + "\n"


def _front_matter(facts: Facts) -> str:
    images = sum(facts.metrics["inventory"]["images"].values())
    document: dict[str, Any] = {
        "pretty_name": f"{facts.name} {facts.version}",
        "license": "other",
        "license_name": "terms-of-each-source",
        "task_categories": ["image-classification", "object-detection"],
        "tags": ["acne", "dermatology", "croissant", "leak-free-splits"]
        + (["stand-in", "synthetic"] if facts.standin else ["medical"]),
        "size_categories": [next((word for top, word in _SIZES if images < top), "100K<n<1M")],
        "configs": [
            {
                "config_name": name,
                # Parts are a column: an image may be in several, by fold, or in none.
                "data_files": [{"split": "manifest", "path": f"manifests/{name}.csv"}],
                **({"default": True} if name == "holdout" else {}),
            }
            for name in _made(facts)
        ],
    }
    written: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    return written


def _made(facts: Facts) -> list[str]:
    every = with_repeats(tuple(_MANIFESTS), MOST_REPEATS)
    return [name for name in every if facts.has(f"manifests/{name}.csv")]


def _meant(manifest: str) -> str:
    """Say what a manifest is for."""
    if repeat_of(manifest) == 1:
        return _MANIFESTS[manifest]
    return f"repeat {repeat_of(manifest)} of {base_of(manifest)}: other test persons"


def _sections(facts: Facts, serial: int) -> Iterator[str]:
    said = responsible.fields(facts)
    yield "## What is in it"
    yield _contents(facts)
    yield "No image is in it: each is named by its SHA-256 (`tables/inventory/images.csv`)."
    yield "## How sure a result can be"
    yield _precision(facts)
    yield "## Known defects and biases"
    yield _listed(said["rai:dataBiases"])
    yield _listed([said["rai:dataCollectionMissingData"], *said["rai:dataLimitations"]])
    yield "## Sensitive data"
    if facts.standin:
        yield "None: these are drawings. Of the real images, for which they stand in, this holds:"
    yield _listed(said["rai:personalSensitiveInformation"])
    yield "## Synthetic content"
    yield str(said["rai:dataManipulationProtocol"])
    yield "## What it is for"
    yield _listed(said["rai:dataUseCases"])
    yield "## Terms of each source"
    yield _terms(facts)
    yield (
        "The manifests, tables and documents are this project's own, under the MIT licence, but "
        "labels, boxes, circles and persons in them are what the sources say: whoever passes them "
        "on must have the right to."
    )
    yield "## How to verify it"
    yield _verification(serial)


def _contents(facts: Facts) -> str:
    rows = [f"| `manifests/{name}.csv` | {_meant(name)} |" for name in _made(facts)]
    rows += [
        "| `manifests/certificates.json`, `*_leaks.csv`, `churn.csv` | proof of the quotas, what "
        "leaks, what moved since the last release |",
        "| `tables/` | inventory, annotations, near-duplicates, relations and groups, with "
        "findings |",
        "| `ledger.json` | for every artifact its code, parameters and inputs, hashed |",
        "| `croissant.json`, `ro-crate-metadata.json` | the same for programs (Croissant 1.1, "
        "Provenance Run Crate 0.5) |",
        f"| `{ATTESTATION}`, `{SUMS}` | the signature, and checksums |",
    ]
    return "\n".join(["| file | what |", "|---|---|", *rows])


def _precision(facts: Facts) -> str:
    """Say of each test part what it can show, and what is assumed for that."""
    told = facts.precision
    rows = [
        f"| {variant} | {_folds_of(parts, name)} | {part['images']} of {part['persons']} | "
        f"{part['grades']['3']['images']} of {part['grades']['3']['persons']} | "
        f"{_interval(part['grades']['3']['recall'])} | "
        f"{_share(part['balanced_accuracy']['half_width'])} | "
        f"{_share(part['balanced_accuracy']['least_difference'])} |"
        for variant, parts in told["variants"].items()
        for name, part in _shown(parts)
    ]
    head = (
        "| manifest | test | images of persons | very severe | recall | balanced accuracy ± | "
        "least difference |"
    )
    return "\n".join(
        [
            f"Said before any model is trained: 95 % interval of a recall of {told['recall']:g} of "
            "very severe acne, half the interval of balanced accuracy, and the least difference "
            f"of two models on the same images that shows with {told['power']:.0%} power. Assumed: "
            f"answers to photographs of one person correlate by {told['within_person']:g}, and "
            f"those of two models by {told['agreement']:g}. Persons are inferred. All parts and "
            "grades: `manifests/certificates.json`.\n",
            head,
            "|---|---|---|---|---|---|---|",
            *rows,
        ]
    )


def _shown(parts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the test part; of several the one that says least, and all together."""
    folds = {name: part for name, part in parts.items() if name.startswith("test-")}
    if folds:
        yield max(folds.items(), key=lambda item: _width(item[1]))
    if "test" in parts:
        yield "test", parts["test"]


def _width(part: Mapping[str, Any]) -> float:
    half = part["balanced_accuracy"]["half_width"]
    return 1.0 if half is None else float(half)


def _folds_of(parts: Mapping[str, Any], name: str) -> str:
    """Say which test part of a manifest it is."""
    if name != "test":
        return f"fold {name.removeprefix('test-')}, the least sure"
    return "all folds together" if "test-0" in parts else "test"


def _interval(recall: Mapping[str, float] | None) -> str:
    return "too few" if recall is None else f"{recall['low']:.2f}–{recall['high']:.2f}"


def _share(value: float | None) -> str:
    return "too few" if value is None else f"{value:.3f}"


def _listed(texts: list[str]) -> str:
    """List texts; that it is a stand-in is said once, above all of them."""
    return "\n".join(f"- {text}" for text in texts if not text.startswith("STAND-IN"))


def _terms(facts: Facts) -> str:
    rows = [f"| {key} | {_source(source)} |" for key, source in facts.sources.items()]
    return "\n".join(["| source | what | terms | |", "|---|---|---|---|", *rows])


def _source(source: Source) -> str:
    licence = source.licence
    stated = f"{licence.name} ({licence.stated_at})"
    cells = (source.title, stated, redistribution(licence))
    return " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells)


def _verification(serial: int) -> str:
    return (
        f"`sha256sum --check {SUMS}` in this folder tells whether a file was damaged, not whether "
        "it was forged: whoever forges a file can forge its checksum. With the publisher's public "
        "key and serial, both from elsewhere than this folder:\n\n"
        "```sh\nacne04 verify FOLDER --trusted-key PUBLIC.pem "
        f"--expect-serial N --images data/raw\n```\n\nThis release says of itself that its serial "
        f"is {serial}; a newer release has a greater one."
    )
