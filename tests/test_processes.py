"""The pool of processes: in order, with clear errors, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from acne04.core.errors import SplitError, UnavailableError
from acne04.core.processes import ProcessPool

ROOT = Path(__file__).parents[1]
LOST = UnavailableError("here", "a process has ended early", remedy="use fewer")


def product(factor: int, number: int) -> int:
    time.sleep(0.002 if number % 7 == 0 else 0)
    return factor * number


def fail(factor: int, number: int) -> int:
    raise SplitError("here", "it does not go", expected="more", found=str(number), remedy="-")


def die(factor: int, number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return factor


def use_up_memory(factor: int, number: int) -> int:
    raise MemoryError


def wait_for(folder: Path, number: int) -> int:
    """Leave word of who is at work; only the first call ends soon."""
    (folder / f"{os.getpid()}.at-work").touch()
    time.sleep(0 if number == 0 else 1)
    return os.getpid()


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_results_are_in_order(processes: int) -> None:
    with ProcessPool(3, processes, LOST) as pool:
        assert list(pool.each(product, range(100))) == [3 * number for number in range(100)]
        assert list(pool.each(product, [])) == []
        assert list(pool.each(product, [5])) == [15]


@pytest.mark.parametrize("processes", [1, 2])
def test_errors_of_a_call_arrive_whole(processes: int) -> None:
    with ProcessPool(1, processes, LOST) as pool:
        with pytest.raises(SplitError) as raised:
            list(pool.each(fail, [3]))
        assert (raised.value.expected, raised.value.found) == ("more", "3")
        assert str(raised.value) == str(
            SplitError("here", "it does not go", expected="more", found="3", remedy="-")
        )
        assert list(pool.each(product, [5])) == [5], "the pool goes on"


@pytest.mark.parametrize("call", [die, use_up_memory])
def test_a_process_that_is_killed_is_an_error_that_says_so(call) -> None:
    with ProcessPool(1, 2, LOST) as pool, pytest.raises(UnavailableError) as raised:
        list(pool.each(call, range(20)))
    assert raised.value is LOST


def test_no_more_is_handed_out_than_is_taken() -> None:
    asked = []

    def numbers() -> Iterator[int]:
        for number in range(1000):
            asked.append(number)
            yield number

    with ProcessPool(1, 2, LOST) as pool:
        results = pool.each(product, numbers())
        assert [next(results) for _ in range(10)] == list(range(10))
        assert len(asked) < 30


_SCRIPT = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, "tests")
{before}
from test_processes import LOST, wait_for
from acne04.core.processes import ProcessPool

if __name__ == "__main__":
    pool = ProcessPool(Path({folder!r}), 2, LOST)
    try:
        with pool:
            for _ in pool.each(wait_for, range(8)):
                print("one", flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        sys.exit(130)
"""


def _started(tmp_path: Path, before: str = "") -> subprocess.Popen[str]:
    file = tmp_path / "script.py"
    file.write_text(_SCRIPT.format(folder=str(tmp_path), before=before))
    return subprocess.Popen(
        [sys.executable, str(file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _at_work(tmp_path: Path, number: int) -> list[str]:
    while len(found := sorted(tmp_path.glob("*.at-work"))) < number:
        time.sleep(0.01)
    return [file.stem for file in found]


def _assert_ended(pids: list[str]) -> None:
    """The pipes are closed, so nobody holds them any more; a zombie may be left."""
    for pid in pids:
        status = Path("/proc", pid, "status")
        assert not status.exists() or "State:\tZ" in status.read_text()


def test_processes_end_with_the_one_that_asks(tmp_path: Path) -> None:
    script = _started(tmp_path)
    pids = _at_work(tmp_path, 2)
    script.kill()
    script.communicate()
    assert len(pids) == 2
    _assert_ended(pids)


def test_an_interrupt_at_work_is_quiet(tmp_path: Path) -> None:
    script = _started(tmp_path)
    pids = _at_work(tmp_path, 2)
    os.killpg(script.pid, signal.SIGINT)
    out, errors = script.communicate()
    assert (script.returncode, errors) == (130, "")
    assert out.endswith("interrupted\n")
    _assert_ended(pids)


def test_an_interrupt_while_processes_start_is_quiet(tmp_path: Path) -> None:
    slow = (
        "if __name__ != '__main__':\n"
        f"    Path({str(tmp_path)!r}, f'{{os.getpid()}}.at-work').touch()\n"
        "    import time; time.sleep(1)\n"
    )
    script = _started(tmp_path, slow)
    pids = _at_work(tmp_path, 1)
    os.killpg(script.pid, signal.SIGINT)
    out, errors = script.communicate()
    assert (script.returncode, errors, out) == (130, "", "interrupted\n")
    _assert_ended(pids)
