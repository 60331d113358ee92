"""What the doors stand in front of: the settings, the registry and the atlas, handed over once by the app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from geodata.atlas import Atlas
from stations.desk.desk import Desk
from stations.desk.lists import Lists
from stations.mail import Mail
from stations.people.organisation import Organisation
from stations.people.people import People
from stations.photos.keeping import Photos
from stations.registry.entries import Batch, Changes, Entry
from stations.registry.snapshot import Snapshot
from stations.rounds.rounds import Rounds
from stations.scenarios import Plans
from stations.settings import Settings
from stations.stock.stock import Stock
from stations.upkeep.facts import Caution
from stations.upkeep.saying import NO_CAUTIONS, Upkeep

if TYPE_CHECKING:
    from geodata.geocode import OnlineSearch
    from stations.notices.notices import Notices


class Stations(Protocol):
    """A registry as the public doors use it: it gives the newest snapshot, and what was written since a revision."""

    @property
    def trouble(self) -> Exception | None:
        """Why the registry cannot be read just now; None while it can. What was read last is served meanwhile."""

    def snapshot(self) -> Snapshot:
        """The stations as of the newest revision; cheap when nothing changed."""

    def changes(self, since: int, *, limit: int) -> Changes:
        """The next page of the log after a revision, complete and in order."""

    def history(self, code: str) -> tuple[Entry, ...]:
        """Every entry of one station, oldest first."""

    def as_of(self, when: datetime | int) -> Snapshot:
        """The stations as they were at a moment, or as of a revision."""

    def batches(self, limit: int = 20) -> tuple[Batch, ...]:
        """The last batches, newest first."""


@dataclass(frozen=True)
class House:
    """What every view is given.

    Attributes
    ----------
    settings
        How this installation is set up.
    registry
        Where the stations are kept.
    atlas
        The ground; ``None`` where none was built, and then distances are estimates by circle.
    upkeep
        What people at the doors say of the stations; ``None`` where nothing can be said.
    online
        The service that is asked for places which nothing here knows; ``None`` where none is.
    plans
        Plans that were saved for stations to come, and who may save them; ``None`` where none can be.
    people
        The staff; ``None`` where nobody can sign in.
    desk
        What they work with; ``None`` where nothing can be written.
    mail
        The mail server that letters to them are given to; ``None`` where none is.
    rounds
        Inspections and what comes of them; ``None`` where nothing can be written.
    lists
        Lists of stations that wait to be taken in; ``None`` where none can.
    photos
        Photos of the stations; ``None`` where none are kept.
    stock
        Supplies, services and visits of the stations; ``None`` where nothing can be written.
    notices
        What tells the staff, and programs of their areas, what is new; ``None`` where nobody is told.
    organisation
        An organisation through which the staff may sign in; ``None`` where there is none.
    """

    settings: Settings
    registry: Stations
    atlas: Atlas | None
    upkeep: Upkeep | None = None
    online: OnlineSearch | None = None
    plans: Plans | None = None
    people: People | None = None
    desk: Desk | None = None
    mail: Mail | None = None
    rounds: Rounds | None = None
    lists: Lists | None = None
    photos: Photos | None = None
    stock: Stock | None = None
    notices: Notices | None = None
    organisation: Organisation | None = None

    def snapshot(self) -> Snapshot:
        """The stations as of the newest revision."""
        return self.registry.snapshot()

    def cautions(self, now: datetime) -> Mapping[str, tuple[Caution, ...]]:
        """What several people found wrong, by the station's code, at an aware moment; cheap, and it never fails."""
        return NO_CAUTIONS if self.upkeep is None else self.upkeep.cautions(self.snapshot(), now)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of moments given without an offset, and of the times shown."""
        return self.settings.timezone

    @property
    def made_up(self) -> bool:
        """Whether the area exists only for trying things out, as its atlas or the settings say."""
        return self.settings.demo or (self.atlas is not None and self.atlas.summary.made_up)

    @property
    def digest(self) -> str | None:
        """The name of the ground."""
        return None if self.atlas is None else self.atlas.digest

    @property
    def map_mark(self) -> str:
        """What tells one drawing of the ground from another; parks and ponds are not in the atlas's digest."""
        return "none" if self.atlas is None else self.atlas.tiles.mark
