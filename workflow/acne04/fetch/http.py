"""Plain HTTP."""

from __future__ import annotations

from pathlib import Path

import httpx

from acne04.core.hashing import CHUNK_BYTES
from acne04.fetch.transports import (
    CONNECT_SECONDS,
    READ_SECONDS,
    BytesHad,
    RefusalError,
    UnreachableError,
)


class HttpTransport:
    """Stream a file; a body of another length than announced is refused."""

    def host(self, url: str) -> str:
        """Name of the host that an address needs."""
        return httpx.URL(url).host

    def fetch(self, url: str, target: Path, progress: BytesHad) -> None:
        """Write the body of a 200 answer to `target`; see `transports.Transport.fetch`."""
        try:
            with httpx.stream(
                "GET",
                url,
                follow_redirects=True,
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                # The announced length is to be that of the bytes kept.
                headers={"Accept-Encoding": "identity"},
            ) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise RefusalError(f"answered {answer.status_code} {answer.reason_phrase}")
                done, total = 0, _length(answer)
                with target.open("wb") as stream:
                    for chunk in answer.iter_bytes(CHUNK_BYTES):
                        stream.write(chunk)
                        done += len(chunk)
                        progress(done, total)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise UnreachableError(self.host(url), str(error)) from error
        except httpx.RemoteProtocolError as error:
            raise RefusalError(f"the answer broke off ({error})") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RefusalError(f"{type(error).__name__} ({error})") from error


def _length(answer: httpx.Response) -> int | None:
    text = answer.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None
