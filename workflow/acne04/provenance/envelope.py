"""The DSSE envelope: sign bytes, and open an envelope with a key that is trusted."""

from __future__ import annotations

import base64
import binascii
import json
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey  # type: ignore[attr-defined]

from acne04.core import documents
from acne04.core.errors import Acne04Error, SchemaError, UnavailableError

PAYLOAD_TYPE = "application/vnd.in-toto+json"
#: An attestation names some dozens of files in some kilobytes; a larger one is not looked into.
LARGEST = 1 << 24


class SignatureError(Acne04Error):
    """The envelope is well formed, but not signed by a key that is trusted."""


@dataclass(frozen=True)
class Opened:
    """What an envelope held, once its signature has been found good; and who signed it."""

    payload: bytes
    key_id: str


def sign(payload: bytes, signer: CryptoSigner) -> str:
    """Give the envelope of a payload as text; an ECDSA signature differs from call to call."""
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return documents.to_text(envelope.to_dict())


def open_envelope(path: Path, keys: Sequence[SSlibKey]) -> Opened:
    """Give the payload of an envelope that one of the keys has signed.

    Parameters
    ----------
    path : pathlib.Path
        File of the envelope.
    keys : sequence of SSlibKey
        Public keys that are trusted, at least one; none is ever taken from the envelope.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If it is no DSSE envelope of an in-toto statement with exactly one signature.
    SignatureError
        If no trusted key has made the signature.
    """
    payload, signature = _parsed(_read(path), str(path))
    known = {key.keyid: key for key in keys}
    if signature.keyid not in known:
        raise SignatureError(
            str(path),
            "signed by a key that is not trusted",
            expected=f"a signature by {' or '.join(known)}",
            found=f"one that says it is by {signature.keyid[:80]}",
            remedy="ask the publisher, by another way than the one the release came, for the key",
        )
    envelope = Envelope(payload, PAYLOAD_TYPE, {signature.keyid: signature})
    try:
        envelope.verify(list(known.values()), 1)
    except VerificationError:
        raise SignatureError(
            str(path),
            "the signature does not hold: what is signed, or the signature, was altered",
            expected=f"a signature by {signature.keyid} of these {len(payload):,} bytes",
            found="a signature of something else",
            remedy="fetch the release again; if that does not help, do not use it",
        ) from None
    return Opened(payload, signature.keyid)


def parse_json(text: bytes, where: str) -> Any:
    """Parse JSON of strangers: no key twice, no NaN, no depth that a parser drowns in.

    Raises
    ------
    SchemaError
        If it is not such JSON in UTF-8.
    """
    try:
        return json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        found = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise SchemaError(where, "not JSON in UTF-8", found=found) from None


def _read(path: Path) -> bytes:
    try:
        known = path.stat()
        if not stat.S_ISREG(known.st_mode):
            raise SchemaError(str(path), "no plain file", done="not read")
        if (size := known.st_size) > LARGEST:
            raise SchemaError(
                str(path),
                "too large for an attestation",
                expected=f"at most {LARGEST:,} bytes",
                found=f"{size:,} bytes",
                done="not read",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such attestation") from None


def _parsed(text: bytes, where: str) -> tuple[bytes, Signature]:
    document = parse_json(text, where)
    if not isinstance(document, dict):
        raise SchemaError(where, "no DSSE envelope", found=repr(document)[:80])
    payload_type = document.get("payloadType")
    if payload_type != PAYLOAD_TYPE:
        found = repr(payload_type)[:80]
        raise SchemaError(where, "another type of payload", expected=PAYLOAD_TYPE, found=found)
    payload = _bytes(document.get("payload"), f"{where}#/payload")
    signatures = document.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != 1:
        found = f"{len(signatures)}" if isinstance(signatures, list) else repr(signatures)[:80]
        raise SchemaError(
            f"{where}#/signatures", "not one signature", expected="exactly one", found=found
        )
    (signature,) = signatures
    if not isinstance(signature, dict) or not isinstance(signature.get("keyid"), str):
        raise SchemaError(f"{where}#/signatures/0", "no signature", expected="keyid and sig")
    made = _bytes(signature.get("sig"), f"{where}#/signatures/0/sig")
    return payload, Signature(signature["keyid"], made.hex())


def _bytes(text: object, where: str) -> bytes:
    try:
        if isinstance(text, str) and text:
            return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        pass
    raise SchemaError(where, "not base64", expected="text in base64", found=repr(text)[:80])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("the same key twice in one object")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")
