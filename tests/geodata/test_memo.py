"""Remembering: once made, kept while used, forgotten oldest first, one maker at a time."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.memo import Memo


def test_a_result_is_made_once() -> None:
    memo, made = Memo(), []

    def make() -> str:
        made.append(1)
        return "result"

    assert [memo.get("key", make) for _ in range(3)] == ["result"] * 3
    assert len(made) == 1


def test_nothing_is_a_result_too() -> None:
    memo, made = Memo(), []
    for _ in range(2):
        assert memo.get("key", lambda: made.append(1)) is None
    assert len(made) == 1


def test_what_was_not_used_longest_is_forgotten_first() -> None:
    memo = Memo(2)
    memo.get("a", lambda: 1)
    memo.get("b", lambda: 1)
    memo.get("a", lambda: 2)
    memo.get("c", lambda: 1)
    assert memo.get("a", lambda: 3) == 1
    assert memo.get("b", lambda: 3) == 3


def test_a_result_that_cannot_be_made_is_not_remembered() -> None:
    memo = Memo()
    with pytest.raises(ZeroDivisionError):
        memo.get("key", lambda: 1 / 0)
    assert memo.get("key", lambda: 2) == 2


def test_making_one_result_may_ask_for_another() -> None:
    memo = Memo()
    assert memo.get("outer", lambda: memo.get("inner", lambda: 20) + 1) == 21


def test_threads_that_ask_together_wait_for_one_of_them() -> None:
    memo, made, together = Memo(), [], threading.Barrier(8)

    def slowly() -> int:
        made.append(1)
        threading.Event().wait(0.05)
        return 7

    answers = []

    def ask() -> None:
        together.wait()
        answers.append(memo.get("key", slowly))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers, len(made)) == ([7] * 8, 1)


def test_what_is_ready_is_given_while_another_is_made() -> None:
    """A finder does not wait for a planner's new question."""
    memo, begun, finish = Memo(), threading.Event(), threading.Event()
    memo.get("ready", lambda: 1)

    def slow() -> int:
        begun.set()
        finish.wait(60)
        return 2

    thread = threading.Thread(target=lambda: memo.get("slow", slow))
    thread.start()
    assert begun.wait(60)
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(memo.get("ready", lambda: 3)))
    asking.start()
    asking.join(30)
    finish.set()
    thread.join()
    assert answers == [1]


@given(st.lists(st.integers(0, 5), max_size=40), st.integers(1, 4))
def test_whatever_is_asked_the_answer_is_the_key_s_own(keys, size) -> None:
    memo = Memo(size)
    for key in keys:
        assert memo.get(key, partial(pow, key, 2)) == key**2
