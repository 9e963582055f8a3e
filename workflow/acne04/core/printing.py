r"""What a person sees: on a terminal, in a file that they open there, in a job's log.

The one place that says which characters a terminal acts on. Names of files, cells of tables and
arguments are words of strangers: they may hold escape sequences, marks that turn the direction of
a text, or bytes that are not UTF-8.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

#: Environment variable by which a run names its state folder to its jobs (`snakemake_dvc`): then
#: standard error goes to the job's log alone.
RUN_STATE = "SNAKEMAKE_DVC_STATE"
#: Characters that terminals act on, that turn the direction of a text, or that stand for bytes
#: that are not UTF-8 (Unicode 16, 23.1 control codes, 23.2 directional marks, 23.6 surrogates);
#: line ends and tabs aside.
ACTED_ON = "\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_ACTED_ON = re.compile(f"[{ACTED_ON}]")


def shown(text: str) -> str:
    r"""Give a text with all such characters as escapes; line ends and tabs stay.

    >>> shown("a\nb\x1b[31m")
    'a\nb\\x1b[31m'
    """
    return _ACTED_ON.sub(lambda match: ascii(match.group())[1:-1], text)


def shown_in_line(text: str) -> str:
    r"""Give it in one line: line ends and tabs become single spaces.

    >>> shown_in_line("a\nb\x1b[31m")
    'a b\\x1b[31m'
    """
    return shown(text.replace("\n", " ").replace("\t", " "))


def loud(headline: str, *details: str) -> None:
    """Print what nobody may miss on standard error; of a job, the run shows the headline."""
    print(shown("\n".join((headline, *details))), file=sys.stderr)
    if RUN_STATE in os.environ:
        with Path(os.environ[RUN_STATE], "notices.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(shown(headline)) + "\n")
