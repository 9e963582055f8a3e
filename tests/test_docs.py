"""What people read: every link leads somewhere, and the first screen says what matters."""

from __future__ import annotations

import re
from pathlib import Path

import faults_page
import pytest

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_first_screen_has_what_a_stranger_needs() -> None:
    first = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40]
    screen = "\n".join(first)
    for word in ("make run", "make test", "data/splits/", "not photographs", "dataset: acne04"):
        assert word in screen, word


def test_the_page_of_faults_is_that_of_the_tests() -> None:
    assert (ROOT / faults_page.PAGE).read_text(encoding="utf-8") == faults_page.text()
