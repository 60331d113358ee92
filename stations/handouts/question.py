"""A saved question: what a page was asked, of which registry and which ground, so that it can be asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from stations.errors import StationsError

FORMAT = 1
LARGEST = 64_000
"""Bytes; the address that a page can have is far shorter."""

Parameters = Mapping[str, Sequence[str]]
"""The parameters of an address, each with all its values."""


class SavedQuestionError(StationsError, ValueError):
    """A file that holds no question."""


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A question as a page saves it.

    Attributes
    ----------
    query
        The parameters of the page's address.
    revision, digest
        Of the registry and the atlas that the page showed.
    day
        The day on which it was saved. The clock is of its week, unless the question names a moment.
    """

    query: Parameters
    revision: int
    digest: str
    day: date

    def to_json(self) -> bytes:
        """Write it as a file; a parameter with one value as a text, one with several as a list."""
        query = {name: list(values) if len(values) != 1 else values[0] for name, values in sorted(self.query.items())}
        record = {
            "format": FORMAT,
            "query": query,
            "revision": self.revision,
            "digest": self.digest,
            "day": self.day.isoformat(),
        }
        return orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_question(content: bytes, today: date) -> SavedQuestion:
    """Read the file of a saved question.

    Parameters
    ----------
    today
        Its day where the file has none.

    Raises
    ------
    SavedQuestionError
        Not such a file, or of a later format.
    """
    if len(content) > LARGEST:
        raise SavedQuestionError("The file is too large to be a question. Give one that the coverage page saved.")
    try:
        record: Any = orjson.loads(content)
    except orjson.JSONDecodeError as fault:
        raise SavedQuestionError(
            "The file is no JSON ({fault}). Give a question that the coverage page saved.", fault=str(fault)[:120]
        ) from None
    if not isinstance(record, dict) or "query" not in record:
        raise SavedQuestionError("The file holds no question. Give one that the coverage page saved.")
    if record.get("format") != FORMAT:
        raise SavedQuestionError(
            "The question is of format {format}, and this version reads format {known}.",
            format=str(record.get("format"))[:20],
            known=FORMAT,
        )
    query = _query(record["query"])
    revision, digest = record.get("revision", 0), record.get("digest", "")
    if not isinstance(revision, int) or isinstance(revision, bool) or not isinstance(digest, str):
        raise SavedQuestionError("The question's revision or digest is damaged. Save it again on the coverage page.")
    return SavedQuestion(query, revision, digest[:64], _day(record.get("day"), today))


def _query(record: Any) -> Parameters:
    if not isinstance(record, dict):
        raise SavedQuestionError("The file holds no question. Give one that the coverage page saved.")
    query: dict[str, list[str]] = {}
    for name, values in record.items():
        listed = values if isinstance(values, list) else [values]
        if not all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in listed):
            raise SavedQuestionError(
                "The question's “{name}” is neither a text nor a list of texts. Save it again on the coverage page.",
                name=name[:80],
            )
        query[name] = [str(value) for value in listed]
    return query


def _day(text: object, today: date) -> date:
    if text is None:
        return today
    try:
        return date.fromisoformat(str(text)[:40])
    except ValueError:
        raise SavedQuestionError(
            "The question's day “{day}” is no date. Write it like 2026-03-01.", day=str(text)[:40]
        ) from None
