"""What a store's own words mean: DVC, its libraries and the system, read in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from snakemake_dvc.addresses import bare

Kind = Literal[
    "none", "missing", "damaged", "full", "read-only", "credentials", "unreachable", "other"
]
#: What DVC says of which of its copies has other bytes than its name, before it removes that.
_CORRUPTED = re.compile(r"corrupted cache file '([^']+)'")
#: A line that names an error; what stands around it (frames, versions, transfers) does not.
_NAMED = re.compile(r"^(?:[\d\-:, ]{10,} )?(?:ERROR: |(?:[A-Za-z_]\w*\.)*[A-Z]\w+: )(.*)")
_OBJECT = re.compile(r"([0-9a-f]{2})/([0-9a-f]{30}(?:\.dir)?)$")
_HASH = re.compile(r"[0-9a-f]{30,}(?:\.dir)?")
_ADDRESS = "`dvc remote modify store url ADDRESS`"
#: Where nobody listens.
NOBODY = "look whether the server runs, the port is right and a VPN is wanted"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a store, or with what it holds.

    Attributes
    ----------
    kind : str
        ``none``: no store is set up, or nothing was ever pushed to it; ``missing`` and ``damaged``:
        objects of the files `paths`; ``full``, ``read-only``: nothing can be written;
        ``credentials``, ``unreachable``; ``other``: in the words of a library.
    what, remedy : str
        In a line what is wrong, and what to do next.
    paths : tuple of str
        Files whose bytes are concerned, sorted.
    """

    kind: Kind
    what: str
    remedy: str
    paths: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.what


#: Words in small letters -> kind, meaning, way out. The first that fits.
_MEANINGS: tuple[tuple[tuple[str, ...], Kind, str, str], ...] = (
    (
        (
            "no space left",
            "disk quota",
            "insufficient storage",
            "file too large",
            "507 ",
            "enospc",
            "sftpfailure",
        ),
        "full",
        "it is full: nothing more can be written there",
        "make room there, or ask who keeps the store; then the same command again: what is there "
        "already is not sent twice",
    ),
    (
        ("read-only", "read only", "not permitted", "write-protected", "erofs"),
        "read-only",
        "it may not be written",
        "ask who keeps the store for the right to write, or name another: " + _ADDRESS,
    ),
    (
        ("nocredentials", "unable to locate credentials", "credentials not found"),
        "credentials",
        "it wants credentials, and none are set",
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws/credentials",
    ),
    (
        ("invalidaccesskeyid", "signaturedoesnotmatch", "accessdenied", "forbidden", "403)"),
        "credentials",
        "it does not take these credentials",
        "ask who keeps the store for the right to read it, then set user and key as DVC wants them "
        "in .dvc/config.local: `dvc remote modify --local store NAME VALUE`",
    ),
    (
        ("unauthorized", "401 ", "denied for user", "auth failed"),
        "credentials",
        "it does not let this user in",
        "ssh: `ssh HOST` must work without a question; webdav: "
        "`dvc remote modify --local store user NAME` and `password`",
    ),
    (
        ("permission denied", "permissiondenied", "sftppermissiondenied"),
        "read-only",
        "it may not be read and written by this user",
        "ask who keeps the store for the rights, or name another: " + _ADDRESS,
    ),
    (
        ("host key", "hostkey"),
        "credentials",
        "its host key is unknown or another",
        "log in once with ssh, and compare the key with the one that its keeper tells",
    ),
    (
        ("nosuchbucket", "bucket does not exist"),
        "unreachable",
        "there is no such bucket",
        "mend the address: " + _ADDRESS,
    ),
    (
        ("not installed", "no module named", "requires", "unsupported"),
        "unreachable",
        "DVC has no support for this kind of store here",
        "use a folder, ssh, s3 or webdav, or install DVC's package for it beside the lock "
        "(docs/how-to/stores.md)",
    ),
    (
        ("name or service not known", "name resolution", "nodename", "getaddrinfo"),
        "unreachable",
        "no host of this name is known",
        "mend the address (`dvc remote list` shows it), or look whether the network is there",
    ),
    (
        (
            "refused",
            "unreachable",
            "timed out",
            "timeout",
            "not connect",
            "connect call",
            "connecterror",
            "connection attempts failed",
        ),
        "unreachable",
        "nobody answers there",
        NOBODY,
    ),
)


def meaning(words: str) -> Fault | None:
    """Give what an error's words mean, None where that is not known."""
    # Hashes hold any number.
    small = _HASH.sub("", words.casefold())
    for marks, kind, what, remedy in _MEANINGS:
        if any(re.search(rf"(?<!\w){re.escape(mark)}", small) for mark in marks):
            return Fault(kind, what, remedy)
    return None


def meaning_of(error: Exception) -> Fault:
    """Give what a library raised, and by what it was caused."""
    text = bare(" ".join(f"{type(error).__name__}: {error}".split()))
    cause = error.__cause__ or error.__context__
    unknown = Fault("other", text, "`dvc status --cloud --verbose` tells more")
    return meaning(f"{text} {cause!r}") or unknown


def errors_in(said: str) -> str:
    """Give the lines of what DVC said under ``--verbose`` that name an error."""
    named = (_NAMED.match(line) for line in said.splitlines() if "DEBUG" not in line)
    return "\n".join(match[0] for match in named if match)


def rotten_in(said: str) -> dict[str, str]:
    """Give the objects that DVC found to have other bytes, each with the copy that it removed."""
    found = {}
    for place in _CORRUPTED.findall(said):
        if match := _OBJECT.search(place):
            found[match[1] + match[2]] = place
    return found


def listed(paths: Iterable[str], shown: int = 5) -> str:
    """Name the first of some files, and how many there are more."""
    names = sorted(paths)
    more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
