"""How two ``dvc.lock`` files differ: whether a run gave the bytes that are committed."""

from __future__ import annotations

from typing import Any

import yaml


def differences(before: str, after: str) -> list[str]:
    """Say in one line a stage how two locks differ.

    Parameters
    ----------
    before, after : str
        Texts of ``dvc.lock``.

    Returns
    -------
    list of str
        Sorted by stage; empty where the locks agree.

    Examples
    --------
    >>> differences("stages: {}", "stages: {scan: {cmd: x}}")
    ['scan: only in the new lock']
    """
    old, new = (
        (yaml.load(text, yaml.CSafeLoader) or {}).get("stages", {}) for text in (before, after)
    )
    made = {out["path"] for lock in (old, new) for e in lock.values() for out in e.get("outs", [])}
    lines = []
    for stage in sorted({*old, *new}):
        if stage not in old or stage not in new:
            lines.append(f"{stage}: only in the {'new' if stage in new else 'old'} lock")
        elif old[stage] != new[stage]:
            lines.append(f"{stage}: {_what_changed(old[stage], new[stage], made)}")
    return lines


def _what_changed(old: dict[str, Any], new: dict[str, Any], made: set[str]) -> str:
    deps, outs = (_moved(old, new, kind) for kind in ("deps", "outs"))
    # What no stage makes lies in git: code, and what people edit.
    code = [path for path in deps if path not in made]
    parts = [
        f"code changed ({', '.join(code)})" if code else "code did not change",
        f"inputs changed ({', '.join(sorted(set(deps) - set(code)))})"
        if set(deps) > set(code)
        else "",
        "parameters changed" if old.get("params") != new.get("params") else "",
        "command changed" if old.get("cmd") != new.get("cmd") else "",
        f"outputs differ ({', '.join(outs)})" if outs else "outputs are the same",
    ]
    return "; ".join(filter(None, parts))


def _moved(old: dict[str, Any], new: dict[str, Any], kind: str) -> list[str]:
    first, second = ({e["path"]: e.get("md5") for e in entry.get(kind, [])} for entry in (old, new))
    return sorted(path for path in {*first, *second} if first.get(path) != second.get(path))
