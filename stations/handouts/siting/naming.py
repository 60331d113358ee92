"""What a site is called, and when a station there would be open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from flask_babel import gettext

from geodata.atlas import Atlas
from geodata.gazetteer import NearbyName
from geodata.townships import WHOLE_AREA
from stations.errors import HoursError
from stations.handouts.siting.asking import LISTED, POINT, STREET, is_listed
from stations.handouts.townshiptables import township_name
from stations.phrases.sentences import sentence
from stations.questions.siting import Candidate, SitingAnswer, Step
from stations.wording.figures import say_metres, say_place
from stations.wording.names import Names
from stations.wording.spoken import language


@dataclass(frozen=True, slots=True)
class Naming:
    """Names for candidates.

    Attributes
    ----------
    atlas
        None where a candidate without a name is called by its kind alone.
    """

    names: Names = field(repr=False)
    atlas: Atlas | None = field(default=None, repr=False)

    def kind(self, candidate: Candidate) -> str:
        """What kind of candidate it is."""
        own = {
            STREET: gettext("Point on a street"),
            POINT: gettext("Point on the map"),
            LISTED: gettext("From the list"),
        }
        return own[candidate.kind] if candidate.kind in own else self.names.host(candidate.kind)

    def name(self, candidate: Candidate) -> str:
        """A candidate's name; where it has none, what it is and the place that is nearest."""
        return self.every_name([candidate])[0]

    def every_name(self, candidates: Sequence[Candidate]) -> list[str]:
        """The name of each candidate."""
        bare = [at for at, one in enumerate(candidates) if not one.name]
        places: list[NearbyName | None] = [None] * len(bare)
        if self.atlas is not None and bare:
            where = [candidates[at].position for at in bare]
            lon, lat = (np.array([getattr(one, axis) for one in where]) for axis in ("lon", "lat"))
            places = self.atlas.gazetteer.names_near(lon, lat)
        names = [one.name for one in candidates]
        for at, near in zip(bare, places, strict=True):
            names[at] = self._unnamed(candidates[at], near)
        return names

    def _unnamed(self, candidate: Candidate, near: NearbyName | None) -> str:
        what = self.kind(candidate)
        if candidate.kind == POINT or is_listed(candidate):
            number = candidate.key.rpartition("-")[2]
            what = gettext("%(what)s %(number)s", what=what, number=number) if number.isdecimal() else what
        return what if near is None else gettext("%(what)s, %(place)s", what=what, place=say_place(near))

    def premises(self, step: Step) -> str:
        """The premises nearest to a bare point, and how far they are; empty for what is premises itself."""
        if step.premises is None or step.premises_m is None:
            return ""
        name = self.name(step.premises)
        if step.premises.name:
            name = gettext("%(name)s (%(kind)s)", name=name, kind=self.kind(step.premises))
        return gettext("%(name)s, %(metres)s off", name=name, metres=say_metres(step.premises_m))


def say_candidate_hours(candidate: Candidate) -> str:
    """Say when a station at a candidate would be open; empty where that is not known.

    As premises are tagged, some hours cannot be read: those are given as they are.
    """
    if not candidate.hours:
        return ""
    try:
        return sentence(candidate.hours, "en" if language() == "en" else "zh")
    except HoursError:
        return candidate.hours


def township_of(answer: SitingAnswer, step: Step) -> str:
    """The township a site stands in; empty where none was declared."""
    name = "" if step.township < 0 else answer.townships[step.township].name
    return "" if name == WHOLE_AREA else township_name(name)
