"""The check of ``snakemake.lock``: one job for each stage, recorded as it must have run."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.pipeline import RULES, Stage, stages
from acne04.core.checkout import code_files
from acne04.core.files import read_bytes
from acne04.core.hashing import digest_file
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch

LOCK = "snakemake.lock"
#: What a stage depends on that is code: its digest is a parameter of the job.
_CODE = re.compile(r"workflow/(acne04|rules)/|schemas/|upstreams/\w+/origin")
_NOTHING = hashlib.sha256().hexdigest()
#: Read by `record`, and no dependency that DVC would take.
_GRAPH = "dvc.yaml"
#: Fields that say how the jobs of a run were run: the same for all of them.
_COMMON = ("software_stack_hash", "conda_env", "container_img_url", "record_format_version")


@dataclass(frozen=True)
class Job:
    """A job of the lock."""

    rule: str
    code: str
    params: list[Any]
    inputs: list[str]
    checksums: dict[str, str]
    outputs: dict[str, str]
    common: tuple[str, ...]


def _recorded(checkout: AuditedCheckout) -> Evidence:
    jobs = _jobs(checkout)
    made = Counter(path for job in jobs for path in job.outputs)
    problems = [
        Mismatch(LOCK, f"{path} made by one job", f"by {number}", pointer=path)
        for path, number in made.items()
        if number > 1
    ]
    of_stages: list[Job] = []
    for stage in stages(checkout).values():
        found, wrong = _job_of(stage, jobs)
        problems += wrong
        if found is not None:
            of_stages.append(found)
            problems += _unlike_stage(checkout, stage, found)
    others = [job for job in jobs if job not in of_stages]
    problems += _unlike_others(checkout, others, jobs, set(made))
    sums = {path: sha256 for job in jobs for path, sha256 in job.outputs.items()}
    for job in jobs:
        problems += _unlike_rule(job)
        problems += _unlike_inputs(checkout, job, sums)
    if len({job.common for job in jobs}) > 1:
        problems.append(Mismatch(LOCK, f"one {', '.join(_COMMON)} for all jobs", "several"))
    told = f"{len(jobs)} jobs of {LOCK}: commands, parameters, inputs and outputs"
    return Evidence(told, tuple(problems))


def _jobs(checkout: AuditedCheckout) -> list[Job]:
    recorded = checkout.recorded
    document = checkout.run_records
    if document.get("dataset") != checkout.dataset:
        raise Impossible(f"{LOCK} is of another dataset: {document.get('dataset')}")
    try:
        jobs = [_job(entry) for entry in document["jobs"]]
    except (AttributeError, KeyError, TypeError, ValueError, SyntaxError) as error:
        raise Impossible(f"{LOCK} holds what is no job ({type(error).__name__}: {error})") from None
    if not jobs or not recorded:
        raise Impossible(f"{LOCK} records no job; `snakemake --cores all`")
    return jobs


def _job(entry: Mapping[str, Any]) -> Job:
    return Job(
        rule=str(entry["rule"]),
        code=str(entry["code"]),
        params=[ast.literal_eval(text) for text in entry["params"]],
        inputs=[str(path) for path in entry["input"]],
        checksums={str(path): str(told) for path, told in entry["input_checksums"].items()},
        outputs={str(path): str(sha256) for path, sha256 in entry["outputs"].items()},
        common=tuple(json.dumps(entry[name]) for name in _COMMON),
    )


def _job_of(stage: Stage, jobs: list[Job]) -> tuple[Job | None, list[Mismatch]]:
    """Find the job of a stage by its outputs: all of them, and no more."""
    wanted = set(stage.files)
    found = [job for job in jobs if wanted & set(job.outputs)]
    if len(found) != 1:
        told = f"one job with the outputs of stage {stage.name}"
        return None, [_at(stage.name, told, "none" if not found else f"{len(found)} with some")]
    (job,) = found
    problems = [
        _at(stage.name, f"{path} among the outputs", "not there")
        for path in sorted(wanted - set(job.outputs))
    ]
    problems += [
        _at(stage.name, "the outputs of dvc.yaml", path)
        for path in sorted(set(job.outputs) - wanted)
    ]
    if job.rule != stage.verb:
        problems.append(_at(stage.name, f"rule {stage.verb}", job.rule))
    return job, problems


def _unlike_stage(checkout: AuditedCheckout, stage: Stage, job: Job) -> Iterator[Mismatch]:
    own = {path for path in stage.deps if not _CODE.match(path)}
    read = {path for path in job.inputs if not _is_passing(path) and path != _GRAPH}
    for path in sorted(own - read):
        yield _at(stage.name, f"{path} among the inputs, as in dvc.yaml", "not there")
    for path in sorted(read - own):
        yield _at(stage.name, "the inputs of dvc.yaml", path)
    yield from _unlike_values(stage.name, _values(checkout, stage), job.params)


def _values(checkout: AuditedCheckout, stage: Stage) -> list[Any]:
    """Give what the rule of a stage takes as parameters, computed anew."""
    sources = checkout.sources
    versions = {source.key: source.pins_version for source in checkout.ledger.sources}
    # The file of its own rule stands among the deps of a stage, but is not what the rule calls.
    own = re.compile(rf"{RULES.as_posix()}/\d+_{stage.verb}\.smk")
    code = [path for path in stage.deps if _CODE.match(path) and not own.fullmatch(path)]
    if stage.verb == "record":
        return [_code_digest(code), checkout.dataset, checkout.parameters, versions]
    values: list[Any] = [_code_digest(code)]
    values += [checkout.parameters.get(name) for name in stage.params.get("params.yaml", ())]
    promises: dict[str, Any] = {}
    for key in stage.params.get("workflow/sources.yaml", ()):
        _, source, part = key.split(".")
        if part == "promises":
            promises[source] = sources[source].promises
        else:
            values.append(dataclasses.asdict(sources[source].delivery))
    if promises:
        values.append(promises)
    for folder in set(stage.outs) - set(stage.files):
        values += [folder, versions[Path(folder).name]]
    return values


def _code_digest(paths: list[str]) -> str:
    """Give the digest of code as the bridge makes it of the folders and files of a rule."""
    digest = hashlib.sha256()
    for path in sorted(set(paths)):
        for file in code_files(path):
            if Path(file).is_file():
                digest.update(f"{file}\0{digest_file(Path(file)).sha256}\n".encode())
    return digest.hexdigest()


def _unlike_values(name: str, wanted: list[Any], found: list[Any]) -> Iterator[Mismatch]:
    """Compare parameters whatever their order: the lock has them sorted by their spelling."""
    expected, told = Counter(map(_spelt, wanted)), Counter(map(_spelt, found))
    missing, more = sorted((expected - told).elements()), sorted((told - expected).elements())
    for value in missing:
        yield _at(name, f"parameter {value[:300]}", "; ".join(more)[:300] or "not there")
    if more and not missing:
        yield _at(name, "no other parameter", "; ".join(more)[:300])


def _spelt(value: Any) -> str:
    """Spell a value; a text of JSON (as `record` is given) by what it says."""
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    return json.dumps(value, sort_keys=True)


def _is_passing(path: str) -> bool:
    """Whether a path is of a run alone: a mark that a folder is there, or the drawn upstream."""
    return path.startswith((".acne04/", "upstream/"))


def _unlike_others(
    checkout: AuditedCheckout, others: list[Job], jobs: list[Job], made: set[str]
) -> Iterator[Mismatch]:
    """Judge the jobs of no stage: each makes what another job reads, and each of these is there."""
    read = {path for job in jobs for path in job.inputs if _is_passing(path)}
    for path in sorted(read - made):
        yield _at(path, "the job that makes it: another one reads it", "none")
    versions = {source.key: source.pins_version for source in checkout.ledger.sources}
    standin = checkout.parameters.get("standin")
    for job in others:
        for path in sorted(job.outputs):
            if path not in read:
                yield _at(path, "outputs of stages, or what their jobs read", "neither")
        source = Path(min(job.outputs, default="")).name
        if job.rule == "restore" and source in versions:
            folder = f"data/raw/{source}"
            inputs = {f"{folder}.csv", f"upstreams/{checkout.dataset}/pins/{source}.csv"}
            if set(job.inputs) != inputs:
                yield _at(source, ", ".join(sorted(inputs)), ", ".join(sorted(job.inputs)))
            values = [checkout.dataset, standin, versions[source], folder]
            yield from _unlike_values(f"restore of {source}", values, job.params)
        elif job.rule == "standin":
            origin = f"upstreams/{checkout.dataset}/origin"
            values = [_code_digest(["workflow/acne04/core", origin]), standin]
            yield from _unlike_values(job.rule, values, job.params)
        else:
            yield _at(job.rule, "jobs of stages, and those that bring their folders", job.rule)


def _unlike_rule(job: Job) -> Iterator[Mismatch]:
    """Look whether a rule's file has the command, continued lines joined as Python joins them."""
    for file in sorted(RULES.glob("*.smk")):
        text = read_bytes(file).decode("utf-8").replace("\\\n", "")
        if job.code.strip() and f'"""{job.code}"""' in text:
            return
    if job.rule == "restore" and not job.code.strip():
        return
    yield _at(job.rule, "the command of the rule", job.code.strip()[:300] or "none")


def _unlike_inputs(
    checkout: AuditedCheckout, job: Job, sums: Mapping[str, str]
) -> Iterator[Mismatch]:
    """Compare the sums of inputs with those that their makers, or the files, have."""
    name = min(job.outputs, default=job.rule)
    for path in sorted({*job.inputs, *job.checksums}):
        if path not in job.checksums or path not in job.inputs:
            yield _at(name, f"{path} among the inputs with its sum", "one without the other")
            continue
        if path in sums:
            wanted = sums[path]
        elif Path(path).is_file():
            digests = checkout.digests([Path(path)])[Path(path)]
            wanted = digests.sha256 if digests else "of a file that can be read"
        else:
            yield _at(name, f"{path}, which a job makes or git has", "no such file")
            continue
        if job.checksums[path] != f"sha256:{wanted}":
            yield _at(name, f"{path} with sha256 {wanted}", job.checksums[path])


def _at(pointer: str, expected: str, found: str) -> Mismatch:
    return Mismatch(LOCK, f"of {pointer}: {expected}", found, pointer=pointer)


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "jobs-recorded",
        "The records by which Snakemake decides what is up to date are those of other jobs: one "
        "that is missing, or recorded with other inputs, is never run again.",
        True,
        "quick",
        "run `snakemake --cores all`; commit both locks together",
        _recorded,
    ),
)
