"""Compare two ``dvc.lock`` files, to tell whether a run gave the bytes that are committed.

Run ``python -m snakemake_dvc.reproduced`` in the project's root after a run: it compares the lock
with that of the last commit, and names the stages that differ and what of their code changed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from snakemake_dvc.store import DVC_LOCK


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
    lines = []
    for stage in sorted({*old, *new}):
        if stage not in old or stage not in new:
            lines.append(f"{stage}: only in the {'new' if stage in new else 'old'} lock")
        elif old[stage] != new[stage]:
            lines.append(f"{stage}: {_what_changed(old[stage], new[stage])}")
    return lines


def _what_changed(old: dict[str, Any], new: dict[str, Any]) -> str:
    deps, outs = (_moved(old, new, kind) for kind in ("deps", "outs"))
    code = [path for path in deps if path.startswith(("workflow/", "schemas/"))]
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


def main() -> int:
    """Compare the working tree's lock with the committed one; exit code 1 on a difference."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:{DVC_LOCK}"], capture_output=True, text=True, check=False
    )
    lines = differences(shown.stdout, Path(DVC_LOCK).read_text(encoding="utf-8"))
    for line in lines:
        print(line)
    print("dvc.lock: " + ("not reproduced; `make lock` stages it" if lines else "reproduced"))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
