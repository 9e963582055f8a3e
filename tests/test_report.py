"""The page: what it holds, what it does in a browser, and what it never shows."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from project import Project
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from acne04.report.thumbnails import Frame, shrunk

ROOT = Path(__file__).parents[1]
PAGE = "data/report/index.html"
_JSON = re.compile(r'<script type="application/json"(?: class="(\w+)"| id="(\w+)")>(.*?)</script>')
pytestmark = pytest.mark.workflow

#: A name that would run if it became markup.
HOSTILE = "<img src=x onerror=document.title='owned'>&lt;.jpg"
HOSTILE_TEXT = "</script><script>document.title='owned'</script>"


def _parts(page: Path) -> dict[str, list[Any]]:
    """The JSON that stands in a page, by what it is."""
    found: dict[str, list[Any]] = {"thumbnails": [], "data": []}
    for by_class, by_id, text in _JSON.findall(page.read_text(encoding="utf-8")):
        found[by_class or by_id].append(json.loads(text))
    return found


def _sizes(pictures: list[str]) -> list[tuple[int, int]]:
    sizes = []
    for picture in pictures:
        with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
            image.load()
            assert image.format == "JPEG"
            assert not image.getexif()
            sizes.append(image.size)
    return sizes


def _made(project: Project, place: Path, *words: str) -> Path:
    page = place / "page.html"
    done = project.command("acne04", "report", "--output", str(page), *words)
    assert done.returncode == 0, done.stderr
    return page


@pytest.fixture(scope="module")
def altered(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A checkout whose tables are the finished ones, to be changed."""
    place = tmp_path_factory.mktemp("altered") / "project"
    shutil.copytree(finished.path, place, ignore=shutil.ignore_patterns(".git", ".snakemake"))
    return Project(place)


# What it holds.


def test_the_run_makes_it_and_names_it(finished: Project) -> None:
    done = finished.snakemake("-n")
    assert done.returncode == 0
    assert (finished.path / PAGE).is_file()
    assert "data/report/index.html" in finished.read("dvc.lock")
    ledger = json.loads(finished.read("data/ledger/ledger.json"))
    assert PAGE in ledger["files"], "the ledger answers for it"


def test_trace_tells_where_it_comes_from(finished: Project) -> None:
    by_path = finished.command("acne04", "trace", PAGE)
    assert by_path.returncode == 0, by_path.stderr
    assert "report" in by_path.stdout
    sha256 = json.loads(finished.read("data/ledger/ledger.json"))["files"][PAGE]["sha256"]
    assert finished.command("acne04", "trace", sha256).stdout == by_path.stdout


def test_same_bytes_whatever_the_processes_and_the_hash_seed(
    finished: Project, tmp_path: Path
) -> None:
    for number, seed in ((1, "1"), (3, "2")):
        other = Project(finished.path, {"PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Asia/Tokyo"})
        page = _made(other, tmp_path / seed, "--threads", str(number), "--faces", "full")
        assert page.read_bytes() == (finished.path / PAGE).read_bytes()


def test_every_image_is_in_it_with_its_upright_thumbnail(finished: Project) -> None:
    parts = _parts(finished.path / PAGE)
    (data,) = parts["data"]
    images = data["images"]
    pictures = [picture for block in parts["thumbnails"] for picture in block]
    sizes = _sizes(pictures)
    inventory = finished.read("data/inventory/images.csv").splitlines()
    assert len(images["id"]) == len(inventory) - 1
    assert sizes == [tuple(size) for size in data["thumbnails"]["sizes"]]
    for number, place in data["thumbnails"]["of"].items():
        width, height = images["width"][int(number)], images["height"][int(number)]
        assert sizes[place][0] / sizes[place][1] == pytest.approx(width / height, rel=0.06)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_thumbnail_is_upright_and_says_nothing_else(orientation: int) -> None:
    upright = Image.new("RGB", (60, 90), "white")
    upright.paste("red", (0, 0, 30, 45))
    stored = turned_back(upright, orientation)
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "a camera"
    stream = io.BytesIO()
    stored.save(stream, "JPEG", exif=exif, comment=b"a secret", quality=95)
    made = shrunk(stream.getvalue(), Frame(40, 40, 90))
    assert (made.width, made.height) == (27, 40)
    assert b"secret" not in made.jpeg
    assert b"camera" not in made.jpeg
    with Image.open(io.BytesIO(made.jpeg)) as image:
        reds = [image.getpixel(at)[1] < 128 for at in ((5, 8), (20, 8), (5, 32), (20, 32))]
    assert reds == [True, False, False, False]


def turned_back(upright: Image.Image, orientation: int) -> Image.Image:
    """What a camera stores that marks it with an orientation."""
    transpose = Image.Transpose
    steps = {
        2: transpose.FLIP_LEFT_RIGHT,
        3: transpose.ROTATE_180,
        4: transpose.FLIP_TOP_BOTTOM,
        5: transpose.TRANSPOSE,
        6: transpose.ROTATE_90,
        7: transpose.TRANSVERSE,
        8: transpose.ROTATE_270,
    }
    return upright.transpose(steps[orientation]) if orientation in steps else upright


@pytest.mark.parametrize(("faces", "widest", "tallest"), [("coarse", 24, 32), ("full", 200, 260)])
def test_no_picture_is_larger_than_promised(
    finished: Project, tmp_path: Path, faces: str, widest: int, tallest: int
) -> None:
    page = _made(finished, tmp_path, "--faces", faces)
    pictures = [picture for block in _parts(page)["thumbnails"] for picture in block]
    sizes = _sizes(pictures)
    assert sizes
    assert max(width for width, _ in sizes) <= widest
    assert max(height for _, height in sizes) <= tallest
    text = page.read_text()
    # No picture but those: every JPEG in base64 begins like this.
    assert text.count("/9j/") == len(pictures)
    assert f"Faces: {faces}." in text
    assert not re.search(r"data:image/(?!jpeg;base64,\$)", text)


def test_without_faces_no_picture_is_in_it_and_no_image_is_read(
    altered: Project, tmp_path: Path
) -> None:
    hidden = altered.path / "data/raw/classification/Classification"
    hidden.rename(hidden.with_name("elsewhere"))
    try:
        page = _made(altered, tmp_path, "--faces", "none")
        refused = altered.command("acne04", "report", "--output", str(tmp_path / "none.html"))
    finally:
        hidden.with_name("elsewhere").rename(hidden)
    text = page.read_text()
    assert "/9j/" not in text
    assert "iVBOR" not in text
    assert "Faces: none." in text
    assert refused.returncode == 2
    assert "an image of the inventory is not there" in refused.stderr
    assert not (tmp_path / "none.html").exists()


def test_bytes_that_are_not_those_of_the_inventory_are_refused(
    altered: Project, tmp_path: Path
) -> None:
    image = next((altered.path / "data/raw/classification/Classification/JPEGImages").iterdir())
    before = image.read_bytes()
    image.write_bytes(before + b"\0")
    try:
        done = altered.command("acne04", "report", "--output", str(tmp_path / "page.html"))
    finally:
        image.write_bytes(before)
    assert done.returncode == 1
    assert "other bytes than the inventory says" in done.stderr
    assert not (tmp_path / "page.html").exists()


def test_real_images_are_coarse_and_the_page_says_what_it_is(
    altered: Project, tmp_path: Path
) -> None:
    place = tmp_path / "real"
    shutil.copytree(altered.path, place)
    for file in [*place.glob("data/*/*.csv"), *place.glob("data/*/*.json")]:
        text = file.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^standin,", "acne04,", text)
        file.write_text(text.replace('"dataset": "standin"', '"dataset": "acne04"'))
    shutil.copytree(place / "upstreams/standin/pins", place / "upstreams/acne04/pins")
    page = _made(Project(place), tmp_path)
    text = page.read_text()
    assert "Photographs of real people" in text
    assert "may go to a private store only" in text
    assert "Faces: coarse." in text
    assert "Stand-in" not in text.partition("<main")[0]
    pictures = [picture for block in _parts(page)["thumbnails"] for picture in block]
    assert max(width for width, _ in _sizes(pictures)) <= 24
    full = _made(Project(place), tmp_path / "full", "--faces", "acne04=full")
    assert "this page may not be passed on" in full.read_text()


def test_the_class_balance_is_that_of_the_manifests(finished: Project) -> None:
    import pandas as pd

    text = (finished.path / PAGE).read_text()
    table = text.partition('aria-label="Balance of holdout"')[2].partition("</table>")[0]
    table = re.sub(r"<(svg|rect|/svg|span|/span)[^>]*>|\n", "", table)
    rows = pd.read_csv(finished.path / "data/splits/holdout.csv")
    for part in ("train", "val", "test"):
        real = rows[(rows["split"] == part) & (rows["origin"] == "real")]
        numbers = "".join(
            f'<td class="number">{(real["grade"] == grade).sum()}</td>' for grade in range(4)
        )
        assert f'<th scope="row">{part}</th><td>photographs</td>{numbers}' in table


def test_the_questions_have_the_commands_of_decide(finished: Project) -> None:
    import html

    queue = json.loads(finished.command("acne04", "decide", "--json").stdout)
    assert queue
    text = html.unescape((finished.path / PAGE).read_text())
    for question in queue:
        assert question["question"] in text
        for command in question["commands"]:
            assert f"<code>{command}</code>" in text


def test_usage(finished: Project, tmp_path: Path) -> None:
    for words, said in (
        ((), "neither --output nor --open"),
        (("--output", str(tmp_path)), "a folder lies there"),
        (("--output", "x.html", "--faces", "some"), "none, coarse, full"),
        (("--output", "x.html", "--faces", "other=full"), "none, coarse, full"),
        (("--output", "x.html", "--thumbnail-files", "-1"), "0 to 999"),
        (("--output", "x.html", "--threads", "0"), "at least one"),
    ):
        done = finished.command("acne04", "report", *words)
        assert done.returncode == 2, words
        assert said in done.stderr
    assert not (finished.path / "x.html").exists()


def test_open_shows_the_page_that_a_run_made(finished: Project, tmp_path: Path) -> None:
    shown = tmp_path / "shown"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {shown}\n')
    browser.chmod(0o755)
    project = Project(finished.path, {"BROWSER": f"{browser} %s"})
    done = project.command("acne04", "report", "--open")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == PAGE
    assert shown.read_text().strip() == (finished.path / PAGE).resolve().as_uri()
    assert project.command("acne04", "decide", "--open").returncode == 0
    assert shown.read_text().strip().endswith("/index.html#questions")
    elsewhere = Project(tmp_path, project.environment)
    assert elsewhere.command("acne04", "report", "--open").returncode == 2


# What it does in a browser.


def _address(page: Path) -> str:
    return page.resolve().as_uri()


def _open(
    browser: webdriver.Chrome, page: Path, *, width: int = 1200, scheme: str = "light"
) -> None:
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(_address(page))


def _quiet(browser: webdriver.Chrome) -> None:
    assert [entry for entry in browser.get_log("browser") if entry["level"] != "INFO"] == []


def _loaded(browser: webdriver.Chrome, around: WebElement) -> list[bool]:
    script = "return [...arguments[0].querySelectorAll('img')].map((i) => i.naturalWidth > 0)"
    return list(browser.execute_script(script, around))


def _told(browser: webdriver.Chrome, part: str) -> str:
    return browser.find_element(By.ID, f"{part}-told").text


def _wait(browser: webdriver.Chrome, condition: Any) -> Any:
    return WebDriverWait(browser, 20).until(lambda _: condition())


def _names(browser: webdriver.Chrome, part: str) -> list[str]:
    script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)"
    return list(browser.execute_script(script, f"#{part} .name"))


@pytest.fixture
def page(finished: Project, chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """A browser that shows the page of the finished project; its console stays empty."""
    _open(chromium, finished.path / PAGE)
    yield chromium
    _quiet(chromium)


def _field(browser: webdriver.Chrome, form: str, name: str) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, f"#{form}-filters [name={name}]")


@pytest.mark.browser
def test_it_searches_by_name_hash_and_person(page: webdriver.Chrome, finished: Project) -> None:
    (data,) = _parts(finished.path / PAGE)["data"]
    images = data["images"]
    person = next(person for person in images["person"] if person)
    for words, found in (
        (images["id"][3], [images["id"][3]]),
        (images["sha256"][5][:12], [i for i, s in zip(images["id"], images["sha256"], strict=True)
                                    if s == images["sha256"][5]]),
        (person, [i for i, p in zip(images["id"], images["person"], strict=True) if p == person]),
    ):  # fmt: skip
        field = _field(page, "gallery", "text")
        field.clear()
        field.send_keys(words)
        _wait(page, lambda found=found: set(found) <= set(_names(page, "gallery-list"))
              and len(_names(page, "gallery-list")) <= max(len(found), 12))  # fmt: skip
    field.clear()
    field.send_keys("no such thing")
    _wait(page, lambda: _told(page, "gallery").startswith("0 images"))


@pytest.mark.browser
def test_it_filters_by_grade_split_and_origin(page: webdriver.Chrome, finished: Project) -> None:
    import pandas as pd

    rows = pd.read_csv(finished.path / "data/splits/holdout.csv")
    wanted = rows[(rows["split"] == "test") & (rows["grade"] == 1)]
    _field(page, "gallery", "grade").send_keys("1 moderate")
    _field(page, "gallery", "part").send_keys("holdout: test")
    _wait(page, lambda: _told(page, "gallery").startswith(f"{len(wanted)} image"))
    assert set(_names(page, "gallery-list")) == set(wanted["image_id"])
    _field(page, "gallery", "origin").send_keys("synthetic")
    _wait(page, lambda: _told(page, "gallery").startswith("0 images"))


@pytest.mark.browser
def test_findings_are_filtered_and_open_their_images(
    page: webdriver.Chrome, finished: Project
) -> None:
    document = json.loads(finished.read("data/groups/findings.json"))
    check = "identical-bytes"
    number = document["counts"][check]
    page.find_element(By.CSS_SELECTOR, f'[data-check="{check}"][data-stage="dedupe"]').click()
    _wait(page, lambda: _told(page, "findings").startswith(f"{number} finding"))
    headings = page.find_elements(By.CSS_SELECTOR, "#finding-list h4")
    assert all(heading.text.startswith(check) for heading in headings)
    picture = page.find_element(By.CSS_SELECTOR, "#finding-list .picture")
    name = picture.text
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", picture)
    picture.click()
    _wait(page, lambda: page.find_element(By.ID, "image-title").text == name)
    assert check in page.find_element(By.ID, "image-body").text


@pytest.mark.browser
def test_pairs_are_shown_with_their_difference(page: webdriver.Chrome, finished: Project) -> None:
    (data,) = _parts(finished.path / PAGE)["data"]
    kinds = {pair["kind"] for pair in data["pairs"]}
    assert {"near", "exact", "parent"} <= kinds
    for kind in sorted(kinds):
        of = [pair for pair in data["pairs"] if pair["kind"] == kind]
        page.execute_script(
            "document.querySelector(arguments[0]).click()", f'#pairs [value="{kind}"]'
        )
        _wait(page, lambda of=of: _told(page, "pairs").startswith(f"{len(of)} pair"))
        first = page.find_element(By.CSS_SELECTOR, "#pair-list li")
        page.execute_script("arguments[0].scrollIntoView()", first)
        _wait(page, lambda first=first: _loaded(page, first) == [True] * 4)
        if of[0]["score"] is not None:
            assert f"score {of[0]['score']:.2f}" in first.text
            assert f"threshold {of[0]['threshold']:.2f}" in first.text


@pytest.mark.browser
def test_the_difference_of_a_turned_copy_is_small(
    page: webdriver.Chrome, finished: Project
) -> None:
    """A turned or mirrored copy is laid on its original: a copy's difference is nearly white."""
    (data,) = _parts(finished.path / PAGE)["data"]
    turned = [p for p in data["pairs"] if p["form"] not in ("", "same") and p["kind"] == "near"]
    if not turned:
        pytest.skip("the small stand-in has no turned copy")
    page.execute_script("document.querySelector('#pairs [value=near]').click()")
    _wait(
        page,
        lambda: _told(page, "pairs").startswith(
            f"{sum(p['kind'] == 'near' for p in data['pairs'])} "
        ),
    )
    near = [p for p in data["pairs"] if p["kind"] == "near"]
    page.execute_script("document.getElementById('more-pairs').click()")
    for pair in turned:
        item = page.find_elements(By.CSS_SELECTOR, "#pair-list > li")[near.index(pair)]
        page.execute_script("arguments[0].scrollIntoView({block: 'center'})", item)
        box = item.find_element(By.CSS_SELECTOR, ".difference")
        _wait(page, lambda box=box: _loaded(page, box) == [True] * 2)
        shot = Image.open(io.BytesIO(box.screenshot_as_png)).convert("L")
        assert sum(shot.get_flattened_data()) / (shot.width * shot.height) > 200, pair


@pytest.mark.browser
def test_marks_are_drawn_over_the_upright_picture(
    page: webdriver.Chrome, finished: Project
) -> None:
    (data,) = _parts(finished.path / PAGE)["data"]
    images = data["images"]
    chosen = next(
        i for i, circles in enumerate(images["circles"]) if circles and images["boxes"][i]
    )
    page.execute_script("location.hash = 'image=' + arguments[0]", images["id"][chosen])
    _wait(page, lambda: page.find_element(By.ID, "image-title").text == images["id"][chosen])
    large = page.find_element(By.CSS_SELECTOR, "#image-body .large")
    _wait(page, lambda: large.find_elements(By.CSS_SELECTOR, "svg.marks"))
    view = large.find_element(By.CSS_SELECTOR, "svg.marks").get_dom_attribute("viewBox")
    assert view == f"0 0 {images['width'][chosen]} {images['height'][chosen]}"
    for kind in ("circles", "boxes"):
        mark = large.find_element(By.CSS_SELECTOR, f"path.{kind}")
        assert not mark.is_displayed()
        page.find_element(By.CSS_SELECTOR, f"#image-body input[name={kind}]").click()
        assert mark.is_displayed()
        assert _field(page, "gallery", kind).is_selected()
    subpaths = large.find_element(By.CSS_SELECTOR, "path.circles").get_attribute("d").count("M")
    assert subpaths == len(images["circles"][chosen]) / 4


@pytest.mark.browser
def test_every_link_leads_somewhere(page: webdriver.Chrome, finished: Project) -> None:
    links = [link.get_attribute("href") for link in page.find_elements(By.TAG_NAME, "a")]
    assert len(links) > 10
    own = _address(finished.path / PAGE)
    for link in links:
        if link.startswith("https://"):
            continue
        place, _, target = link.partition("#")
        assert place == own
        assert page.find_elements(By.ID, target), link


@pytest.mark.browser
def test_the_keyboard_is_enough(page: webdriver.Chrome) -> None:
    active = page.switch_to.active_element
    active.send_keys(Keys.TAB)
    assert page.switch_to.active_element.text == "Skip to the content"
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.switch_to.active_element.get_attribute("id") == "main"
    picture = page.find_element(By.CSS_SELECTOR, "#gallery-list .picture")
    page.execute_script("arguments[0].focus()", picture)
    name = picture.find_element(By.CSS_SELECTOR, ".name").text
    picture.send_keys(Keys.ENTER)
    title = page.find_element(By.ID, "image-title")
    _wait(page, lambda: title.text == name)
    inside = "return document.getElementById('image').contains(document.activeElement)"
    assert page.execute_script(inside)
    page.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    _wait(page, lambda: title.text not in ("", name))
    page.switch_to.active_element.send_keys(Keys.ARROW_LEFT)
    _wait(page, lambda: title.text == name)
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    _wait(page, lambda: not page.find_element(By.ID, "image").is_displayed())
    assert page.switch_to.active_element == picture, "the focus comes back"
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert page.execute_script(outline) == "solid"


@pytest.mark.browser
def test_commands_are_copied(page: webdriver.Chrome) -> None:
    page.execute_script(
        "window.copied = []; Object.defineProperty(navigator, 'clipboard', {value: "
        "{writeText: async (text) => { window.copied.push(text); }}})"
    )
    button = page.find_element(By.CSS_SELECTOR, "#questions .copy")
    page.execute_script("arguments[0].click()", button)
    _wait(page, lambda: button.text == "Copied")
    command = page.execute_script("return window.copied")[0]
    assert command.startswith("acne04 decide ")
    assert page.find_element(By.ID, "copied").get_attribute("textContent") == f"copied: {command}"


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_overflows(finished: Project, chromium: webdriver.Chrome, width: int) -> None:
    _open(chromium, finished.path / PAGE, width=width)
    chromium.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    size = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    assert chromium.execute_script(size) == [width, width]
    (data,) = _parts(finished.path / PAGE)["data"]
    chromium.execute_script("location.hash = 'image=' + arguments[0]", data["images"]["id"][0])
    dialog = chromium.find_element(By.ID, "image")
    _wait(chromium, dialog.is_displayed)
    inner = "return [arguments[0].scrollWidth - arguments[0].clientWidth, arguments[0].clientWidth]"
    over, wide = chromium.execute_script(inner, dialog)
    assert over == 0
    assert wide <= width
    _quiet(chromium)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    finished: Project, chromium: webdriver.Chrome, node_modules: Path, scheme: str
) -> None:
    _open(chromium, finished.path / PAGE, scheme=scheme)
    axe = (node_modules / "axe-core/axe.min.js").read_text(encoding="utf-8")
    chromium.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    # By the browser's own way in: the policy of the page lets no other script run.
    chromium.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
    (data,) = _parts(finished.path / PAGE)["data"]
    run = "const done = arguments[arguments.length - 1]; axe.run(document).then(done)"
    for name in (None, data["images"]["id"][0]):
        if name:
            chromium.execute_script("location.hash = 'image=' + arguments[0]", name)
            _wait(chromium, chromium.find_element(By.ID, "image").is_displayed)
        chromium.set_script_timeout(120)
        result = chromium.execute_async_script(run)
        assert result["passes"], "it has run"
        grave = [
            (violation["id"], [node["html"][:200] for node in violation["nodes"]][:3])
            for violation in result["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
        assert grave == []


@pytest.mark.browser
def test_the_pictures_of_the_docs_are_taken_of_this_page(
    finished: Project, chromium: webdriver.Chrome, tmp_path: Path
) -> None:
    script = str(ROOT / "docs/pictures.py")
    page = str(finished.path / PAGE)
    done = finished.command(sys.executable, script, "--page", page, "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    committed = {path.name: path for path in (ROOT / "docs/screens").glob("page-*.png")}
    made = {path.name: path for path in tmp_path.glob("*.png")}
    assert made.keys() == committed.keys()
    for name, path in made.items():
        with Image.open(path) as one, Image.open(committed[name]) as other:
            assert one.size == other.size
            assert len(one.convert("RGB").getcolors(1 << 24)) > 40, "there is something to see"
        assert committed[name].stat().st_size < 300_000
    text = "".join(file.read_text() for file in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert set(re.findall(r"page-\w+\.png", text)) <= committed.keys()


@pytest.mark.browser
def test_names_and_texts_of_strangers_stay_texts(
    altered: Project, chromium: webdriver.Chrome, tmp_path: Path
) -> None:
    place = tmp_path / "hostile"
    shutil.copytree(altered.path, place)
    inventory = (place / "data/inventory/images.csv").read_text().splitlines()
    name = next(row.split(",")[2] for row in inventory if "JPEGImages" in row)
    for file in [*place.glob("data/*/*.csv"), *place.glob("data/*/*.json")]:
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(rf"(?<![\w-]){re.escape(name)}", lambda _: HOSTILE, text))
    folder = place / "data/raw/classification/Classification/JPEGImages"
    (folder / name).rename(folder / HOSTILE)
    findings = place / "data/groups/findings.json"
    document = json.loads(findings.read_text())
    document["findings"][0]["found"] = HOSTILE_TEXT
    document["findings"][0]["remedy"] = 'say `x" onfocus="document.title=1` or <b>'
    findings.write_text(json.dumps(document, indent=2))
    page = _made(Project(place), tmp_path)
    _open(chromium, page)
    title = chromium.title
    _field(chromium, "finding", "text").send_keys("owned")
    _wait(chromium, lambda: _told(chromium, "findings").split()[0] in ("1", "2", "3", "4"))
    assert HOSTILE_TEXT in chromium.find_element(By.TAG_NAME, "body").get_attribute("textContent")
    assert HOSTILE in _names(chromium, "gallery-list")
    chromium.execute_script("location.hash = 'image=' + encodeURIComponent(arguments[0])", HOSTILE)
    _wait(chromium, lambda: chromium.find_element(By.ID, "image-title").text == HOSTILE)
    assert chromium.title == title != "owned"
    assert not chromium.find_elements(By.CSS_SELECTOR, "img[onerror], [onfocus], [onmouseover]")
    _quiet(chromium)


@pytest.mark.browser
def test_thumbnails_beside_the_page_are_loaded_as_one_scrolls(
    finished: Project, chromium: webdriver.Chrome, tmp_path: Path
) -> None:
    page = _made(finished, tmp_path, "--thumbnail-files", "4")
    files = sorted(path.name for path in (tmp_path / "thumbnails").iterdir())
    assert files == ["000.js", "001.js", "002.js", "003.js"]
    assert "/9j/" not in page.read_text()
    _open(chromium, page)
    loaded = "return document.querySelectorAll('script[src]').length"
    shown = "return [...document.querySelectorAll('#gallery-list img')].some((i) => i.naturalWidth)"
    assert not chromium.execute_script(shown)
    chromium.execute_script("document.getElementById('gallery').scrollIntoView()")
    _wait(chromium, lambda: chromium.execute_script(shown))
    assert 1 <= chromium.execute_script(loaded) <= 4
    _quiet(chromium)
