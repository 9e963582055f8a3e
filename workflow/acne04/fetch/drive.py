"""Google Drive, through gdown: from version 6 on, which lists folders of any size."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import gdown
import requests

from acne04.fetch.acceptance import name_problem
from acne04.fetch.transports import (
    CONNECT_SECONDS,
    READ_SECONDS,
    BytesHad,
    RefusalError,
    UnreachableError,
)

HOST = "drive.google.com"


class DriveFile(NamedTuple):
    """A file of a folder: Google's id, and its path below the folder."""

    file_id: str
    path: str


class GoogleDriveTransport:
    """Bring a file (``gdrive:ID``), a folder (``gdrive-folder:ID``), or one file of it (``#…``)."""

    def host(self, url: str) -> str:
        """Name of the host that an address needs."""
        return HOST

    def fetch(self, url: str, target: Path, progress: BytesHad) -> None:
        """Write a file or a folder's files to `target`; see `transports.Transport.fetch`."""
        scheme, _, rest = url.partition(":")
        drive_id, _, name = rest.partition("#")
        if scheme == "gdrive":
            _download(drive_id, target, progress)
        elif name:
            _download(_named(_members(drive_id), name).file_id, target, progress)
        else:
            _download_all(_members(drive_id), target, progress)


def _download_all(members: list[DriveFile], target: Path, progress: BytesHad) -> None:
    done = 0
    for member in members:
        place = target / member.path
        place.parent.mkdir(parents=True, exist_ok=True)
        before = done

        def add(bytes_of_file: int, _: int | None, before: int = before) -> None:
            progress(before + bytes_of_file, None)

        _download(member.file_id, place, add)
        done += place.stat().st_size


def _members(folder_id: str) -> list[DriveFile]:
    with _gdown_trouble():
        listed = gdown.download_folder(
            id=folder_id,
            output="folder",
            skip_download=True,
            quiet=True,
            use_cookies=False,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
        )
    members = [DriveFile(file.id, Path(file.path).as_posix()) for file in listed]
    if not members:
        raise RefusalError("the folder lists no files; is it still shared with everybody?")
    paths = [member.path for member in members]
    problems = [f"{path!r} {name_problem(path)}" for path in paths if name_problem(path)]
    problems += sorted({f"{path!r} is there twice" for path in paths if paths.count(path) > 1})
    if problems:
        raise RefusalError("the folder lists names that cannot be kept: " + "; ".join(problems))
    return sorted(members, key=lambda member: member.path)


def _named(members: list[DriveFile], name: str) -> DriveFile:
    for member in members:
        if member.path == name:
            return member
    listed = ", ".join(member.path for member in members[:10])
    raise RefusalError(f"the folder holds no file {name} (it lists {len(members)}: {listed})")


def _download(file_id: str, target: Path, progress: BytesHad) -> None:
    # gdown keeps its own partial files beside the output: a folder of their own holds them.
    with tempfile.TemporaryDirectory(
        prefix=f".{target.name}.", suffix=".part", dir=target.parent
    ) as folder:
        output = Path(folder, "download")
        with _gdown_trouble():
            gdown.download(
                id=file_id,
                output=str(output),
                quiet=True,
                use_cookies=False,
                progress=progress,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
            )
        output.replace(target)


@contextmanager
def _gdown_trouble() -> Iterator[None]:
    """Turn what gdown raises into `RefusalError`."""
    try:
        yield
    except gdown.DownloadError as error:
        raise RefusalError("Google Drive refused: " + " ".join(str(error).split())) from error
    except (requests.ConnectionError, requests.Timeout) as error:
        raise UnreachableError(HOST, str(_root(error))) from error
    except requests.RequestException as error:
        raise RefusalError(f"Google Drive answered: {error}") from error
    except (AssertionError, AttributeError, KeyError, ValueError) as error:
        # gdown reads Google's pages and stumbles where they have changed.
        reason = f"{type(error).__name__}: {error}"
        raise RefusalError(f"gdown does not understand Google's answer ({reason})") from error


def _root(error: BaseException) -> BaseException:
    """Find the first error of a chain: the system's own words."""
    cause = error.__cause__ or error.__context__
    return error if cause is None else _root(cause)
