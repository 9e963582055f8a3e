"""Tell the files of a source apart by name, at whatever depth an archive put them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from acne04.core import hashing
from acne04.core.errors import UnavailableError
from acne04.core.findings import Finding
from acne04.core.printing import in_utf8
from acne04.scan import catalogue

CLASSIFICATION, DETECTION, ACNEDIT = "classification", "detection", "acnedit"
#: Folder of ACNE04's photographs; where there is one, images elsewhere are not the dataset's.
IMAGE_FOLDER = "JPEGImages"
#: Folder of the VOC name lists, which repeat the names of the label files.
NAME_LIST_FOLDER = "ImageSets"
IMAGE_SUFFIXES = frozenset(
    [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp"]
)
#: What Python puts in the place of bytes of a file name that are not UTF-8.
_SURROGATE = re.compile("[\ud800-\udfff]")
LABEL_FILE = re.compile(r"NNEW_(trainval|test)_(\d{1,4})\.txt")
_KNOWN = {
    CLASSIFICATION: f"images below {IMAGE_FOLDER}, NNEW_trainval_<k>.txt and NNEW_test_<k>.txt",
    DETECTION: f"VOC files (.xml) and name lists below {NAME_LIST_FOLDER}",
    ACNEDIT: "images",
}


@dataclass(frozen=True)
class SourceTree:
    """The files of one source, paths relative to its folder, each list by code point.

    Attributes
    ----------
    source : {"classification", "detection", "acnedit"}
        Which source it is: the first step of every path in the inventory.
    folder : pathlib.Path
        Where its files lie.
    images, labels, voc : list of str
        Image files, label files of the folds, VOC files.
    others : list of str
        All else; nothing reads them but the comparison with the listing.
    findings : list of Finding
        Files that no such source should hold.
    """

    source: str
    folder: Path
    images: list[str]
    labels: list[str]
    voc: list[str]
    others: list[str]
    findings: list[Finding]

    @property
    def paths(self) -> list[str]:
        """Every file, by code point."""
        return sorted([*self.images, *self.labels, *self.voc, *self.others])


def find_files(source: str, folder: Path) -> SourceTree:
    """Search a source's folder.

    Raises
    ------
    UnavailableError
        If there is no such folder.
    """
    if folder.exists() and not folder.is_dir():
        raise UnavailableError(
            str(folder),
            f"not a folder, so {source} cannot be scanned",
            remedy="name the folder that its files lie in",
        )
    if not folder.is_dir():
        raise UnavailableError(
            str(folder), f"no such folder, so {source} cannot be scanned", remedy="fetch it first"
        )
    return sort_files(source, folder, hashing.files_below(folder))


def sort_files(source: str, folder: Path, paths: list[str]) -> SourceTree:
    """Put each path of a source in its list."""
    usable = [path for path in paths if _is_unicode(path) and not _is_hidden(path)]
    images = _images(source, usable)
    labels = [p for p in usable if source == CLASSIFICATION and _is_label_file(p)]
    voc = [p for p in usable if source == DETECTION and p.lower().endswith(".xml")]
    name_lists = {p for p in usable if source == DETECTION and _is_name_list(p)}
    known = {*images, *labels, *voc}
    others = [path for path in paths if path not in known]
    findings = [_unexpected(source, path) for path in others if path not in name_lists]
    return SourceTree(source, folder, images, labels, voc, others, findings)


def stem_of(path: str) -> str:
    """Name of a file without its folders and its last extension.

    >>> stem_of("Annotations/levle0_0.xml")
    'levle0_0'
    """
    return path.rpartition("/")[2].rsplit(".", 1)[0]


def label_file_key(path: str) -> tuple[int, str]:
    """Fold and part that a label file's name states.

    >>> label_file_key("Classification/NNEW_test_3.txt")
    (3, 'test')
    """
    match = LABEL_FILE.fullmatch(path.rpartition("/")[2])
    if match is None:
        raise ValueError(path)
    return int(match.group(2)), match.group(1)


def _images(source: str, paths: list[str]) -> list[str]:
    if source == DETECTION:
        return []
    images = [p for p in paths if p[p.rfind(".") :].lower() in IMAGE_SUFFIXES]
    housed = [p for p in images if IMAGE_FOLDER in p.split("/")[:-1]]
    return housed if source == CLASSIFICATION and housed else images


def _is_label_file(path: str) -> bool:
    *folders, name = path.split("/")
    return NAME_LIST_FOLDER not in folders and LABEL_FILE.fullmatch(name) is not None


def _is_name_list(path: str) -> bool:
    return NAME_LIST_FOLDER in path.split("/")[:-1] and path.endswith(".txt")


def _is_hidden(path: str) -> bool:
    # An archive made on a Mac carries a "._name.jpg" for each file, which is no image.
    return "/." in f"/{path}" or "__MACOSX/" in path


def _is_unicode(path: str) -> bool:
    return _SURROGATE.search(path) is None


def _unexpected(source: str, path: str) -> Finding:
    if _is_unicode(path):
        return catalogue.UNEXPECTED_FILE.at(
            f"{source}/{path}",
            expected=f"only {_KNOWN[source]}",
            found="a file of another kind or place",
            done="left out",
        )
    return catalogue.NAME_NOT_UNICODE.at(
        f"{source}/{in_utf8(path)}",
        expected="a file name in UTF-8",
        found="bytes that are not UTF-8",
        done="left out",
    )
