"""Make the hostile archives beside this script: `python tests/examples/fetch/make_hostile.py`.

They are kept as files, so that a test reads what a stranger might deliver; this script only says
what is in them. Two runs give the same bytes.
"""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
IMAGE = "Classification/JPEGImages/levle0_0.jpg"
E_ACUTE = "\u00e9", "e\u0301"


def tar(name: str, *members: tuple[str, bytes, str]) -> None:
    """Write a tar of (name, type, link target); a plain file holds its own name."""
    with tarfile.open(HERE / name, "w", format=tarfile.GNU_FORMAT) as archive:
        for path, kind, target in members:
            info = tarfile.TarInfo(path)
            info.type, info.linkname = kind, target
            info.devmajor, info.devminor = (1, 3) if kind == tarfile.CHRTYPE else (0, 0)
            body = path.encode() if kind == tarfile.REGTYPE else b""
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))


def files(*paths: str) -> list[tuple[str, bytes, str]]:
    return [(path, tarfile.REGTYPE, "") for path in paths]


def zipped(name: str, path: str, body: bytes, mode: int = 0o644 | stat.S_IFREG) -> None:
    info = zipfile.ZipInfo(path)
    info.create_system, info.external_attr = 3, mode << 16
    info.compress_type = zipfile.ZIP_BZIP2
    with zipfile.ZipFile(HERE / name, "w") as archive:
        archive.writestr(info, body)


def main() -> None:
    tar("absolute.tar", *files(IMAGE, "/tmp/planted.jpg", "C:/planted.jpg"))
    tar("climbs.tar", *files(IMAGE, "Classification/../../planted.jpg", "..\\planted.jpg"))
    tar("symlink.tar", *files(IMAGE), ("Classification/link", tarfile.SYMTYPE, "/etc"))
    tar("hardlink.tar", *files(IMAGE), ("Classification/link.jpg", tarfile.LNKTYPE, "/etc/passwd"))
    tar("device.tar", *files(IMAGE), ("null", tarfile.CHRTYPE, ""), ("pipe", tarfile.FIFOTYPE, ""))
    tar("twice.tar", *files(IMAGE, IMAGE, f"./{IMAGE}"))
    twins = (f"Classification/Ren{letter}.jpg" for letter in E_ACUTE)
    tar("twins.tar", *files(IMAGE, IMAGE.replace("levle", "Levle"), *twins))
    tar("file-as-folder.tar", *files("Classification/JPEGImages", IMAGE))
    tar("no-file.tar", ("Classification", tarfile.DIRTYPE, ""))
    tar("not-utf8.tar", *files(IMAGE))
    name = (HERE / "not-utf8.tar").read_bytes()
    # One byte of the name becomes Latin-1; the header's checksum follows.
    header = bytearray(name[:512])
    header[0], header[148:156] = 0xE9, b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    (HERE / "not-utf8.tar").write_bytes(bytes(header) + name[512:])
    whole = (HERE / "absolute.tar").read_bytes()
    (HERE / "cut.tar").write_bytes(whole[: 2 * 512])
    (HERE / "quota-page.tar").write_bytes(
        b"<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title></head></html>\n"
    )
    zipped("climbs.zip", "../planted.jpg", b"planted")
    zipped("symlink.zip", "Classification/link", b"/etc", 0o777 | stat.S_IFLNK)
    zipped("bomb.zip", IMAGE, bytes(256 * 2**20 + 1))
    zipped("lies.zip", IMAGE, bytes(2**20))
    lies = (HERE / "lies.zip").read_bytes()
    # Both headers state 10 bytes instead of a million.
    (HERE / "lies.zip").write_bytes(lies.replace(struct.pack("<L", 2**20), struct.pack("<L", 10)))


if __name__ == "__main__":
    main()
