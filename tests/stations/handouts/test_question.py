"""A question is saved, and asked again."""

import json
from datetime import date

import pytest

from stations.handouts.question import SavedQuestion, SavedQuestionError, read_question

TODAY = date(2026, 11, 22)
QUESTION = SavedQuestion({"minutes": ["10"], "add": ["1,2", "3,4"], "mode": ["ebike"]}, 12, "ab" * 32, date(2026, 3, 2))


def test_it_comes_back_as_it_was() -> None:
    assert read_question(QUESTION.to_json(), TODAY) == QUESTION


def test_it_can_be_read_by_people() -> None:
    record = json.loads(QUESTION.to_json())
    assert record["query"] == {"add": ["1,2", "3,4"], "minutes": "10", "mode": "ebike"}
    assert (record["format"], record["revision"], record["day"]) == (1, 12, "2026-03-02")


def test_written_by_hand_it_may_leave_out_what_is_usual() -> None:
    read = read_question(b'{"format": 1, "query": {"minutes": 10}}', TODAY)
    assert read == SavedQuestion({"minutes": ["10"]}, 0, "", TODAY)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[]", "no question"),
        (b'{"format": 1}', "no question"),
        (b'{"format": 2, "query": {}}', "format 2"),
        (b'{"format": 1, "query": []}', "no question"),
        (b'{"format": 1, "query": {"minutes": {"a": 1}}}', "minutes"),
        (b'{"format": 1, "query": {"minutes": true}}', "minutes"),
        (b'{"format": 1, "query": {}, "revision": "x"}', "damaged"),
        (b'{"format": 1, "query": {}, "day": "yesterday"}', "yesterday"),
        (b'{"format": 1, "query": {"x": "' + b"y" * 70_000 + b'"}}', "too large"),
    ],
)
def test_what_is_no_question_is_said_to_be_none(content, said) -> None:
    with pytest.raises(SavedQuestionError, match=said):
        read_question(content, TODAY)
