"""All checks of ``acne04 doctor``, in the order of their report."""

from __future__ import annotations

from acne04.doctor import checkout_state, installation, machine, store
from acne04.doctor.surroundings import Surroundings
from acne04.inspection.checks import Check

CHECKS: tuple[Check[Surroundings], ...] = (
    *installation.CHECKS,
    *checkout_state.CHECKS,
    *machine.CHECKS,
    *store.CHECKS,
)
