"""Read each file of the sources once, on several threads."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from acne04.core.findings import Finding
from acne04.core.hashing import Digest, digest_file
from acne04.core.imaging import Reading, read_image
from acne04.core.naming import JPEG_EXTENSIONS
from acne04.core.progress import Progress
from acne04.core.trivia import Trivia, trivia_of
from acne04.scan import catalogue
from acne04.scan.source_tree import SourceTree

#: Files a thread takes at a time: handing over single ones costs as much as reading a VOC file.
FILES_AT_A_TIME = 64
#: Mean size in bytes from which threads gain: below it they mostly wait for the interpreter, and
#: two of them take a tenth more CPU time than one.
WORTH_THREADS = 100_000
#: The marker that starts a JPEG file, and the first byte of the next marker.
JPEG_MAGIC = b"\xff\xd8\xff"


class ImageFile(NamedTuple):
    """What reading one image file gave.

    Attributes
    ----------
    reading : Reading
        Without the counts that `trivia` is made of.
    is_jpeg : bool
        By its first bytes.
    trivia : Trivia or None
        None where it does not decode.
    """

    reading: Reading
    is_jpeg: bool
    trivia: Trivia | None


@dataclass(frozen=True)
class SourceContents:
    """What was read, by path ``<source>/<path below its folder>``.

    Attributes
    ----------
    images : dict
        Path to `ImageFile`.
    texts : dict
        Path to the bytes of a label file or a VOC file.
    digests : dict
        Path to `Digest`, for every readable file of the sources that have a listing.
    unreadable : dict
        Path to the reason why the system does not give the file out.
    """

    images: dict[str, ImageFile]
    texts: dict[str, bytes]
    digests: dict[str, Digest]
    unreadable: dict[str, str]


class _Task(NamedTuple):
    key: str
    file: str
    kind: str
    listed: bool


class _Result(NamedTuple):
    key: str
    content: ImageFile | bytes | None
    digest: Digest | None
    problem: str


def read_files(trees: list[SourceTree], threads: int, listed: frozenset[str]) -> SourceContents:
    """Read every image, label file and VOC file once.

    Parameters
    ----------
    trees : list of SourceTree
        The sources.
    threads : int
        Threads at most, at least 1; the result does not depend on it. Small files are read on one.
    listed : frozenset of str
        Sources that have a listing: all their files are digested, also those of no use here.
    """
    tasks = [task for tree in trees for task in _tasks(tree, tree.source in listed)]
    batches = [tasks[i : i + FILES_AT_A_TIME] for i in range(0, len(tasks), FILES_AT_A_TIME)]
    contents = SourceContents({}, {}, {}, {})
    threads = threads if _mean_size(tasks) >= WORTH_THREADS else 1
    with (
        ThreadPoolExecutor(threads) as pool,
        Progress("read", len(tasks), "files") as progress,
    ):
        # One thread is this one: to hand over to another and wait would be for nothing.
        mapped = map if threads == 1 else pool.map
        for results in mapped(_read_batch, batches):
            for result in results:
                _keep(result, contents)
            progress.add(len(results))
    return contents


def check_unreadable(unreadable: dict[str, str]) -> list[Finding]:
    """Say of each file that the system does not give out why."""
    return [
        catalogue.UNREADABLE.at(
            path, expected="a file that can be read", found=reason, done="left out"
        )
        for path, reason in unreadable.items()
    ]


def check_files(images: dict[str, ImageFile], extensions: dict[str, str]) -> list[Finding]:
    """Check every image file.

    Parameters
    ----------
    images : dict
        Path to what was read.
    extensions : dict
        Source to the extension that it promises; a source that promises none is missing.
    """
    findings: list[Finding] = []
    first_path: dict[tuple[str, str], str] = {}
    for path, image in images.items():
        source, name = path.split("/")[0], path.rpartition("/")[2]
        findings += _decoding(path, image)
        findings += _extension(path, image, extensions.get(source))
        first = first_path.setdefault((source, name), path)
        if first != path:
            findings.append(
                catalogue.NAME_REPEATED.at(
                    path,
                    expected=f"one file of the name {name}",
                    found=f"a second one; the first is {first}",
                    done="both kept under their paths; what gives the name alone means both",
                )
            )
    return findings


def _mean_size(tasks: list[_Task]) -> float:
    """Estimate the mean size of the images in bytes, from every sixteenth."""
    images = [task.file for task in tasks if task.kind == "image"][::16]
    sizes = [os.path.getsize(file) for file in images if os.path.isfile(file)]  # noqa: PTH113, PTH202
    return sum(sizes) / len(sizes) if sizes else 0


def _tasks(tree: SourceTree, listed: bool) -> Iterator[_Task]:
    for kind, paths in (
        ("image", tree.images),
        ("text", [*tree.labels, *tree.voc]),
        ("other", tree.others if listed else []),
    ):
        for path in paths:
            yield _Task(f"{tree.source}/{path}", f"{tree.folder}/{path}", kind, listed)


def _read_batch(tasks: list[_Task]) -> list[_Result]:
    return _with_trivia([_read(task) for task in tasks])


def _with_trivia(results: list[_Result]) -> list[_Result]:
    """Make the trivia of all images of a batch at once: one by one they take four times as long."""
    readings = {
        number: result.content.reading
        for number, result in enumerate(results)
        if isinstance(result.content, ImageFile)
    }
    decoded = {number: reading for number, reading in readings.items() if reading.square}
    counts = [reading.counts or b"" for reading in decoded.values()]
    made = trivia_of(counts, [reading.square or b"" for reading in decoded.values()])
    trivia = dict(zip(decoded, made, strict=True))
    for number, reading in readings.items():
        content = results[number].content
        assert isinstance(content, ImageFile)
        image = ImageFile(reading._replace(counts=None), content.is_jpeg, trivia.get(number))
        results[number] = results[number]._replace(content=image)
    return results


def _read(task: _Task) -> _Result:
    try:
        if task.kind == "other":
            return _Result(task.key, None, digest_file(Path(task.file)), "")
        # Neither a Path nor a buffer for each of many small files: they cost as much again.
        with open(task.file, "rb", buffering=0) as stream:  # noqa: PTH123
            data = stream.readall()
    except OSError as error:
        return _Result(task.key, None, None, error.strerror or type(error).__name__)
    if task.kind == "image":
        reading = read_image(data)
        image = ImageFile(reading, data.startswith(JPEG_MAGIC), None)
        return _Result(task.key, image, Digest(reading.size, reading.sha256), "")
    digest = Digest(len(data), hashlib.sha256(data).hexdigest()) if task.listed else None
    return _Result(task.key, data, digest, "")


def _keep(result: _Result, contents: SourceContents) -> None:
    if result.problem:
        contents.unreadable[result.key] = result.problem
    if isinstance(result.content, ImageFile):
        contents.images[result.key] = result.content
    elif result.content is not None:
        contents.texts[result.key] = result.content
    if result.digest is not None:
        contents.digests[result.key] = result.digest


def _decoding(path: str, image: ImageFile) -> Iterator[Finding]:
    if image.reading.problem:
        yield catalogue.UNDECODABLE.at(
            path,
            expected="an image that decodes to its end",
            found=image.reading.problem,
            done="kept in the inventory, marked as not decodable",
        )


def _extension(path: str, image: ImageFile, promised: str | None) -> Iterator[Finding]:
    suffix = path[path.rfind(".") :]
    if promised and suffix != promised:
        yield catalogue.EXTENSION_UNEXPECTED.at(
            path,
            expected=f"extension {promised}",
            found=f"extension {suffix}",
            done="kept under its own name",
        )
    if image.reading.problem == "" and image.is_jpeg != (suffix.lower() in JPEG_EXTENSIONS):
        yield catalogue.FORMAT_UNEXPECTED.at(
            path,
            expected=f"the format that {suffix} stands for",
            found="JPEG" if image.is_jpeg else "not JPEG",
            done="read by its content",
        )
