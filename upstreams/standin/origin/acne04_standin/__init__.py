"""Draws a stand-in for everything that the upstreams of the ACNE04 family deliver.

Nobody may pass on the real images, so that the workflow's default data are drawn: the same
archives, trees, figures and defects, half faces that are recognisably drawings, and a
``truth.json`` for tests and benchmarks. The plan (`blueprint.plan`) is made first and holds every
figure by construction; then each photograph is drawn by itself (`jobs`) and all is written at
once (`folder`).
"""

from __future__ import annotations

from acne04_standin.blueprint import Corpus, Parameters, plan
from acne04_standin.command import StandinOptions, configure, read_options, run
from acne04_standin.folder import write_upstream

__all__ = [
    "Corpus",
    "Parameters",
    "StandinOptions",
    "configure",
    "plan",
    "read_options",
    "run",
    "write_upstream",
]
