"""Saved arrays, opened by several threads at once."""

import gc
import sys
import threading
import time

import numpy as np
import pytest

from geodata.arrays import open_array

THREADS, TIMES = 4, 400


class Switching:
    """Gives way to another thread in the middle of whatever collects it."""

    itself: object = None

    def __del__(self) -> None:
        time.sleep(0)


@pytest.fixture
def restless():
    """Collect garbage, and so change threads, in the middle of nearly everything."""
    before, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(5)
    sys.setswitchinterval(1e-5)
    yield
    gc.set_threshold(*before)
    sys.setswitchinterval(interval)


def test_threads_that_open_arrays_at_once_all_get_them(tmp_path, restless) -> None:
    np.save(tmp_path / "a.npy", np.arange(12).reshape(2, 6))
    faults: list[BaseException] = []

    def open_again_and_again() -> None:
        for _ in range(TIMES):
            one = Switching()
            one.itself = one
            del one
            try:
                assert open_array(tmp_path / "a.npy")[1, 0] == 6
            except BaseException as fault:  # noqa: BLE001  a thread's fault would be lost
                faults.append(fault)

    threads = [threading.Thread(target=open_again_and_again) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_an_array_with_nothing_in_it_is_read(tmp_path) -> None:
    np.save(tmp_path / "none.npy", np.zeros((0, 3)))
    assert open_array(tmp_path / "none.npy", mapped=False).shape == (0, 3)
