"""The page: what is put into the templates, and the file that comes out."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.core.hashing import digest_file
from acne04.core.printing import in_utf8, shown_in_line
from acne04.core.sources import Source, load_sources
from acne04.core.variants import base_of, repeat_of
from acne04.report import charts
from acne04.report.artifact_list import identity, read_flow
from acne04.report.class_balance import balance_of
from acne04.report.cohort_tables import FIGURES, read_cohort
from acne04.report.finding_list import kinds_of, read_findings
from acne04.report.image_pairs import KINDS, read_pairs
from acne04.report.image_records import Images, columns, read_images, related
from acne04.report.leak_tables import read_leaks
from acne04.report.manifest_places import places_of
from acne04.report.precision_rows import precision_rows
from acne04.report.question_cards import read_cards
from acne04.report.shortcut_table import read_shortcuts
from acne04.report.thumbnails import Thumbnail
from acne04.samples.place import DatasetPlace
from acne04.samples.sample import Annotations

TEMPLATES = Path(__file__).parent / "page"
#: Variants in the order of the page: ours to train with, then those to compare with.
VARIANTS = ("holdout", "kfold", "published-clean", "published-matched", "published", "paper")
#: Thumbnails of one block of the page: each is read when the first of its pictures is looked at.
BLOCK = 64
#: Sizes of images that are listed; the others are told as one number.
_SIZES = 12
#: Units of a bar that shows a part of a split.
_BAR = 240


@dataclass(frozen=True)
class Contents:
    """All that the page tells, but for the pictures.

    Attributes
    ----------
    images : Images
        In the order of the page.
    values : dict
        What the templates are given.
    data : dict
        What the script is given.
    """

    images: Images
    values: dict[str, Any]
    data: dict[str, Any]


def read_contents(place: DatasetPlace, dataset: str) -> Contents:
    """Read all tables and documents of a dataset that the page shows.

    Parameters
    ----------
    place : DatasetPlace
        Its checkout.
    dataset : {"standin", "acne04"}
        Which one it is.

    Raises
    ------
    UnavailableError
        If an artifact is not there.
    SchemaError
        If one is not as its schema says.
    """
    images = read_images(place)
    manifests = {variant: place.manifest(variant) for variant in VARIANTS}
    findings = read_findings(place, images)
    cards = read_cards(place, images)
    flow = read_flow(place.root, dataset)
    pairs = read_pairs(place, images)
    metrics = json.loads((place.tables / "splits/metrics.json").read_text(encoding="utf-8"))
    calibration = place.document("near/calibration.json", "calibration.schema.json")
    places = {variant: places_of(variant, manifest) for variant, manifest in manifests.items()}
    balances = {variant: balance_of(variant, of) for variant, of in manifests.items()}
    precision = _precision(place)
    values = {
        "precision": precision,
        "precision_rows": {v: precision_rows(precision["variants"][v]) for v in VARIANTS},
        "repeats": _repeats(precision["variants"]),
        "dataset": dataset,
        "identity": identity(flow),
        "sources": list(_sources(place, dataset)),
        "citations": _citations(place, dataset),
        "counts": _counts(images),
        "balances": balances,
        "largest": max(row.total for rows in balances.values() for row in rows),
        "stacked": lambda row, most: charts.stacked(row.grades, most, _BAR),
        "bar_width": _BAR,
        "grades": [(grade, GRADE_NAMES[grade]) for grade in GRADES],
        "sizes": _sizes(images),
        "lesions": _lesions(images),
        "cohort": read_cohort(place),
        "cohort_figures": FIGURES,
        "leaks": read_leaks(place, images, metrics),
        "shortcuts": read_shortcuts(place, VARIANTS),
        "kinds": kinds_of(findings),
        "findings": findings,
        "pair_kinds": _pair_kinds(pairs),
        "scores": _scores(calibration),
        "calibration": calibration,
        "cards": cards,
        "flow": flow,
        "parts": sorted({part for of in places.values() for p in of.values() for part in p.parts}),
        "images": images.all,
        "chart_width": charts.WIDTH,
    }  # fmt: skip
    relations = related(place, images)
    data = {
        "dataset": dataset,
        "images": columns(images, Annotations(place), relations, places),
        "findings": findings,
        "pairs": pairs,
        "questions": [
            {"kind": card.kind, "question": card.question, "images": card.images} for card in cards
        ],
        "grades": GRADE_NAMES,
        "sources": {
            source.key: {
                "title": source.title,
                "licence": source.licence.name,
                "pins": f"upstreams/{dataset}/pins/{source.key}.csv",
            }
            for source in load_sources(place.root / "workflow/sources.yaml", dataset).values()
        },
    }
    return Contents(images, values, data)


def _precision(place: DatasetPlace) -> dict[str, Any]:
    document = place.document("splits/certificates.json", "certificates.schema.json")
    found: dict[str, Any] = document["precision"]
    return found


def _repeats(variants: Mapping[str, Any]) -> dict[str, list[str]]:
    """Name the repeats of each variant."""
    repeats: dict[str, list[str]] = {variant: [] for variant in VARIANTS}
    for name in variants:
        if repeat_of(name) > 1:
            repeats[base_of(name)].append(name)
    return repeats


def _pair_kinds(pairs: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """Give kind, name and number of the pairs."""
    counted = Counter(pair["kind"] for pair in pairs)
    return [(kind, name, counted[kind]) for kind, name in KINDS.items()]


def render(contents: Contents, thumbnails: Sequence[Thumbnail], faces: str, files: int) -> str:
    """Give the page.

    Parameters
    ----------
    contents : Contents
        What it tells.
    thumbnails : sequence of Thumbnail
        Those of the images that decode, in their order; empty for a page without pictures.
    faces : {"none", "coarse", "full"}
        What these are.
    files : int
        In how many files beside the page they lie; 0 for the page itself.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_told,
    )
    environment.filters |= {"number": _number, "bytes": _bytes, "percent": _percent}
    environment.filters |= {"share": _share}
    environment.filters["with_code"] = _with_code
    shown = [number for number, image in enumerate(contents.images.all) if image.is_shown]
    data = {
        **contents.data,
        "faces": faces,
        "thumbnails": {
            "of": {number: place for place, number in enumerate(shown)} if thumbnails else {},
            "sizes": [[one.width, one.height] for one in thumbnails],
            "block": -(-len(thumbnails) // files) if files else BLOCK,
            "inside": not files,
        },
    }
    script = (TEMPLATES / "page.js").read_text(encoding="utf-8")
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    starts = range(0, 0 if files else len(thumbnails), BLOCK)
    blocks = [encoded(thumbnails[start : start + BLOCK]) for start in starts]
    text = environment.get_template("page.html").render(
        **contents.values,
        faces=faces,
        style=Markup(style),
        script=Markup(script),
        script_sum=_sum_of(script),
        data=Markup(as_script(data)),
        blocks=[Markup(as_script(block)) for block in blocks],
        beside=bool(files),
        largest_thumbnail=max((one.width for one in thumbnails), default=0),
    )
    return in_utf8(text)


def encoded(thumbnails: Sequence[Thumbnail]) -> list[str]:
    """Give pictures as text."""
    return [base64.b64encode(one.jpeg).decode("ascii") for one in thumbnails]


def as_script(value: Any) -> str:
    r"""Give a value as JSON that may stand in a script element, whatever its texts are.

    >>> as_script("</script>") == r'"\u003c/script\u003e"'
    True
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _sum_of(script: str) -> str:
    """Give the sum by which the page's policy knows its own script."""
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _told(value: Any) -> Any:
    """Give what a template writes: a stranger's text as it may be shown."""
    return shown_in_line(value) if type(value) is str else value


def _with_code(text: str) -> Markup:
    """Give a text with what stands between backticks as code."""
    words = [escape(shown_in_line(word)) for word in text.split("`")]
    return Markup("").join(
        Markup("<code>{}</code>").format(word) if place % 2 and place < len(words) - 1 else word
        for place, word in enumerate(words)
    )


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _share(value: float | None) -> str:
    return "too few" if value is None else f"{value:.3f}".removeprefix("0")


def _bytes(size: int) -> str:
    for unit, of in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= of:
            return f"{size / of:,.1f} {unit}"
    return f"{size} B"


def _percent(value: float) -> str:
    return f"{value:.1f} %"


def _sources(place: DatasetPlace, dataset: str) -> Iterator[dict[str, Any]]:
    for source in load_sources(place.root / "workflow/sources.yaml", dataset).values():
        pins = f"upstreams/{dataset}/pins/{source.key}.csv"
        listing = place.table(f"raw/{source.key}.csv", "listing")
        yield {
            **_words(source),
            "pins": pins,
            "pins_sha256": digest_file(place.root / pins).sha256,
            "files": len(listing),
            "bytes": int(listing["size"].sum()),
        }


def _words(source: Source) -> dict[str, Any]:
    names = ("key", "title", "producer", "described_at", "description", "date_published")
    return {
        **{name: getattr(source, name) for name in names},
        "version": source.delivery.version,
        "licence": dataclasses.asdict(source.licence),
    }


def _citations(place: DatasetPlace, dataset: str) -> list[str]:
    sources = load_sources(place.root / "workflow/sources.yaml", dataset)
    return list(dict.fromkeys(source.citation for source in sources.values()))


def _counts(images: Images) -> dict[str, Any]:
    real = [image for image in images.all if image.origin == "real"]
    return {
        "real": len(real),
        "synthetic": len(images.all) - len(real),
        "persons": len({image.subject for image in real if image.subject}),
        "undecodable": sum(not image.is_shown for image in images.all),
        "turned": sum(image.orientation != 1 for image in images.all),
    }


def _sizes(images: Images) -> dict[str, Any]:
    counted: Counter[tuple[int, int]] = Counter(
        (image.width, image.height) for image in images.all if image.width and image.height
    )
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    by_area = sorted(counted, key=lambda size: (size[0] * size[1], size))
    return {
        "listed": ranked[:_SIZES],
        "others": len(ranked) - len(ranked[:_SIZES]),
        "of_others": sum(number for _, number in ranked[_SIZES:]),
        "most": max(counted.values(), default=0),
        "least": by_area[0] if by_area else (0, 0),
        "largest": by_area[-1] if by_area else (0, 0),
    }


def _lesions(images: Images) -> dict[str, Any]:
    both = [
        (image.lesions_v1, image.lesions_v2, image.grade)
        for image in images.all
        if image.lesions_v1 is not None
        and image.lesions_v2 is not None
        and image.grade is not None
        and image.origin == "real"
    ]
    rows = []
    for grade in GRADES:
        of = [(v1, v2) for v1, v2, its in both if its == grade]
        if of:
            rows.append(
                {
                    "grade": grade,
                    "name": GRADE_NAMES[grade],
                    "images": len(of),
                    "v1": statistics.median(v1 for v1, _ in of),
                    "v2": statistics.median(v2 for _, v2 in of),
                    "more": sum(v2 > v1 for v1, v2 in of),
                }
            )
    return {"rows": rows, "images": len(both), "scatter": charts.scatter(both)}


def _scores(calibration: Mapping[str, Any]) -> list[charts.Panel]:
    titles = {
        "different_subjects": "two photographs of different people",
        "same_subject": "two photographs of one person",
        "parents": "a synthetic image and its parent",
    }
    histograms = calibration["histograms"]
    return [
        charts.score_panel(title, histograms[name], histograms["bins"], 90)
        for name, title in titles.items()
        if name in histograms
    ]
