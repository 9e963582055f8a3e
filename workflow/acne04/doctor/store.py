"""The check of DVC's store: is one set up, does it answer, are the credentials taken."""

from __future__ import annotations

from acne04.core import dvc
from acne04.core.errors import Acne04Error
from acne04.doctor.surroundings import Surroundings
from acne04.inspection.checks import Check, Evidence, NothingYet

_ADDRESS = "`dvc remote modify store url ADDRESS`"


def _store(around: Surroundings) -> Evidence:
    where = dvc.store_address()
    fault = dvc.look_at_store(around.seconds)
    if fault is None:
        return Evidence(f"{where} can be used")
    if fault.kind == "none":
        raise NothingYet(f"{fault.what}: {where}; {fault.remedy}")
    raise Acne04Error(where, fault.what, expected="a store that can be used", remedy=fault.remedy)


CHECKS: tuple[Check[Surroundings], ...] = (
    Check(
        "store",
        "Without its store a clone makes everything anew, and of real photographs it cannot.",
        True,
        "quick",
        f"`dvc remote list` shows the address, {_ADDRESS} changes it",
        _store,
    ),
)
