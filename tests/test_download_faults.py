"""Every fault of `docs/downloads.md` is done to a download; without its guard its test fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import downloads_page
import pytest
from download_faults import FAULTS, DownloadFault, World
from faulty_server import FaultyServer, faulty_server
from upstreams import Checkout

pytestmark = pytest.mark.server


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as serving:
        yield serving


@pytest.fixture
def world(
    tmp_path: Path,
    server: FaultyServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> World:
    # What the machine around has: a proxy, logins.
    for variable in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return World(Checkout.enter(tmp_path, monkeypatch, capsys), server, monkeypatch)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_ends_as_the_page_says(world: World, fault: DownloadFault) -> None:
    fault.check(world)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_without_its_guard_it_does_not(world: World, fault: DownloadFault) -> None:
    for place, off in fault.guards.items():
        world.patch.setattr(place, off, raising=not isinstance(off, property))
    try:
        fault.check(world)
    except AssertionError:
        return
    pytest.fail("it ends just as well: the guard guards nothing, or the test sees nothing")


def test_the_page_has_every_fault() -> None:
    assert len(FAULTS) >= 30
    assert downloads_page.PAGE.read_text(encoding="utf-8") == downloads_page.text()
