"""``README.md`` of an export: what it is, how it is loaded, what is left out, terms, citation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from acne04.core.printing import spelt_out
from acne04.export.planned import ExportFormat, Selection
from acne04.export.terms import SourceTerms

_DRAWINGS = (
    "**These are drawings, not photographs** (`standin`): they stand in for images that may not be "
    "passed on. No result on them says anything about acne, and no person is in them."
)
_PHOTOGRAPHS = (
    "**These are photographs of people's faces (`acne04`), and health data: this folder may not be "
    "passed on,** nor anything that shows them. Keep it off public places, and out of git."
)
#: Why images are left out by the export itself.
_REASONS = {
    "no-grade": "nobody graded it",
    "no-lesion-count": "nobody counted its lesions",
    "not-annotated": "nobody drew its lesions, which is not the same as none",
    "circles-of-another-frame": "its circles were drawn on a resized or cropped copy",
    "no-size": "it does not decode",
    "parent-held-out": "it was made from a photograph that is held out, or from one of its group",
}


def text(
    name: str,
    form: ExportFormat,
    selection: Selection,
    own: list[SourceTerms],
    originals: list[SourceTerms],
) -> str:
    """Give the file's text.

    Parameters
    ----------
    name : str
        Name of the format.
    own, originals : list of SourceTerms
        As `acne04.export.terms.terms_of` gives them.
    """
    fold = "" if selection.fold is None else f", fold {selection.fold}"
    blocks = [
        f"# {selection.dataset}: {selection.variant}{fold}, as {name}",
        _DRAWINGS if selection.dataset == "standin" else _PHOTOGRAPHS,
        f"Exported by acne04 in its format {name}: {form.summary}.",
        "## Load it",
        "From the folder that holds this one, which is called `exported` here:",
        "\n".join(["```python", form.loading, "```"]),
        *([form.notes] if form.notes else []),
        "## What is in it",
        _parts(selection, form),
        *_remarks(selection, form),
        "## What is left out",
        _left_out(selection),
        "## Terms",
        *_terms(own, originals),
    ]
    return "\n\n".join(blocks) + "\n"


def _parts(selection: Selection, form: ExportFormat) -> str:
    has_folds = any(part.fold is not None for part in selection.parts)
    rows = [
        (f"| {part.fold} " if has_folds else "")
        + f"| {part.name} | {part.folder} | {len(part.images):,} |"
        for part in selection.parts
    ]
    head = ["| part | here | images |", "|---|---|---|"]
    table = "\n".join([*((f"| fold {head[0]}", f"|---{head[1]}") if has_folds else head), *rows])
    lists = "`samples.csv` lists every image with all that is known of it; `weight` is how often "
    lists += "an epoch of training should show it. "
    if form.tabled != ():
        lists += "`lesions.csv` has every lesion as a box within its image, with what it was. "
    return (
        f"{table}\n\n{lists}Coordinates are pixels of the upright image, 0 its left or upper edge."
    )


def _remarks(selection: Selection, form: ExportFormat) -> Iterable[str]:
    images = selection.every_image
    turned = sorted(image.sample.image_id for image in images if image.is_turned)
    if selection.re_encoding:
        written = selection.re_encoding
        yield (
            f"**All images are written alike**: upright, stretched to {written.width} x "
            f"{written.height} px, JPEG of quality {written.quality}, without metadata; boxes and "
            "circles are scaled "
            "with them, boxes to whole pixels, so that circles may be ellipses. How a file was "
            "made tells nothing more of its grade. `sha256`, `size` and `path` are those of the "
            "source; `width` and `height` those of the files here."
        )
        if selection.smaller:
            yield (
                f"{selection.smaller:,} of the {len(images):,} images were smaller, and are "
                "enlarged: their blur still tells. A size that no image falls short of leaves none."
            )
    elif turned and form.holds != "nothing":
        yield (
            f"{len(turned):,} images are stored on their side in their source, with a mark that "
            "many readers overlook. Here their pixels are upright, in other bytes (JPEG of quality "
            f"95, else PNG): {_named(turned)}. All others are the bytes of their source."
        )
    incomplete = sorted(i.sample.image_id for i in images if i.sample.mark == "v2-incomplete")
    if incomplete:
        yield (
            f"{len(incomplete):,} images have broken circles in Acne04-v2, which are not here, and "
            f"so lesions that no circle shows: {_named(incomplete)}."
        )
    if selection.variant == "paper":
        yield "This variant has no parts: where the lines above say `train`, it is `all`."
    if selection.variant in ("published", "paper"):
        yield (
            "**This variant leaks**: persons, copies and parents of synthetic images are on both "
            "sides of the published folds, and of any split at random of `paper`. It is for "
            "comparing with older results only."
        )


def _left_out(selection: Selection) -> str:
    counts = Counter(each.reason.partition(":")[0] for each in selection.left_out)
    if not counts:
        return "Nothing: every image of the manifest is here."
    rows = [
        f"| {reason} | {number:,} | {_REASONS.get(reason, 'as the manifest says')} |"
        for reason, number in sorted(counts.items())
    ]
    table = "\n".join(["| reason | images | |", "|---|---|---|", *rows])
    return f"{table}\n\n`excluded.csv` names each."


def _named(image_ids: list[str]) -> str:
    shown = ", ".join(f"`{spelt_out(name)}`" for name in image_ids[:5])
    return shown + (f" and {len(image_ids) - 5:,} more" if len(image_ids) > 5 else "")


def _terms(own: list[SourceTerms], originals: list[SourceTerms]) -> Iterable[str]:
    if any(source.terms for source in own):
        yield _table(own)
    else:
        yield "The terms of each source stand in `README.md` of the release that this is made from."
    if any(source.terms for source in originals):
        yield "What it stands in for has these terms:\n\n" + _table(originals)
    cited = dict.fromkeys(source.citation for source in (originals or own))
    yield "## Cite\n\n" + "\n".join(f"- {citation}" for citation in cited)


def _table(sources: list[SourceTerms]) -> str:
    rows = [
        f"| {source.title} ({source.producer}) | {source.terms} ({source.stated_at}) | "
        f"{source.redistributable} |"
        for source in sources
    ]
    return "\n".join(["| source | terms | may be passed on |", "|---|---|---|", *rows])
