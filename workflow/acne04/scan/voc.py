"""Parse a VOC annotation file without trusting it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import NamedTuple

CORNERS = ("xmin", "ymin", "xmax", "ymax")
#: Children of an object that say what it is and where: given twice, nobody knows.
DECISIVE = frozenset(["name", "bndbox", *CORNERS])
#: Children that may stand there as often as they like.
MANY = frozenset(["object", "part"])
_NOTHING: dict[str, int] = {}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_INTEGER = re.compile(r"-?[0-9]{1,9}")


def _leaf(tag: str, text: str) -> str:
    return rf"<{tag}>[ \t\r\n]*+{text}[ \t\r\n]*+</{tag}>[ \t\r\n]*+"


# Objects as every VOC tool writes them, then the end of the root: a subset of XML, in ASCII and
# without references, which takes a quarter of the time that a tree of elements takes. The last
# alternative swallows everything else.
_PLAIN_OBJECTS = re.compile(
    r"<object>[ \t\r\n]*+"
    + _leaf("name", r"([\w.-]++)")
    + "".join(f"(?:{_leaf(tag, '[a-zA-Z0-9]*+')})?" for tag in ("pose", "truncated", "difficult"))
    + r"<bndbox>[ \t\r\n]*+"
    + "".join(_leaf(corner, r"(-?[0-9]{1,9}+)") for corner in CORNERS)
    + r"</bndbox>[ \t\r\n]*+</object>[ \t\r\n]*+"
    + r"|</annotation>[ \t\r\n]*+\Z"
    + r"|(.+)",
    re.ASCII | re.DOTALL,
)

#: Text that is the same in any reading of XML: printable ASCII without markup or references.
_TEXT = r"[ -%'-;=?-~\t\n]*+"
# What stands before the objects, in the order in which every VOC tool writes it.
_PLAIN_HEAD = re.compile(
    r"<annotation>[ \t\r\n]*+"
    + f"(?:{_leaf('folder', _TEXT)})?{_leaf('filename', f'({_TEXT})')}(?:{_leaf('path', _TEXT)})?"
    + "".join(
        rf"(?:<{tag}>[ \t\r\n]*+{''.join(f'(?:{_leaf(leaf, _TEXT)})?' for leaf in leaves)}</{tag}>"
        r"[ \t\r\n]*+)?"
        for tag, leaves in (
            ("source", ("database", "annotation", "image", "flickrid")),
            ("owner", ("flickrid", "name")),
        )
    )
    + r"<size>[ \t\r\n]*+"
    + f"{_leaf('width', '([0-9]*+)')}{_leaf('height', '([0-9]*+)')}(?:{_leaf('depth', _TEXT)})?"
    + r"</size>[ \t\r\n]*+"
    + f"(?:{_leaf('segmented', _TEXT)})?"
)

Corners = tuple[int, int, int, int]


class VocFormatError(Exception):
    """The file is no VOC annotation that is safe to parse.

    Parameters
    ----------
    found : str
        What it is instead.
    line : int or None
        Line, from 1, where the parser gave up.
    """

    def __init__(self, found: str, line: int | None = None) -> None:
        self.found = found
        self.line = line
        super().__init__(found)


class VocObject(NamedTuple):
    """One ``object``.

    `corners` are xmin, ymin, xmax, ymax (px); None where one is no integer of at most nine
    digits: then `unusable` says which, and what it is. `repeated` has how often each child stands
    there that is meant once and does so more often.
    """

    label: str
    corners: Corners | None
    unusable: str
    repeated: dict[str, int]


class VocFile(NamedTuple):
    """What a VOC file says; `width` and `height` are its own texts, in pixels.

    Of a child that is meant once the first counts; `repeated` has each that stands there more
    often, but for those of an object: pointer to what it is in, name, and how often.
    """

    filename: str
    width: str
    height: str
    objects: list[VocObject]
    repeated: list[tuple[str, str, int]]


def parse_voc(data: bytes) -> VocFile:
    """Parse a VOC annotation file.

    Only children are read, never descendants: an ``owner/name`` or the name of a part of an
    object is not the object's class.

    Raises
    ------
    VocFormatError
        If it is not XML, not a VOC annotation, or declares a document type: entities could
        reach other files or grow without bound.
    """
    # Outside UTF-16 the parser knows no encoding in which this text is spelt in other bytes.
    if data.startswith(_UTF_16) or b"\0" in data:
        raise VocFormatError("zero bytes or a byte order mark, as in UTF-16")
    if b"<!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):
        raise VocFormatError("a document type declaration")
    return _parse_plain(data) or _parse_tree(data)


def _parse_plain(data: bytes) -> VocFile | None:
    """Parse a file of `_PLAIN_HEAD` and `_PLAIN_OBJECTS`; None where it is another."""
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        return None
    head = _PLAIN_HEAD.match(text)
    if head is None:
        return None
    matches = _PLAIN_OBJECTS.findall(text, head.end())
    if not matches or any(matches[-1]):
        return None
    objects = [
        VocObject(label, (int(xmin), int(ymin), int(xmax), int(ymax)), "", _NOTHING)
        for label, xmin, ymin, xmax, ymax, _ in matches[:-1]
    ]
    filename, width, height = head.groups()
    return VocFile(filename.strip(), width, height, objects, [])


def _parse_tree(data: bytes) -> VocFile:
    try:
        root = ET.fromstring(data)
    except ET.ParseError as error:
        raise VocFormatError("text that is not well-formed XML", error.position[0]) from None
    except (LookupError, ValueError):
        raise VocFormatError("an encoding that is not supported") from None
    if root.tag != "annotation":
        raise VocFormatError(f"XML whose root is {root.tag[:80]!a}")
    size = root.find("size")
    return VocFile(
        _text(root, "filename"),
        _text(size, "width"),
        _text(size, "height"),
        [_object(element) for element in root.findall("object")],
        [
            (f"/{place}", child, times)
            for place, element in (
                ("annotation", root),
                *((f"annotation/{tag}", root.find(tag)) for tag in ("source", "owner", "size")),
            )
            for child, times in _repeated(element).items()
        ],
    )


def _repeated(element: ET.Element | None) -> dict[str, int]:
    """Count the children that are meant once and stand there more often."""
    times = Counter(child.tag for child in element or ())
    return {tag: number for tag, number in times.items() if number > 1 and tag not in MANY}


def _object(element: ET.Element) -> VocObject:
    bndbox = element.find("bndbox")
    repeated = _repeated(element) | _repeated(bndbox)
    texts = [_text(bndbox, corner) for corner in CORNERS]
    for corner, text in zip(CORNERS, texts, strict=True):
        if not _INTEGER.fullmatch(text):
            unusable = f"{corner} {text[:80]!a}"
            return VocObject(_text(element, "name"), None, unusable, repeated)
    xmin, ymin, xmax, ymax = map(int, texts)
    return VocObject(_text(element, "name"), (xmin, ymin, xmax, ymax), "", repeated)


def _text(element: ET.Element | None, child: str) -> str:
    # A plain tag, not a path: paths take another way through the library, ten times as long.
    return "" if element is None else (element.findtext(child) or "").strip()
