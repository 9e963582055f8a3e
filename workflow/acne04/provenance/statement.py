"""The statement that is signed: which files, of which version, made from what."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from acne04.core import documents
from acne04.core.errors import SchemaError
from acne04.provenance.envelope import parse_json

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
#: What kind of build this is, and who makes such builds: names, not addresses.
BUILD_TYPE = "https://acne04.invalid/release/v1"
BUILDER = "https://acne04.invalid/builders/acne04-release/v1"
SCHEMA = "attestation.schema.json"


@dataclass(frozen=True)
class Attested:
    """What the publisher of a release attests.

    Attributes
    ----------
    version : str
        Version of the release.
    serial : int
        Rises from release to release, so that an old one cannot pass for the newest.
    dataset : str
        ``standin`` or ``acne04``.
    commit : str
        Git commit that the release is of; its tree was clean.
    dvc_lock, ledger : str
        SHA-256 of ``dvc.lock`` and of ``ledger.json``.
    subjects : dict of str to str
        File of the release -> SHA-256, the attestation itself left out.
    """

    version: str
    serial: int
    dataset: str
    commit: str
    dvc_lock: str
    ledger: str
    subjects: dict[str, str]


def to_bytes(attested: Attested) -> bytes:
    """Give the statement as the bytes that are signed: the same for the same facts."""
    # Imported here: slow, and who verifies does without.
    from google.protobuf.json_format import MessageToDict, ParseDict  # type: ignore[import-untyped]
    from in_toto_attestation.predicates.provenance.v1 import provenance_pb2  # type: ignore[import-untyped]
    from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor  # type: ignore[import-untyped]
    from in_toto_attestation.v1.statement import Statement  # type: ignore[import-untyped]

    provenance = ParseDict(_predicate(attested), provenance_pb2.Provenance())
    subjects = [
        ResourceDescriptor(name=name, digest={"sha256": sha256}).pb
        for name, sha256 in sorted(attested.subjects.items())
    ]
    statement = Statement(subjects, PREDICATE_TYPE, MessageToDict(provenance))
    statement.validate()
    document = MessageToDict(statement.pb)
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _predicate(attested: Attested) -> dict[str, Any]:
    """Give the SLSA predicate; its numbers are text, since protobuf makes floats of integers."""
    return {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {
                "version": attested.version,
                "release_serial": str(attested.serial),
                "dataset": attested.dataset,
                "tree": "clean",
            },
            "resolvedDependencies": [
                {"name": "commit", "digest": {"gitCommit": attested.commit}},
                {"name": "dvc.lock", "digest": {"sha256": attested.dvc_lock}},
                {"name": "ledger.json", "digest": {"sha256": attested.ledger}},
            ],
        },
        "runDetails": {"builder": {"id": BUILDER}},
    }


def from_bytes(payload: bytes, where: str) -> Attested:
    """Take a statement apart that carries a good signature.

    Raises
    ------
    SchemaError
        If it is no statement of a release of ours; every place is named.
    """
    document = parse_json(payload, where)
    documents.check(document, SCHEMA, where)
    named = Counter(subject["name"] for subject in document["subject"])
    if twice := sorted(name for name, count in named.items() if count > 1):
        raise SchemaError(
            f"{where}#/subject", "the same file more than once", found=", ".join(twice)[:400]
        )
    definition = document["predicate"]["buildDefinition"]
    given = definition["externalParameters"]
    commit, dvc_lock, ledger = (d["digest"] for d in definition["resolvedDependencies"])
    return Attested(
        version=given["version"],
        serial=int(given["release_serial"]),
        dataset=given["dataset"],
        commit=commit["gitCommit"],
        dvc_lock=dvc_lock["sha256"],
        ledger=ledger["sha256"],
        subjects={s["name"]: s["digest"]["sha256"] for s in document["subject"]},
    )
