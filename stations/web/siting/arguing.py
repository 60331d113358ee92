"""Arguing with a plan: the same question with a candidate wanted or ruled out, a point more, another cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stations.web.siting.view import Question

Asked = Mapping[str, Sequence[str]]

POINT = "point-"
DECIMALS = 4
"""Of positions in addresses: some ten metres."""


def wanting(question: Asked, key: str) -> Question:
    """The question with a candidate wanted for certain."""
    return _with(_without(question, "forbid", key), "force", key)


def refusing(question: Asked, key: str) -> Question:
    """The question with a candidate ruled out."""
    return _with(_without(question, "force", key), "forbid", key)


def taking_back(question: Asked, key: str) -> Question:
    """The question with a candidate neither wanted nor ruled out."""
    return _without(_without(question, "force", key), "forbid", key)


def with_point(question: Asked, lon: float, lat: float, name: str = "", hours: str = "") -> Question:
    """The question with one more point put on the map."""
    text = f"{lon:.{DECIMALS}f},{lat:.{DECIMALS}f}"
    if name or hours:
        text += f",{name.replace(';', ' ').strip()}"
    return _with(question, "point", f"{text};{hours}" if hours else text)


def without_point(question: Asked, number: int) -> Question:
    """The question without a point, counted from 1: those behind it move up, and what was said of them with them."""
    points = list(question.get("point", ()))
    if not 1 <= number <= len(points):
        return _copied(question)
    del points[number - 1]
    changed = _copied(question) | {"point": points}
    for name in ("force", "forbid"):
        kept = (_moved_up(key, number) for key in changed.get(name, []))
        changed[name] = [key for key in kept if key]
    costs = (one.rpartition(":") for one in changed.get("cost", []))
    changed["cost"] = [f"{key}:{cost}" for before, _, cost in costs if (key := _moved_up(before, number))]
    return _plain(changed)


def with_cost(question: Asked, key: str, cost: str) -> Question:
    """The question with another cost of a candidate or a kind; an empty one takes it back."""
    changed = _copied(question)
    costs = [one for one in changed.get("cost", []) if one.rpartition(":")[0] != key]
    changed["cost"] = [*costs, f"{key}:{cost}"] if cost else costs
    return _plain(changed)


def _moved_up(key: str, gone: int) -> str:
    """What a point is called once another is gone; empty of that other."""
    number = key.removeprefix(POINT)
    if number == key or not number.isdigit() or int(number) < gone:
        return key
    return "" if int(number) == gone else f"{POINT}{int(number) - 1}"


def _with(question: Asked, name: str, value: str) -> Question:
    changed = _copied(question)
    changed[name] = [*(one for one in changed.get(name, []) if one != value or name == "point"), value]
    return changed


def _without(question: Asked, name: str, value: str) -> Question:
    changed = _copied(question)
    changed[name] = [one for one in changed.get(name, []) if one != value]
    return _plain(changed)


def _copied(question: Asked) -> Question:
    return {name: list(values) for name, values in question.items()}


def _plain(question: Question) -> Question:
    return {name: values for name, values in question.items() if values}
