"""The folder of an upstream: archives, folders of images, tables, truth.

Nothing but an earlier stand-in is replaced: what else lies there may be somebody's data.
"""

from __future__ import annotations

import dataclasses
import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

from acne04.core.errors import UsageError
from acne04.core.files import staged_folder
from acne04.core.hashing import digest_file
from acne04_standin.annotations import circle_document, label_files, subject_files, voc_document
from acne04_standin.blueprint import IMAGES, Corpus, jobs
from acne04_standin.edits import FOLDERS
from acne04_standin.jobs import draw_all
from acne04_standin.truth import ABOUT, truth_document

ANNOTATIONS_NAME = "Acne04-v2_annotations.json"
#: Time of every member of an archive: the first day of ICCV 2019, in seconds since 1970.
_ARCHIVE_TIME = 1_572_134_400
README = """\
This folder is a drawn stand-in for the ACNE04 family of datasets.

No picture here shows a person: every face, lesion, name, subject and count is made up by
`acne04 standin`, after what is known of the real files. It has their form, their figures and
their defects, so that a workflow can be tried without them. It says nothing about acne.

truth.json tells what was planted. Nothing but tests and benchmarks should read it.

Drawn with {parameters}. Its files, by SHA-256:
"""


def write_upstream(corpus: Corpus, folder: Path, workers: int) -> None:
    """Draw and write a whole upstream; `folder` appears complete or not at all.

    Parameters
    ----------
    corpus : Corpus
        What to write.
    folder : Path
        Replaced as a whole where it exists.
    workers : int
        Processes that draw; the bytes do not depend on it.
    """
    with staged_folder(folder) as staging:
        scratch = staging / "scratch"
        (scratch / IMAGES).mkdir(parents=True)
        for name in FOLDERS.values():
            (scratch / "ACNEDIT" / name).mkdir(parents=True)
        draw_all(jobs(corpus), scratch, workers)
        (scratch / "ACNEDIT").replace(staging / "ACNEDIT")
        _write_classification(corpus, scratch, staging / "Classification.tar")
        _write_detection(corpus, staging / "Detection.tar")
        (scratch / IMAGES).rmdir()
        (scratch / "Classification").rmdir()
        scratch.rmdir()
        _write_texts(corpus, staging)
        (staging / "README.txt").write_bytes(_readme(corpus, staging).encode("utf-8"))


def _readme(corpus: Corpus, staging: Path) -> str:
    """Say what was drawn, so that the file differs wherever the folder does."""
    knobs = dataclasses.asdict(corpus.parameters)
    parameters = ", ".join(f"{name} {value}" for name, value in sorted(knobs.items()))
    sums = [
        f"{digest_file(path).sha256}  {path.relative_to(staging).as_posix()}"
        for path in sorted(staging.rglob("*"))
        if path.is_file()
    ]
    return README.format(parameters=parameters) + "\n".join(sums) + "\n"


def _write_texts(corpus: Corpus, staging: Path) -> None:
    (staging / "subjects").mkdir()
    texts = {
        ANNOTATIONS_NAME: circle_document(
            corpus.roster, corpus.studio, corpus.figures, corpus.parameters.seed
        ),
        "truth.json": truth_document(corpus),
        **{f"subjects/{name}": text for name, text in subject_files(corpus.roster).items()},
    }
    for name, text in texts.items():
        (staging / name).write_bytes(text.encode("utf-8"))


def _write_classification(corpus: Corpus, scratch: Path, archive: Path) -> None:
    images = corpus.roster.images
    same_bytes = {
        images[p.twin].name: images[p.image].name
        for p in corpus.studio.photographs
        if p.twin is not None
    }
    with tarfile.open(archive, "w", format=tarfile.USTAR_FORMAT) as tar:
        _add_folders(tar, ("Classification", IMAGES))
        for name in sorted(image.name for image in images):
            source = scratch / IMAGES / same_bytes.get(name, name)
            with source.open("rb") as file:
                tar.addfile(_member(f"{IMAGES}/{name}", source.stat().st_size), file)
        for name, text in sorted(label_files(corpus.roster).items()):
            _add_text(tar, f"Classification/{name}", text)
    for path in (scratch / IMAGES).iterdir():
        path.unlink()


def _write_detection(corpus: Corpus, archive: Path) -> None:
    images = corpus.roster.images
    documents = {
        image.name.replace(".jpg", ".xml"): voc_document(
            image.name, corpus.studio.frames[number], corpus.studio.marks[number].boxes, number
        )
        for number, image in enumerate(images)
    }
    root = "Detection/VOC2007"
    with tarfile.open(archive, "w", format=tarfile.USTAR_FORMAT) as tar:
        _add_folders(tar, ("Detection", root, f"{root}/Annotations"))
        for name, text in sorted(documents.items()):
            _add_text(tar, f"{root}/Annotations/{name}", text)
        _add_folders(tar, (f"{root}/ImageSets", f"{root}/ImageSets/Main"))
        for name, text in sorted(label_files(corpus.roster).items()):
            _add_text(tar, f"{root}/ImageSets/Main/{name}", text)


def _member(name: str, size: int) -> tarfile.TarInfo:
    """Header with a fixed date and no owner."""
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, _ARCHIVE_TIME, 0o644
    return member


def _add_folders(tar: tarfile.TarFile, names: Iterable[str]) -> None:
    for name in names:
        member = _member(name, 0)
        member.type, member.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(member)


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode("utf-8")
    tar.addfile(_member(name, len(data)), io.BytesIO(data))


#: All that lies directly in the folder.
NAMES = frozenset(
    [
        "ACNEDIT",
        "Classification.tar",
        "Detection.tar",
        ANNOTATIONS_NAME,
        "README.txt",
        "subjects",
        "truth.json",
    ]
)
SHOWN_NAMES = 5


def check_target(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier stand-in.

    Raises
    ------
    UsageError
        If it is neither absent nor empty nor a stand-in. Nothing is touched.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise _refused(folder, "a link" if folder.is_symlink() else "a file")
    names = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    strangers = [name for name in names if name not in NAMES]
    if strangers:
        more = len(strangers) - SHOWN_NAMES
        shown = ", ".join(map(ascii, strangers[:SHOWN_NAMES]))
        raise _refused(folder, f"{shown} and {more:,} more" if more > 0 else shown)
    if names and not _is_ours(folder):
        raise _refused(folder, "files of these names without the stand-in's truth.json, README.txt")


def _is_ours(folder: Path) -> bool:
    """Tell a stand-in from real deliveries, whose files have the same names.

    Without its README.txt it is one still: a workflow removes the output that it knows before it
    has it made anew.
    """
    readme = folder / "README.txt"
    first_line = README.partition("\n")[0]
    return _begins_with(folder / "truth.json", ABOUT) and (
        not readme.exists() or _begins_with(readme, first_line)
    )


def _begins_with(path: Path, text: str) -> bool:
    """Tell whether the first bytes of a file, a few more than those of `text`, hold `text`."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return text.encode() in stream.read(len(text) + 40)


def _refused(folder: Path, found: str) -> UsageError:
    return UsageError(
        str(folder),
        "this is no earlier stand-in, so it is not replaced",
        expected="a new or an empty folder, or one that `acne04 standin` wrote",
        found=found,
        done="nothing touched",
        remedy="name another folder, or move away what lies there",
    )
