"""What DVC shows of the figures: in a line of a terminal, and as plots."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import vl_convert
from project import Project

pytestmark = pytest.mark.workflow


def test_the_metrics_fit_into_a_terminal(finished: Project) -> None:
    shown = finished.dvc("metrics", "show")
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.rstrip().splitlines()
    assert len(lines) == 2
    assert max(map(len, lines)) <= 120
    named = dict(zip(lines[0].split(), lines[1].split(), strict=True))
    rows = pd.read_csv(finished.path / "data/splits/holdout.csv")
    parts = Counter(rows["split"].dropna())
    assert {name: int(named[name]) for name in ("train", "val", "test")} == parts
    leaks = pd.read_csv(finished.path / "data/splits/published_leaks.csv")
    of_all = leaks[(leaks["kind"] == "any") & (leaks["grade"] == "all")]
    percent = 100 * of_all["images"].sum() / of_all["of"].sum()
    assert float(named["published_leaks"]) == pytest.approx(percent, abs=0.05)
    assert named["leaking_pairs"] == "0"
    assert named["dataset"] == "standin"


def _specifications(page: Path) -> Iterator[dict[str, Any]]:
    for match in re.finditer(r"var spec = (\{.*?\});\n", page.read_text(), re.DOTALL):
        yield json.loads(match[1])


def test_the_plots_show_every_row_of_their_tables(finished: Project, tmp_path: Path) -> None:
    done = finished.dvc("plots", "show", "--out", str(tmp_path / "plots"))
    assert done.returncode == 0, done.stderr
    plots = {spec["title"]["text"]: spec for spec in _specifications(tmp_path / "plots/index.html")}
    assert len(plots) == 5
    for title, table, column in (
        ("holdout: images of each part by grade", "splits/holdout", "split"),
        ("kfold: images of each fold by grade", "splits/kfold", "fold"),
        ("paper: images of each origin by grade", "splits/paper", "origin"),
    ):
        rows = pd.read_csv(finished.path / f"data/{table}.csv", dtype=str, keep_default_na=False)
        shown = plots[title]["data"]["values"]
        expected = Counter(zip(rows[column], rows["grade"], strict=True))
        assert Counter((str(row[column]), str(row["grade"])) for row in shown) == expected
    for spec in plots.values():
        picture = vl_convert.vegalite_to_svg(json.dumps(spec))
        assert "dataset standin" in picture
        # Bars, and no message in their place.
        assert picture.count('aria-roledescription="bar"') > 1
