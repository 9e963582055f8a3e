"""The site of the documentation: it is made without a warning, and needs nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(place)]
    # Whatever wants to look something up finds nobody there.
    nowhere = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | nowhere | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return place


def test_the_reference_is_what_code_and_schemas_say(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import reference
    finally:
        sys.path.pop(0)
    for page, text in reference.pages().items():
        assert (ROOT / page).read_text(encoding="utf-8") == text, (
            f"python docs/{reference.__name__}.py"
        )


def test_each_page_has_its_place(site: Path) -> None:
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert {"index.html", "tutorial.html", "data-card.html", "reference/commands.html"} <= pages
    first = (site / "index.html").read_text(encoding="utf-8")
    for page in pages - {"404.html"} - {p for p in pages if p.startswith("decisions/0")}:
        assert f'href="{page}"' in first or page == "index.html", page


def test_nothing_comes_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"']?(https?:|//)", text)
        loaded += re.findall(r"<link\b[^>]*rel=[\"']?(?:stylesheet|preconnect)[^>]*https?:", text)
        assert loaded == [], page.name
        assert str(ROOT) not in text, page.name
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//", sheet.read_text(encoding="utf-8"))


@pytest.mark.browser
def test_it_opens_from_a_folder_and_is_searched(site: Path, chromium: webdriver.Chrome) -> None:
    chromium.get((site / "index.html").as_uri())
    assert chromium.find_element(By.TAG_NAME, "h1").text.startswith("acne04")
    chromium.execute_script("document.querySelector('[for=__search]').click()")
    field = chromium.find_element(By.CSS_SELECTOR, "input.md-search__input")
    WebDriverWait(chromium, 20).until(lambda _: field.is_displayed())
    field.send_keys("doctor")
    WebDriverWait(chromium, 20).until(
        lambda page: page.find_elements(By.CSS_SELECTOR, ".md-search-result__item")
    )
    assert chromium.get_log("browser") == []
