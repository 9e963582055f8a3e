"""The digest of Snakemake's records that travels with git: ``snakemake.lock``.

One entry a job: what Snakemake compares to decide (rule, code, parameters, inputs and their
checksums) and the SHA-256 of every output. No times, no job numbers: the same run gives the same
bytes on any machine.

Methods of Snakemake's persistence are used that it promises to nobody (`_read_record`,
`_write_record`, `_clear_cache`, `_filter_incomplete_keys`, `finished`); the package pins Snakemake,
and `snakemake_dvc/tests/test_records.py` names them if they go.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snakemake.persistence import RECORD_FORMAT_VERSION, MetadataRecord
from snakemake.persistence.file import FilePersistence

from snakemake_dvc.digests import DigestCache
from snakemake_dvc.dvc import AFTER_MERGE
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.files import write_text

RECORDS_LOCK = Path("snakemake.lock")
_KEPT = (
    "rule",
    "code",
    "params",
    "input",
    "input_checksums",
    "log",
    "software_stack_hash",
    "conda_env",
    "container_img_url",
    "record_format_version",
)
#: The record of an output that must be made anew: no rule has this list of inputs.
UNKNOWN: dict[str, Any] = {
    "input": ["(to be made anew)"],
    "record_format_version": RECORD_FORMAT_VERSION,
}


@dataclass(frozen=True)
class JobRecord:
    """One job as Snakemake compares it, with the SHA-256 of its outputs.

    Attributes
    ----------
    fields : dict
        The properties of Snakemake's metadata record that are kept.
    outputs : dict
        Path of each output -> SHA-256 in hexadecimal.
    """

    fields: dict[str, Any]
    outputs: dict[str, str]

    @property
    def name(self) -> str:
        """Sorting key: the first output."""
        return min(self.outputs)


def read_lock(
    namespace: Mapping[str, str] | None = None, path: Path = RECORDS_LOCK
) -> list[JobRecord]:
    """Read ``snakemake.lock``; an absent file holds no records, nor does one of another namespace.

    Parameters
    ----------
    namespace : mapping of str to str, optional
        Name of the parameter -> its value, empty where the project has but one data set; None
        reads whatever is there.
    path : pathlib.Path
        The file.

    Raises
    ------
    BridgeError
        If the file cannot be understood, after a merge for instance.
    """
    if not path.is_file():
        return []
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        ours = all(document[name] == value for name, value in (namespace or {}).items())
        jobs = document["jobs"] if ours else []
        return [JobRecord({key: job[key] for key in _KEPT}, dict(job["outputs"])) for job in jobs]
    except (ValueError, KeyError, TypeError) as error:
        raise BridgeError(
            str(path),
            f"not a digest of records ({type(error).__name__}: {error})",
            done="nothing ran",
            remedy=AFTER_MERGE,
        ) from None


def write_lock(
    namespace: Mapping[str, str], jobs: Iterable[JobRecord], path: Path = RECORDS_LOCK
) -> None:
    """Write ``snakemake.lock``, atomically and only if it changes."""
    document = {
        "comment": "Written by snakemake_dvc after a run, never by hand",
        **namespace,
        "jobs": [
            {**job.fields, "outputs": dict(sorted(job.outputs.items()))}
            for job in sorted(jobs, key=lambda job: job.name)
        ],
    }
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


class LiveRecords:
    """Snakemake's own records of this checkout."""

    def __init__(self) -> None:
        self._persistence = FilePersistence(nolock=True)

    def get(self, output: str) -> MetadataRecord | None:
        """Read the record of an output."""
        return self._persistence._read_record(output)

    def put(self, output: str, fields: dict[str, Any]) -> None:
        """Write a record of an output that Snakemake will take for its own, unless it is there."""
        record = MetadataRecord(incomplete=False, **fields)
        here = self.get(output)
        if here is None or here.model_dump() != record.model_dump():
            self._persistence._write_record(output, record)
            self._persistence._clear_cache()

    def finish(self, persistence: Any, job: Any) -> None:
        """Have Snakemake write the record of a job as if it had just ended."""
        asyncio.run(persistence.finished(job))
        self._persistence._clear_cache()

    def incomplete(self, outputs: Iterable[str]) -> set[str]:
        """Outputs whose job started and did not end."""
        return set(self._persistence._filter_incomplete_keys(list(outputs)))


def digest_job(live: LiveRecords, outputs: list[str], digests: DigestCache) -> JobRecord | None:
    """Make the entry of a finished job, or None where an output or its record is absent."""
    records = [live.get(output) for output in outputs]
    if not all(Path(output).is_file() for output in outputs) or not records or not all(records):
        return None
    fields = {key: getattr(records[0], key) for key in _KEPT}
    fields["input_checksums"] = dict(sorted((fields["input_checksums"] or {}).items()))
    return JobRecord(fields, {output: digests.sha256(Path(output)) for output in outputs})


def inputs_moved(
    fields: dict[str, Any], digests: DigestCache, left_out: Container[str] = ()
) -> bool:
    """Tell whether an input's content differs from the recorded one, whatever its times say."""
    return any(
        name not in left_out
        and Path(name).is_file()
        and checksum.rpartition(":")[2] != digests.sha256(Path(name))
        for name, checksum in (fields["input_checksums"] or {}).items()
    )
