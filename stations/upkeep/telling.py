"""What people are told of what others found, and from when to when that stays so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from stations.registry.snapshot import Snapshot
from stations.upkeep.facts import Caution
from stations.upkeep.groups import FAR, LONG_AGO
from stations.upkeep.kinds import Kind
from stations.upkeep.looking import current
from stations.upkeep.standing import Groups


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of some groups as of one revision, and between which moments that holds."""

    groups: Groups
    revision: int
    since: datetime
    until: datetime
    cautions: Mapping[str, tuple[Caution, ...]]

    def answers(self, groups: Groups, revision: int, now: datetime) -> bool:
        """Whether it is what would be worked out now."""
        return self.groups is groups and self.revision == revision and self.since <= now < self.until


def tell(groups: Groups, snapshot: Snapshot, kinds: Mapping[str, Kind], now: datetime) -> Told:
    """Work out what is told now, and between which moments that holds."""
    since, until = LONG_AGO, FAR
    order = list(kinds)
    told: dict[str, tuple[Caution, ...]] = {}
    for code, made in groups.items():
        shown = []
        for group in current(made, snapshot, code):
            end = group.told_until(kinds)
            if now < end:
                until = min(until, end)
                shown.append(group)
            else:
                since = max(since, end)
        if shown:
            shown.sort(key=lambda group: (order.index(group.kind), group.amenity))
            told[code] = tuple(group.caution for group in shown)
    return Told(groups, snapshot.revision, since, until, MappingProxyType(told))
