"""All files of an export: those of its format, and those that every export has."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from acne04.core import documents
from acne04.export import readme
from acne04.export.folder import MARKER, SCHEMA
from acne04.export.planned import (
    DataFile,
    ExportFormat,
    ImageFile,
    PlannedFile,
    Selection,
)
from acne04.export.records import excluded_table, lesion_table, sample_table
from acne04.export.terms import SourceTerms

#: Nothing of an export belongs into git, whoever adds all there is.
_IGNORED = DataFile(".gitignore", b"*\n")


def every_file(
    name: str,
    form: ExportFormat,
    selection: Selection,
    terms: tuple[list[SourceTerms], list[SourceTerms]],
    *,
    links: bool,
) -> list[PlannedFile]:
    """Give all files of an export in the format of a name, the marker at the end.

    Parameters
    ----------
    terms : tuple
        As `acne04.export.terms.terms_of` gives them.
    links : bool
        Whether images are links.
    """
    places = {
        image.sample.image_id: form.place(image, selection) for image in selection.every_image
    }
    tabled = (selection.lesions,) if form.tabled is None else form.tabled
    files: list[PlannedFile] = list(form.files(selection))
    if form.holds == "files":
        files += [
            ImageFile(places[image.sample.image_id], image) for image in selection.every_image
        ]
    every_part = [part.folder for part in selection.parts]
    files.append(DataFile("samples.csv", sample_table(selection, places, every_part)))
    if tabled:
        files.append(DataFile("lesions.csv", lesion_table(selection, places, tabled)))
    files.append(DataFile("excluded.csv", excluded_table(selection)))
    text = readme.text(name, form, selection, *terms)
    files += [DataFile("README.md", text.encode()), _IGNORED]
    held = {"shards": "shards", "nothing": "none"}.get(form.holds, "links" if links else "copies")
    document: dict[str, Any] = {
        "dataset": selection.dataset,
        "format": name,
        "variant": selection.variant,
        "fold": selection.fold,
        "lesions": selection.lesions if form.lesions else None,
        "images": held,
        "content": _digest(f"{held}{selection.re_encoding or ''}", files),
        "parts": [
            {
                "fold": part.fold,
                "part": part.name,
                "folder": part.folder,
                "images": len(part.images),
            }
            for part in selection.parts
        ],
        "left_out": counted_reasons(selection),
    }
    if selection.re_encoding:
        document["re_encoding"] = asdict(selection.re_encoding)
    documents.check(document, SCHEMA, MARKER)
    return [*files, DataFile(MARKER, documents.to_text(document).encode())]


def counted_reasons(selection: Selection) -> dict[str, int]:
    """Give how many images are left out, by the first word of the reason."""
    counts = Counter(each.reason.partition(":")[0] for each in selection.left_out)
    return dict(sorted(counts.items()))


def _digest(held: str, files: Sequence[PlannedFile]) -> str:
    """Digest what is to be written: of an image, what it is made from and how."""
    digest = hashlib.sha256(held.encode())
    for file in sorted(files, key=lambda each: each.path):
        if isinstance(file, DataFile):
            of_file = hashlib.sha256(file.content).hexdigest()
        elif isinstance(file, ImageFile):
            of_file = f"{file.image.sample.sha256} {file.image.is_turned}"
        else:
            images = " ".join(image.sample.sha256 for image in file.images)
            of_file = f"{file.identity} {images}"
        digest.update(f"{file.path}\0{of_file}\n".encode())
    return digest.hexdigest()
