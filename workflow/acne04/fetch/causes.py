"""Why an address does not deliver: each cause once, with its own way out.

A library words its errors for whoever programs with it ("you may need to change the permission"),
which is untrue for somebody who only wants the file. So its words are read, and never repeated.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Cause(StrEnum):
    """What kept a file from arriving."""

    QUOTA = "quota"
    LOGIN = "login"
    WITHHELD = "withheld"
    ABSENT = "absent"
    BUSY = "busy"
    SERVER = "server"
    CUT = "cut"
    CHANGED = "changed"
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    PAGE = "page"
    DAMAGED = "damaged"
    OTHER_BYTES = "other bytes"
    OTHER = "other"


#: Words of Google's where it is about a quota.
QUOTA = re.compile(r"quota|too many users", re.IGNORECASE)
#: Trying again within the same run can help. Of a quota it cannot, and uses up more of it.
_PASSING = {Cause.BUSY, Cause.SERVER, Cause.CUT, Cause.CHANGED, Cause.UNREACHABLE}

#: Cause -> what to do next, where there is more to say than to run again.
ADVICE = {
    Cause.QUOTA: "come back in up to 24 hours: Google lets a file be fetched so often a day, and "
    "trying again before costs more of it",
    Cause.LOGIN: "open the page in a browser where you are logged in, or ask its producer to share "
    "it with everybody",
    Cause.WITHHELD: "open the page in a browser: it says whether the file is shared with you; if "
    "it is, come back in up to 24 hours",
    Cause.ABSENT: "look at the producer's page whether it has moved, and correct sources.yaml",
    Cause.BUSY: "come back later",
    Cause.SERVER: "come back later: the fault is the server's",
    Cause.CUT: "run again: it goes on where it broke off",
    Cause.CHANGED: "run again when its producer is done",
    Cause.UNREACHABLE: "run again with a network",
    Cause.UNTRUSTED: "look at this machine's clock and certificates, or at what stands between it "
    "and the network",
    Cause.DAMAGED: "run again; if it stays so, tell its producer",
    Cause.PAGE: "open the address in a browser: the page says what it wants",
}


class RefusalError(Exception):
    """An address or a copy does not give what is wanted; the text says why.

    Parameters
    ----------
    reason : str
        What happened, as people say it.
    cause : Cause
        The kind of it.
    wait : float, optional
        Seconds after which the server wants to be asked again.
    """

    def __init__(
        self, reason: str, cause: Cause = Cause.OTHER, *, wait: float | None = None
    ) -> None:
        self.reason = reason
        self.cause = cause
        self.wait = wait
        super().__init__(reason)

    @property
    def may_pass(self) -> bool:
        """Tell whether trying again soon can help."""
        return self.cause in _PASSING


class UnreachableError(RefusalError):
    """Nobody answered: other addresses of the same host need not be tried now."""

    def __init__(self, host: str, reason: str) -> None:
        self.host = host
        super().__init__(f"{host} cannot be reached ({reason})", Cause.UNREACHABLE)


def cause_of_kind(reason: str) -> Cause:
    """Tell why bytes are of another kind from the reason that `acceptance.why_not` gives.

    >>> cause_of_kind("a web page (Google Drive - Quota exceeded), not a JPEG image").value
    'quota'
    """
    if not reason.startswith("a web page"):
        return Cause.DAMAGED
    return Cause.QUOTA if QUOTA.search(reason) else Cause.PAGE


def refusal_of_status(status: int, retry_after: str = "") -> RefusalError:
    """Word an answer of HTTP that is no delivery.

    Parameters
    ----------
    status : int
        Its number.
    retry_after : str
        The field ``Retry-After``, as it is; only seconds are understood.

    Examples
    --------
    >>> str(refusal_of_status(503)), refusal_of_status(404).may_pass
    ('the server is in trouble (status 503)', False)
    """
    wait = float(retry_after) if retry_after.isdecimal() else None
    if status in (401, 407):
        return RefusalError(f"a login is wanted (status {status})", Cause.LOGIN)
    if status == 403:
        return RefusalError("it is not given to us (status 403)", Cause.LOGIN)
    if status in (404, 410):
        return RefusalError(f"there is nothing at this address (status {status})", Cause.ABSENT)
    if status == 429:
        return RefusalError("the server wants fewer requests (status 429)", Cause.BUSY, wait=wait)
    if status in (408, 425) or status >= 500:
        reason = f"the server is in trouble (status {status})"
        return RefusalError(reason, Cause.SERVER, wait=wait)
    return RefusalError(f"the server answers with status {status}")
