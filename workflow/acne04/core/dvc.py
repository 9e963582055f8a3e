"""DVC as the rest of the project sees it: through the bridge, whose errors become ours.

Only verbs that work on a whole checkout need it; it comes with the extra ``workflow``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from acne04.core.errors import Acne04Error
from snakemake_dvc import differences as _differences
from snakemake_dvc import dvc as _dvc
from snakemake_dvc import store as _store
from snakemake_dvc.digests import DigestCache
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.faults import Fault, meaning_of
from snakemake_dvc.listings import FolderState
from snakemake_dvc.listings import compare as _compare

__all__ = [
    "DigestCache",
    "FolderState",
    "cache_folder",
    "code_md5",
    "compare",
    "declared_outs",
    "differences",
    "file_md5",
    "folder_md5",
    "is_store_asked",
    "lock_entries",
    "look_at_store",
    "meaning_of",
    "pull",
    "reason",
    "refuse_store",
    "run",
    "store_address",
]

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class DvcError(Acne04Error):
    """What the bridge refuses or cannot do; its text is the bridge's."""

    def __init__(self, error: BridgeError) -> None:
        self._text = str(error)
        super().__init__(error.where, error.what, remedy=error.remedy)
        self.exit_code = error.exit_code

    def __str__(self) -> str:
        return self._text


def _ours(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    @wraps(function)
    def call(*given: _Given.args, **named: _Given.kwargs) -> _Result:
        try:
            return function(*given, **named)
        except BridgeError as error:
            raise DvcError(error) from None

    return call


cache_folder = _ours(_dvc.cache_folder)
compare = _ours(_compare)
declared_outs = _ours(_dvc.declared_outs)
lock_entries = _ours(_dvc.lock_entries)
code_md5, file_md5, folder_md5 = _ours(_dvc.code_md5), _ours(_dvc.file_md5), _dvc.folder_md5
look_at_store, store_address = _ours(_store.look), _ours(_store.address)
pull, is_store_asked = _ours(_store.pull), _store.is_asked
differences, reason, run = _differences.differences, _dvc.reason, _dvc.run


def refuse_store(fault: Fault, done: str, expected: str = "", remedy: str = "") -> DvcError:
    """Give the error of a store that does not do what was asked of it."""
    return DvcError(_store.refused(fault, done, expected, remedy))
