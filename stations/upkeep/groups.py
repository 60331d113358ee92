"""Reports of one thing at one station, put together: how many people, since when, and whether it is still told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stations.upkeep.facts import Caution
from stations.upkeep.kinds import Kind

TOGETHER = timedelta(hours=24)
"""Reports that were found so within this of each other can make a caution."""

FAR = datetime.max.replace(tzinfo=UTC)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Group:
    """The reports of one kind, and amenity, about one record of a station, that make a caution together.

    Attributes
    ----------
    people
        The most of them, independent of each other, within a day.
    first, last
        When the first and the last of them found it so; aware.
    """

    kind: str
    amenity: str
    revision: int
    people: int
    first: datetime
    last: datetime

    @property
    def caution(self) -> Caution:
        """What people are told."""
        return Caution(self.kind, self.amenity, self.people, self.last)

    def told_until(self, kinds: Mapping[str, Kind]) -> datetime:
        """Until when people are told; aware. The far future where that is until someone says otherwise."""
        kind = kinds.get(self.kind)
        if kind is None:  # which was taken out of the file of kinds
            return self.first
        return FAR if kind.lasts == timedelta.max else self.last + kind.lasts


def as_text(moment: datetime) -> str:
    """A moment as it is kept: UTC, and only to the minute, so that it fits no line of a log on its own."""
    return moment.astimezone(UTC).isoformat(timespec="minutes")


def as_moment(text: str) -> datetime:
    """What `as_text` wrote."""
    return datetime.fromisoformat(text)


def grouped(rows: Iterable[tuple[str, str, str, int, int, str]]) -> dict[str, tuple[Group, ...]]:
    """Put reports together, by station.

    Parameters
    ----------
    rows
        Of those that make cautions: code, kind, amenity, revision, person, and when it was found, as it is kept.
    """
    apart: dict[tuple[str, str, str, int], list[tuple[datetime, int]]] = defaultdict(list)
    for code, kind, amenity, revision, person, found in rows:
        apart[code, kind, amenity, revision].append((as_moment(found), person))
    groups: dict[str, list[Group]] = defaultdict(list)
    for (code, kind, amenity, revision), reports in apart.items():
        reports.sort()
        groups[code].append(
            Group(kind, amenity, revision, _most_people(reports), first=reports[0][0], last=reports[-1][0])
        )
    return {code: tuple(made) for code, made in groups.items()}


def _most_people(reports: Sequence[tuple[datetime, int]]) -> int:
    """The most different people within a day."""
    most, begin = 0, 0
    within: Counter[int] = Counter()
    for found, person in reports:
        within[person] += 1
        while found - reports[begin][0] > TOGETHER:
            within[reports[begin][1]] -= 1
            begin += 1
        most = max(most, sum(1 for times in within.values() if times))
    return most
