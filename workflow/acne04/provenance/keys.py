"""Keys to sign and to verify with: PEM files of Ed25519, or of ECDSA on P-256 or P-384."""

from __future__ import annotations

import getpass
import hashlib
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]

from acne04.core.errors import UnavailableError, UsageError

#: Environment variable with the passphrase of an encrypted private key.
PASSPHRASE = "ACNE04_KEY_PASSPHRASE"
#: Folder of a checkout with all of its releases.
RELEASES = "releases"
EXPECTED = "a PEM file of Ed25519, or of ECDSA on P-256 or P-384"
#: Keys are some hundred bytes; whatever is larger is something else.
_LARGEST = 1 << 16
_CURVES = ("secp256r1", "secp384r1")
_MAKE = "`openssl genpkey -algorithm ed25519 -out FILE` makes a key; see docs/releasing.md"
_ASK = (
    "name the file of the publisher's public key; get it from the publisher by another way than "
    "the release: a web page, a paper, a letter (docs/releasing.md, A key)"
)


def load_private(
    path: Path, ask: Callable[[str], str] = getpass.getpass, *, may_be_readable: bool = False
) -> CryptoSigner:
    """Load the key to sign with.

    Parameters
    ----------
    path : pathlib.Path
        PEM file; an encrypted one is opened with the passphrase in `PASSPHRASE`, or asked for.
    ask : callable
        Asks for a passphrase, given a prompt; called on a terminal only.
    may_be_readable : bool
        Whether it may be a file that group or others can read.

    Raises
    ------
    UnavailableError
        If there is no such file.
    UsageError
        If it is no private key of a kind that is signed with, the passphrase is wrong, or others
        than its owner can read the file.
    """
    content = _read(path, _MAKE)
    if b"PUBLIC KEY-----" in content:
        what = "a public key, where the private one is to sign"
        raise _refused(path, what, "a public key", _MAKE)
    _refuse_other_forms(path, content, _MAKE)
    try:
        private = load_pem_private_key(content, None)
    except TypeError:
        _refuse_readers(path, may_be_readable)
        private = _decrypted(path, content, ask)
    except (ValueError, UnsupportedAlgorithm) as error:
        what, found = "no private key that can be read", _first_line(error)
        raise _refused(path, what, found, _MAKE) from None
    kind = _kind(private)
    if not isinstance(private, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) or kind:
        raise _refused(path, "not a kind of key that releases are signed with", kind, _MAKE)
    _refuse_readers(path, may_be_readable)
    public = private.public_key()
    return CryptoSigner(private, SSlibKey.from_crypto(public, fingerprint(public)))


def load_public(path: Path) -> SSlibKey:
    """Load a key to verify with.

    Raises
    ------
    UnavailableError
        If there is no such file.
    UsageError
        If it is no public key of a kind that releases are signed with.
    """
    content = _read(path, _ASK)
    if b"PRIVATE KEY-----" in content:
        raise UsageError(
            str(path),
            "a private key, where a public one is enough: whoever verifies must not need it",
            expected=EXPECTED,
            remedy=f"`openssl pkey -in {path} -pubout -out PUBLIC`",
        )
    _refuse_other_forms(path, content, _ASK)
    try:
        public = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _refused(path, "no public key that can be read", _first_line(error), _ASK) from None
    kind = _kind(public)
    if not isinstance(public, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey) or kind:
        raise _refused(path, "not a kind of key that releases are signed with", kind, _ASK)
    return SSlibKey.from_crypto(public, fingerprint(public))


def fingerprint(public: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey) -> str:
    """Give what a key is called everywhere: the SHA-256 that docs/releasing.md reads out."""
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def refuse_beside(key: Path, release: Path) -> None:
    """Refuse a key to verify with that lies in a release, beside it, or is a link from there.

    Raises
    ------
    UsageError
        If it does: whoever can forge the release can put a key there, too.
    """
    place = release.resolve()
    above = place.parent
    ways = (key.parent.resolve() / key.name, key.resolve())
    if any(place in way.parents for way in ways):
        where = "inside"
    elif any(
        way.parent == above or (above.name == RELEASES and above in way.parents) for way in ways
    ):
        where = "beside"
    else:
        return
    raise UsageError(
        str(key),
        f"a key from {where} the release proves nothing: whoever forged the one could put the "
        "other there",
        expected="the publisher's public key, got by another way than the release",
        done="nothing looked at",
        remedy="keep it in a folder of its own; compare its SHA-256 with the one that the "
        "publisher reads out (docs/releasing.md, A key)",
    )


def _read(path: Path, remedy: str) -> bytes:
    try:
        if (size := path.stat().st_size) > _LARGEST:
            raise _refused(path, "too large for a key", f"{size:,} bytes", remedy)
        return path.read_bytes()
    except FileNotFoundError:
        raise UnavailableError(
            str(path), "no such key: the file is not there", remedy=remedy
        ) from None


def _refuse_readers(path: Path, may_be_readable: bool) -> None:
    """Refuse a private key that has perhaps been read by others: it may sign in their hands."""
    mode = path.stat().st_mode & 0o777
    # What others can write is refused in any case.
    if mode & (0o033 if may_be_readable else 0o077):
        raise UsageError(
            str(path),
            "the private key is open to others than its owner",
            expected="mode 600",
            found=f"mode {mode:o}",
            done="nothing written",
            remedy=f"`chmod 600 {shlex.quote(str(path))}`; where others may have read it, make a "
            "new key; --allow-readable-key, where nobody else can reach the file",
        )


def _refuse_other_forms(path: Path, content: bytes, remedy: str) -> None:
    """Say of forms that are often taken for PEM what they are."""
    if content.startswith((b"ssh-", b"ecdsa-")) or b"OPENSSH PRIVATE KEY" in content:
        raise _refused(path, "a key in OpenSSH's own form", "an OpenSSH key", remedy)
    if b"-----BEGIN CERTIFICATE-----" in content:
        raise _refused(path, "a certificate, no key", "an X.509 certificate", remedy)
    if b"-----BEGIN " not in content:
        raise _refused(path, "not a PEM file", "no line -----BEGIN …-----", remedy)


def _decrypted(path: Path, content: bytes, ask: Callable[[str], str]) -> Any:
    given = os.environ.get(PASSPHRASE)
    if given is None and not sys.stdin.isatty():
        raise UsageError(
            str(path),
            "the key is encrypted, and nobody can be asked for its passphrase",
            done="nothing written",
            remedy=f"set {PASSPHRASE}, or call it in a terminal",
        )
    passphrase = ask(f"Passphrase of {path}: ") if given is None else given
    try:
        return load_pem_private_key(content, passphrase.encode("utf-8"))
    except (ValueError, UnsupportedAlgorithm):
        source = "" if given is None else f"; it came from {PASSPHRASE}"
        raise UsageError(str(path), f"the passphrase is wrong{source}") from None


def _kind(key: Any) -> str:
    """Name a kind of key that is not signed with; empty for the others."""
    if isinstance(key, ed25519.Ed25519PrivateKey | ed25519.Ed25519PublicKey):
        return ""
    if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey):
        return "" if key.curve.name in _CURVES else f"ECDSA on {key.curve.name}"
    name = type(key).__name__.removeprefix("_").removesuffix("PrivateKey")
    return f"{name.removesuffix('PublicKey')} key"


def _refused(path: Path, what: str, found: str, remedy: str) -> UsageError:
    return UsageError(
        str(path), what, expected=EXPECTED, found=found, done="nothing written", remedy=remedy
    )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].partition(". ")[0]
