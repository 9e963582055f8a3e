"""Plain HTTP, with Range and If-Range: goes on where it ended, and anew where the file changed."""

from __future__ import annotations

import netrc
import re
import shutil
import ssl
from collections.abc import Mapping
from typing import IO, Any

import httpx

from acne04.fetch import transports
from acne04.fetch.causes import Cause, RefusalError, UnreachableError, refusal_of_status
from acne04.fetch.partial_download import PartialDownload
from acne04.fetch.transports import BytesHad, Listed

#: What a server must compare before it gives a rest: a changed file comes whole.
IF_RANGE = "If-Range"
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class NoRoomError(OSError):
    """The file is larger than what is free on the disk."""

    def __init__(self, missing: int, free: int) -> None:
        super().__init__(f"{missing:,} bytes more are to come, and {free:,} are free")


class HttpTransport:
    """Stream a file, piece by piece, into what there is of it."""

    def host(self, url: str) -> str:
        """Name of the host that an address needs."""
        return httpx.URL(url).host

    def files_of(self, url: str) -> list[Listed]:
        """Refuse: there is no one way in which servers of HTTP list a folder."""
        raise RefusalError("a folder cannot be fetched by plain HTTP")

    def go_on(
        self, url: str, partial: PartialDownload, progress: BytesHad, *, is_known: bool
    ) -> None:
        """See `transports.Transport.go_on`."""
        had, about = partial.size(), partial.about()
        validator = about.get("validator") or ""
        if had and not _can_go_on(about, is_known):
            partial.forget()
            had = 0
        headers = {"Accept-Encoding": "identity"}
        if had:
            headers["Range"] = f"bytes={had}-"
        if had and validator:
            headers[IF_RANGE] = validator
        try:
            with (
                httpx.Client(
                    follow_redirects=True,
                    auth=_known_logins(),
                    timeout=httpx.Timeout(
                        transports.READ_SECONDS, connect=transports.CONNECT_SECONDS
                    ),
                ) as client,
                client.stream("GET", url, headers=headers) as answer,
            ):
                had = _accepted(answer, partial, had)
                _take(answer, partial, had, progress)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _refusal(self.host(url), error, partial) from error


def _can_go_on(about: Mapping[str, Any], is_known: bool) -> bool:
    """Tell whether something will show that what is to come belongs to what is here."""
    return bool(about) and bool(about.get("validator") or is_known)


def _known_logins() -> httpx.Auth | None:
    """Give the logins of ``~/.netrc``, where a password belongs: never into an address."""
    try:
        return httpx.NetRCAuth()
    except (FileNotFoundError, netrc.NetrcParseError, RuntimeError):
        return None


def _accepted(answer: httpx.Response, partial: PartialDownload, had: int) -> int:
    """Judge an answer before its body; give the place from which it goes on."""
    status = answer.status_code
    if status == httpx.codes.OK:
        # Asked for a rest, a server gives the whole where the file has changed since.
        partial.begin(validator=_validator(answer), total=_length(answer))
        return 0
    if status == httpx.codes.PARTIAL_CONTENT and had and _goes_on(answer, partial, had):
        partial.is_resumed = True
        return had
    if status in (httpx.codes.PARTIAL_CONTENT, httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE):
        partial.forget()
        raise RefusalError("the file changed while it was being fetched", Cause.CHANGED)
    raise refusal_of_status(status, answer.headers.get("Retry-After", ""))


def _goes_on(answer: httpx.Response, partial: PartialDownload, had: int) -> bool:
    """Tell whether the rest that an answer gives is that of the file whose beginning is here."""
    match = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if match is None or int(match[1]) != had:
        return False
    known = partial.about().get("total")
    return known is None or match[3] in ("*", str(known))


def _validator(answer: httpx.Response) -> str | None:
    """Give what tells this version of the file from another; a weak ETag does not."""
    tag: str | None = answer.headers.get("ETag")
    if tag and not tag.startswith("W/"):
        return tag
    modified: str | None = answer.headers.get("Last-Modified")
    return modified


def _take(answer: httpx.Response, partial: PartialDownload, had: int, progress: BytesHad) -> None:
    total = partial.about().get("total")
    _check_room(partial, 0 if total is None else total - had)
    with partial.place.open("ab") as stream:
        # As they come: what has arrived is there after a cut or a kill, too.
        for chunk in answer.iter_raw():
            write_through(stream, chunk)
            had += len(chunk)
            progress(had, total)
    if total is not None and had != total:
        raise RefusalError(_broken_off(partial), Cause.CUT)


def write_through(stream: IO[bytes], chunk: bytes) -> None:
    """Write all of a piece, as far as the system."""
    stream.write(chunk)
    stream.flush()


def _check_room(partial: PartialDownload, to_come: int) -> None:
    free = shutil.disk_usage(partial.folder).free
    if to_come > free:
        raise NoRoomError(to_come, free)


def _broken_off(partial: PartialDownload) -> str:
    total = partial.about().get("total")
    of = f" of {total:,}" if total is not None else ""
    return f"the connection broke off at {partial.size():,}{of} bytes"


def _length(answer: httpx.Response) -> int | None:
    text = answer.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _refusal(
    host: str, error: httpx.HTTPError | httpx.InvalidURL, partial: PartialDownload
) -> RefusalError:
    """Word what httpx raises."""
    if isinstance(error, httpx.ConnectTimeout):
        return UnreachableError(host, f"no answer in {transports.CONNECT_SECONDS:.0f} s")
    if isinstance(error, httpx.ProxyError):
        return UnreachableError(host, "the proxy refuses")
    if isinstance(error, httpx.ConnectError):
        if isinstance(root_of(error), ssl.SSLError):
            return RefusalError(f"the certificate of {host} is not trusted here", Cause.UNTRUSTED)
        return UnreachableError(host, system_words(error))
    if isinstance(error, httpx.TimeoutException):
        silent = f"the server sent nothing for {transports.READ_SECONDS:.0f} s"
        return RefusalError(f"{silent}, at {partial.size():,} bytes", Cause.CUT)
    if isinstance(error, httpx.TooManyRedirects):
        return RefusalError("the address leads in a circle")
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return RefusalError("the address leads to one that is none of HTTP")
    return RefusalError(_broken_off(partial), Cause.CUT)


def root_of(error: BaseException) -> BaseException:
    """Find the first error of a chain: the system's own."""
    cause = error.__cause__ or error.__context__
    return error if cause is None else root_of(cause)


def system_words(error: BaseException) -> str:
    """Give the system's own words on why nobody answers."""
    root = root_of(error)
    if isinstance(root, OSError) and root.strerror:
        return root.strerror
    return "no connection"
