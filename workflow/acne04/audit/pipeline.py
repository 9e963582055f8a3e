"""The stages of ``dvc.yaml`` as they must be, and as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.own_process import clone_of_head, run_module
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch
from acne04.provenance import git

FILE = "dvc.yaml"
RULES = Path("workflow/rules")
#: What a generated stage may say; `frozen`, `always_changed` or `wdir` would bend what DVC does.
_KEYS = {"cmd", "deps", "params", "outs", "metrics"}
_NEEDED = {"cmd", "deps", "outs"}
_TEMPLATE = {"foreach", "do"}
#: All that is said of an output: the cache has it, for `cache: false` is not among it.
_OF_AN_OUTPUT = {"persist": True}
_RULE_FILE = re.compile(r"\d+_(\w+)\.smk")
#: What the bridge says where the two differ, and nothing else went wrong.
_DIFFERS = "dvc.yaml is not what the rules say"


@dataclass(frozen=True)
class Stage:
    """A stage of ``dvc.yaml``, every name resolved.

    Attributes
    ----------
    name : str
        As in the lock: ``scan``, or ``fetch@v2``.
    entry : mapping
        Its content.
    deps, outs : tuple of str
        What it depends on, and all that it makes, as listed.
    params : mapping of str to list of str
        File -> keys that it depends on.
    """

    name: str
    entry: Mapping[str, Any]
    deps: tuple[str, ...]
    outs: tuple[str, ...]
    params: Mapping[str, list[str]]

    @property
    def verb(self) -> str:
        """Rule that it calls."""
        return self.name.partition("@")[0]

    @property
    def files(self) -> list[str]:
        """What it makes that is no folder: a folder stands beside its listing."""
        return [path for path in self.outs if f"{path}.csv" not in self.outs]


@lru_cache(maxsize=1)
def stages(checkout: AuditedCheckout) -> dict[str, Stage]:
    """Give the stages by name, in the order of the file.

    Raises
    ------
    Impossible
        If they cannot be understood: no rule makes such ones.
    """
    try:
        return {stage.name: stage for stage in _resolved(checkout)}
    except (AttributeError, KeyError, TypeError) as error:
        raise Impossible(f"{FILE} holds no stages as the rules make them ({error})") from None


def _resolved(checkout: AuditedCheckout) -> Iterator[Stage]:
    for name, entry in checkout.declared.items():
        if "foreach" in entry:
            for item in entry["foreach"]:
                values = {"dataset": checkout.dataset, "item": item}
                yield _stage(f"{name}@{item}", _filled(entry["do"], values))
        else:
            yield _stage(name, _filled(entry, {"dataset": checkout.dataset}))


def _stage(name: str, entry: Mapping[str, Any]) -> Stage:
    made = [*(entry.get("outs") or ()), *(entry.get("metrics") or ())]
    named: dict[str, list[str]] = {}
    for param in entry.get("params") or ():
        for file, keys in param.items() if isinstance(param, dict) else [("params.yaml", [param])]:
            named.setdefault(str(file), []).extend(map(str, keys))
    return Stage(
        name=name,
        entry=entry,
        deps=tuple(str(path) for path in entry.get("deps") or ()),
        outs=tuple(str(path) for out in made for path in (out if isinstance(out, dict) else [out])),
        params=named,
    )


def _filled(entry: Any, values: Mapping[str, str]) -> Any:
    text = json.dumps(entry)
    return json.loads(re.sub(r"\$\{(\w+)\}", lambda match: values[match[1]], text))


def _sound(checkout: AuditedCheckout) -> Evidence:
    found, problems = stages(checkout), list(_strange_template(checkout))
    verbs = {stage.verb for stage in found.values()}
    rules = _rules()
    for verb in sorted(rules.keys() - verbs):
        problems.append(Mismatch(FILE, f"a stage {verb}, as {rules[verb]} has a rule", "none"))
    for verb in sorted(verbs - rules.keys()):
        problems.append(Mismatch(FILE, "stages of the rules", f"stage {verb}, of no rule"))
    made: dict[str, str] = {}
    for stage in found.values():
        problems += _strange(stage, rules)
        for path in stage.outs:
            if path in made:
                told = f"{path} made by one stage"
                problems.append(_at(stage, told, f"by {made[path]} and {stage.name}"))
            made[path] = stage.name
    for stage in found.values():
        problems += [
            _at(stage, "inputs that another stage makes, or that lie in git", path)
            for path in stage.deps
            if path.startswith("data/") and path not in made
        ]
    return Evidence(f"{len(found)} stages, each as a rule makes it", tuple(problems))


def _rules() -> dict[str, Path]:
    files = sorted(RULES.glob("*.smk"))
    return {match[1]: file for file in files if (match := _RULE_FILE.fullmatch(file.name))}


def _strange_template(checkout: AuditedCheckout) -> Iterator[Mismatch]:
    for name, entry in checkout.declared.items():
        if "foreach" in entry and set(entry) != _TEMPLATE:
            yield Mismatch(FILE, f"of stage {name}: foreach and do", _listed(set(entry)))


def _strange(stage: Stage, rules: Mapping[str, Path]) -> Iterator[Mismatch]:
    """Yield what no rule makes of a stage."""
    keys = set(stage.entry)
    for key in sorted(keys - _KEYS):
        yield _at(stage, f"nothing but {_listed(_KEYS)}", f"{key}: {stage.entry[key]}")
    for key in sorted(_NEEDED - keys):
        yield _at(stage, key, "none")
    target = min(stage.files, default="") if "@" in stage.name else stage.verb
    command = f"snakemake --cores all {target}"
    if stage.entry.get("cmd") != command:
        yield _at(stage, f"cmd: {command}", str(stage.entry.get("cmd")))
    for kind in ("outs", "metrics"):
        for out in stage.entry.get(kind) or ():
            said = list(out.values()) if isinstance(out, dict) else []
            if said != [_OF_AN_OUTPUT]:
                yield _at(stage, f"{kind} with persist: true and nothing else", str(out))
    own = ["workflow/acne04/core", f"workflow/acne04/{stage.verb}"]
    if stage.verb in rules:
        own.append(rules[stage.verb].as_posix())
    for path in own:
        if path not in stage.deps:
            yield _at(stage, f"{path} among deps", "not there")
    for paths, kind in ((stage.deps, "deps"), (stage.outs, "outs")):
        for path in sorted({path for path in paths if paths.count(path) > 1}):
            yield _at(stage, f"{path} once in {kind}", "more than once")


def _at(stage: Stage, expected: str, found: str) -> Mismatch:
    return Mismatch(FILE, f"of stage {stage.name}: {expected}", found, pointer=stage.name)


def _listed(words: set[str]) -> str:
    return ", ".join(sorted(map(str, words)))


def _generated(checkout: AuditedCheckout) -> Evidence:
    """Have the bridge make the file from the rules: it knows Snakemake, which we must not.

    In a clone: what lies in data/ may keep the rules from being read, and is for other checks.
    """
    commit = git.commit_of("HEAD")
    with clone_of_head("acne04-pipeline-") as place:
        done = run_module(place, "snakemake_dvc", "--check")
    told = f"{FILE} against the rules of the Snakefile, of commit {commit[:12]}"
    if done.returncode == 0:
        return Evidence(told)
    if done.returncode == 1 and _DIFFERS in done.stderr:
        return Evidence(told, (Mismatch(FILE, "the file that the rules make", "another one"),))
    lines = (done.stdout + done.stderr).strip().splitlines()
    raise Impossible(f"the rules cannot be read: {' / '.join(lines[-3:])}")


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "pipeline",
        "A stage does something else than its rule (another command, frozen, outputs that DVC does "
        "not keep), and everything looks up to date.",
        True,
        "quick",
        "`make dvc.yaml`, run `snakemake --cores all`, and commit",
        _sound,
    ),
    Check(
        "pipeline-generated",
        "An input or a parameter was taken out of a stage, so that its change moves nothing.",
        True,
        "full",
        "`make dvc.yaml`, run `snakemake --cores all`, and commit",
        _generated,
    ),
)
