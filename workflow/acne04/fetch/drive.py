"""Google Drive, through gdown: from version 6 on, which lists folders of any size, and resumes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import gdown
import requests

from acne04.fetch import transports
from acne04.fetch.acceptance import name_problem, web_page_title
from acne04.fetch.causes import (
    QUOTA,
    Cause,
    RefusalError,
    UnreachableError,
    refusal_of_status,
)
from acne04.fetch.http import system_words
from acne04.fetch.partial_download import PartialDownload
from acne04.fetch.transports import BytesHad, Listed

HOST = "drive.google.com"
#: Where Google sends whoever must log in.
LOGIN_HOST = "accounts.google.com"
_STATUS = re.compile(r"status code (\d{3})")


class GoogleDriveTransport:
    """Bring a file (``gdrive:ID``), one of a folder (``gdrive-folder:ID#NAME``); list a folder."""

    def __init__(self) -> None:
        self._listings: dict[str, list[Listed]] = {}

    def host(self, url: str) -> str:
        """Name of the host that an address needs."""
        return HOST

    def files_of(self, url: str) -> list[Listed]:
        """List the files of a folder; see `transports.Transport.files_of`."""
        folder_id = url.partition(":")[2].partition("#")[0]
        if folder_id not in self._listings:
            self._listings[folder_id] = _listing(folder_id)
        return self._listings[folder_id]

    def go_on(
        self, url: str, partial: PartialDownload, progress: BytesHad, *, is_known: bool
    ) -> None:
        """See `transports.Transport.go_on`."""
        scheme, _, rest = url.partition(":")
        _, _, name = rest.partition("#")
        if scheme == "gdrive-folder":
            url = _named(self.files_of(url), name)
        _download(url.removeprefix("gdrive:"), partial, progress, is_known)


def _listing(folder_id: str) -> list[Listed]:
    with _gdown_trouble(None):
        found = gdown.download_folder(
            id=folder_id,
            output="folder",
            skip_download=True,
            quiet=True,
            use_cookies=False,
            timeout=(transports.CONNECT_SECONDS, transports.READ_SECONDS),
        )
    listed = [Listed(Path(file.path).as_posix(), f"gdrive:{file.id}") for file in found]
    if not listed:
        raise RefusalError(
            "the folder lists no files: it is empty, or not shared with everybody", Cause.WITHHELD
        )
    paths = [file.path for file in listed]
    problems = [f"{path!r} {name_problem(path)}" for path in paths if name_problem(path)]
    problems += sorted({f"{path!r} is there twice" for path in paths if paths.count(path) > 1})
    if problems:
        raise RefusalError("the folder lists names that cannot be kept: " + "; ".join(problems))
    return sorted(listed)


def _named(listed: list[Listed], name: str) -> str:
    for file in listed:
        if file.path == name:
            return file.url
    paths = ", ".join(file.path for file in listed[:10])
    raise RefusalError(
        f"the folder holds no file {name} (it lists {len(listed)}: {paths})", Cause.ABSENT
    )


def _download(file_id: str, partial: PartialDownload, progress: BytesHad, is_known: bool) -> None:
    had = partial.size()
    if had and not partial.about():
        partial.forget()
        had = 0
    if not had:
        partial.begin(drive=file_id)
    partial.is_resumed = had > 0
    begun = float(partial.about().get("begun", time.time()))
    with _gdown_trouble(file_id, partial):
        gdown.download(
            id=file_id,
            output=str(partial.place),
            quiet=True,
            use_cookies=False,
            resume=True,
            progress=progress,
            timeout=(transports.CONNECT_SECONDS, transports.READ_SECONDS),
        )
    if partial.is_resumed and not is_known and not _is_older(partial.place, begun):
        partial.forget()
        raise RefusalError("the file changed while it was being fetched", Cause.CHANGED)


def _is_older(place: Path, begun: float) -> bool:
    """Tell whether a file was changed last before its first byte was fetched.

    gdown dates a file as Google does. It asks for a rest under the file's present version, so it
    would join the rest of a new file to the beginning of an old one.
    """
    return place.stat().st_mtime < begun


@contextmanager
def _gdown_trouble(file_id: str | None, partial: PartialDownload | None = None) -> Iterator[None]:
    """Turn what gdown raises into a `RefusalError` with its cause, in our words."""
    before = partial.size() if partial else 0
    try:
        yield
    except gdown.DownloadError as error:
        raise _refusal(" ".join(str(error).split()), file_id, partial) from error
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        raise _of_status(status) from error
    except requests.exceptions.SSLError as error:
        reason = f"the certificate of {HOST} is not trusted here"
        raise RefusalError(reason, Cause.UNTRUSTED) from error
    except (requests.ConnectionError, requests.Timeout) as error:
        if partial and partial.size() > before:
            raise _cut(partial) from error
        if isinstance(error, requests.ReadTimeout):
            silent = f"the server sent nothing for {transports.READ_SECONDS:.0f} s"
            raise RefusalError(silent, Cause.CUT) from error
        raise UnreachableError(HOST, system_words(error)) from error
    except requests.RequestException as error:
        raise RefusalError("Google Drive's answer broke off", Cause.CUT) from error
    except (AssertionError, AttributeError, KeyError, ValueError) as error:
        # gdown reads Google's pages and stumbles over those that it does not know.
        refusal = _as_google_says(file_id) if file_id else _withheld()
        if refusal.cause is not Cause.WITHHELD:
            raise refusal from error
        raise RefusalError(
            "Google's page has another form than gdown knows; a newer gdown may know it"
        ) from error


def _refusal(said: str, file_id: str | None, partial: PartialDownload | None) -> RefusalError:
    if partial and said.startswith("Download is incomplete"):
        return _cut(partial)
    if partial and ("byte range" in said or "multiple temporary files" in said):
        partial.forget()
        return RefusalError("the file changed while it was being fetched", Cause.CHANGED)
    if status := _STATUS.search(said):
        return _of_status(int(status[1]))
    if QUOTA.search(said):
        return _over_quota()
    # Whatever page Google gives in place of a file, gdown says the same of it.
    return _as_google_says(file_id) if file_id else _withheld()


def _as_google_says(file_id: str) -> RefusalError:
    """Ask Google itself why it gives a page in place of a file."""
    try:
        with requests.Session() as session:
            answer = session.get(
                f"https://{HOST}/uc?id={file_id}&export=download",
                timeout=(transports.CONNECT_SECONDS, transports.READ_SECONDS),
                stream=True,
            )
            page = next(answer.iter_content(65536), b"")
    except requests.RequestException:
        return _withheld()
    if answer.status_code != requests.codes.ok:
        return _of_status(answer.status_code)
    if urlsplit(answer.url).hostname == LOGIN_HOST:
        return RefusalError("Google wants a login: it is not shared with everybody", Cause.LOGIN)
    if QUOTA.search(web_page_title(page) or "") or QUOTA.search(page.decode("utf-8", "replace")):
        return _over_quota()
    return _withheld()


def _of_status(status: int) -> RefusalError:
    return _withheld() if status in (0, 403) else refusal_of_status(status)


def _over_quota() -> RefusalError:
    return RefusalError("Google's quota for this file is used up for now", Cause.QUOTA)


def _withheld() -> RefusalError:
    return RefusalError(
        "Google gives a page in place of it, and not the reason: its quota is used up, or it is "
        "no longer shared with everybody",
        Cause.WITHHELD,
    )


def _cut(partial: PartialDownload) -> RefusalError:
    return RefusalError(f"the connection broke off at {partial.size():,} bytes", Cause.CUT)
