"""What a fault is: done to a checkout, and caught by one check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from project import Project

from acne04.inspection.checks import Level


@dataclass(frozen=True)
class Fault:
    """What is done to a checkout, and the check that must name it.

    Attributes
    ----------
    at : str
        How the file begins that the check must point at.
    level : {"quick", "full", "rebuild"}
        From which level on it is seen.
    base : str
        Fixture with the checkout that it is done to; ``full`` without its images and cache.
    alone : bool
        Whether everything else agrees, so that without a release no other check can see it.
    """

    name: str
    inject: Callable[[Project], None]
    caught_by: str
    at: str
    level: Level = "quick"
    base: Literal["audited", "rerun", "full", "whole"] = "audited"
    alone: bool = False
