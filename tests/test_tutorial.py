"""The tutorial: each of its commands runs, and says what the page says.

ACNE04_WRITE_GOLDEN=1 writes what they say into the page: read it before it is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from project import Project

PAGE = Path(__file__).parents[1] / "docs/tutorial.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.workflow
def test_the_tutorial_says_what_its_commands_say(clone: Project) -> None:
    text = PAGE.read_text(encoding="utf-8")
    # As on the page, before the sizes of a screen or the reader's own colours come into it.
    clone.environment |= {"COLUMNS": "100", "NO_COLOR": "1"}

    def shown(block: re.Match[str]) -> str:
        lines = []
        for command in re.findall(r"^\$ (.*)$", block[1], re.MULTILINE):
            done = clone.command("bash", "-c", command)
            assert done.returncode in (0, 1), command + done.stderr
            assert "Traceback" not in done.stderr
            said = done.stdout + done.stderr
            lines.append(f"$ {command}\n{said}")
        return f"```console\n{''.join(lines)}```"

    again = _BLOCK.sub(shown, text)
    again = re.sub(r"[ \t]+$", "", again, flags=re.MULTILINE)
    if os.environ.get("ACNE04_WRITE_GOLDEN") == "1":
        PAGE.write_text(again, encoding="utf-8")
    assert again == PAGE.read_text(encoding="utf-8")
    assert len(_BLOCK.findall(text)) >= 8


def test_the_snippet_to_train_is_that_of_the_overview() -> None:
    readme = (PAGE.parents[1] / "README.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"^```python\n.*?^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert snippet in readme
