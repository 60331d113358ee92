"""What an inspection makes of a station's record, and how the station stands to the standards then."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from stations.facts import AmenityState, Service
from stations.rounds.checklists import Item
from stations.rounds.facts import Answer, Answers, Judged, State
from stations.standards import Rating, Standard, rate
from stations.station import Station
from stations.taxonomy import Taxonomy, folded

HAS = {State.YES: AmenityState.YES, State.NO: AmenityState.NO, State.NEARBY: AmenityState.NEARBY}


def as_found(station: Station, items: Mapping[str, Item], answers: Answers, day: date, taxonomy: Taxonomy) -> Station:
    """The record as somebody found the station on a day; what nobody looked at stays as it is.

    What is not applicable says nothing. Days of checking only move on. That somebody made sure of what it has, is said
    where all amenities of the checklist were answered.
    """
    changed: dict[str, Any] = {}
    amenities, extra = dict(station.amenities), dict(station.extra)
    services = list(station.services)
    for key, item in items.items():
        answer = answers.get(key, Answer())
        if answer.state in HAS and answer.state is not None:
            if item.amenity:
                amenities[item.amenity] = HAS[answer.state]
            elif item.kept:
                extra[_column(extra, item.kept)] = _yes_or_no(taxonomy, there=answer.state is State.YES)
            elif item.service:
                services = _with_service(services, item.service, there=answer.state is State.YES)
            elif item.checks and answer.state is State.YES:
                _check(changed, station, item.checks, day)
        if item.number and answer.number is not None:
            changed[item.number] = int(answer.number) if item.number == "seats" else answer.number
    asked = [key for key, item in items.items() if item.amenity]
    if asked and all(answers.get(key, Answer()).state is not None for key in asked):
        _check(changed, station, "amenities", day)
    if amenities != station.amenities:
        changed["amenities"] = MappingProxyType(amenities)
    if extra != station.extra:
        changed["extra"] = MappingProxyType(extra)
    if tuple(services) != station.services:
        changed["services"] = tuple(services)
    return dataclasses.replace(station, **changed)


def ratings(station: Station, standards: Iterable[Standard], taxonomy: Taxonomy) -> dict[str, Rating]:
    """How a station stands to some standards, by their keys."""
    return {one.key: rate(station, one, taxonomy) for one in standards}


def judged(rating: Rating) -> Judged:
    """A rating in a few words, to be kept."""
    one, level = rating.standard, rating.level if rating.standard.graded else None
    return Judged(one.zh, one.en, rating.verdict.value, level.zh if level else "", level.en if level else "")


def _check(changed: dict[str, Any], station: Station, aspect: str, day: date) -> None:
    name = f"{aspect}_checked"
    before: date | None = getattr(station, name)
    changed[name] = day if before is None else max(before, day)


def _column(extra: Mapping[str, str], head: str) -> str:
    """The column that a list has brought for it, or a new one."""
    wanted = {folded(before + head) for before in ("", "有", "是否有")}
    return next((name for name in extra if folded(name) in wanted), head)


def _yes_or_no(taxonomy: Taxonomy, *, there: bool) -> str:
    return taxonomy.states[AmenityState.YES if there else AmenityState.NO].zh


def _with_service(services: list[Service], key: str, *, there: bool) -> list[Service]:
    known = any(one.key == key for one in services)
    if there:
        return services if known else [*services, Service(key=key)]
    return [one for one in services if one.key != key]
