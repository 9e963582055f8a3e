"""What every rule shares: the sources, the code of a verb, and the bridge to DVC.

Params: dataset.
"""

import dataclasses
from pathlib import Path

from acne04.bridge import run as bridge
from acne04.bridge.code import code_files as code
from acne04.sources import load_sources

SOURCES = load_sources(Path("workflow/sources.yaml"), config["dataset"])


def promises(*sources):
    """What the sources promise: a parameter of the stage that checks it."""
    return {source: SOURCES[source].promises for source in sources}


wildcard_constraints:
    source="|".join(SOURCES),


bridge.start(workflow, config["dataset"], list(SOURCES))


onstart:
    bridge.started(workflow)


onsuccess:
    bridge.succeeded(workflow, config["dataset"])

