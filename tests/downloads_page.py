"""The page of downloads, ``docs/downloads.md``: what can go wrong, what happens, what is said.

Run ``python tests/downloads_page.py`` in the project's root; a test compares the file.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from download_faults import FAULTS

from acne04.core.files import write_text

_HASH = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{56}\b")
PAGE = Path(__file__).parents[1] / "docs" / "downloads.md"
_INTRODUCTION = """\
# Downloads that survive

Made by `python tests/downloads_page.py` from the faults of the tests.

`acne04 sources` says of every file of every source where it comes from, under which terms, where it
goes, whether it is here, and what to do. What is nearly the file that is wanted, because a browser
or a person gave it another name, `acne04 sources --take` takes (`--from ~/Downloads` looks there,
too): checked first, nothing overwritten.

Whatever the address, a download goes on where it ended, after a cut as after `kill -9`: what there
is of it lies in `upstream/<dataset>/parts/`. Of a folder what is whole stays. Several addresses of
a file in `sources.yaml` are mirrors, tried in their order, and the receipt
(`upstream/<dataset>/receipts/`) names the one that served. A file is taken when it is of its kind
and has the pinned hash; before a first pin its content is looked at.

Google's quota is not tried again within a run. Come back in up to 24 hours, or get the file in a
browser and put it where the message says.

`acne04 pin SOURCE --move` takes what is delivered now in place of what is pinned, and shows both
hashes; the old copy stays as `<name>.before-<8 digits>`. `delivery.may_be_missing` in
`workflow/sources.yaml` says how many percent of what a source promises may be missing before a run
stops.

Each line below is done to a real download in the tests (a server on loopback; of Google Drive an
imitation, asked by gdown itself), and each guard is switched off once, to see that its test fails.
"""


def text() -> str:
    """Give the page, faults in the order of the tests."""
    parts = [_INTRODUCTION]
    for group, faults in groupby(FAULTS, key=lambda fault: fault.group):
        parts += [f"\n## {group}\n", "| fault | what happens | what is said |", "|---|---|---|"]
        parts += [f"| {f.name} | {f.then} | {_said(f.said)} |" for f in faults]
    return "\n".join(parts) + "\n" + _BESIDE


_BESIDE = """
## Beside these

A file of 30 MB (300 MB in `make test-long`) over a server that cuts the connection twenty times, a
folder of 489 files whose quota ends at the 480th, and `kill -9` at ten random bytes:
`tests/test_download_endurance.py`. Hostile archives of every kind: `tests/test_fetch_hostile.py`.
"""


def _said(words: str) -> str:
    short = _HASH.sub(r"\1…", words)
    return f"“{short}”".replace("|", r"\|") if words else "nothing"


if __name__ == "__main__":
    write_text(PAGE, text())
