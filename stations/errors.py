"""What can be wrong with the stations, said so that a person can act on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from geodata.errors import PlainError

Say = Callable[[str, Mapping[str, object]], str]
"""Puts an English template and what fills it in a person's language."""


def in_english(template: str, values: Mapping[str, object]) -> str:
    """Fill a template as it is: the `Say` of English."""
    return template.format(**values)


class StationsError(PlainError):
    """Root of every error raised by this package."""


class SettingsError(StationsError, ValueError):
    """A setting in the environment that cannot be used."""


class HoursError(StationsError, ValueError):
    """Opening hours that cannot be read.

    The values hold ``text`` and, where the grammar tells, the 1-based ``line``
    and ``column`` of the first character that was not understood.
    """


class StationError(StationsError, ValueError):
    """A station record whose fields cannot be true."""


class TaxonomyError(StationsError, ValueError):
    """A taxonomy file that does not follow its schema."""


class QuestionError(StationsError, ValueError):
    """A question that cannot be asked of this ground or of these stations."""


class WhatIfError(QuestionError):
    """Something supposed that cannot be."""


class SitingError(QuestionError):
    """A choice of sites that cannot be asked for as it is."""


class InfeasibleError(SitingError):
    """A choice of sites that there is not, whatever is chosen.

    Attributes
    ----------
    points
        Demand points that nobody can serve, by their number; empty where it is not a matter of single ones.
    """

    def __init__(self, template: str, /, *, points: tuple[int, ...] = (), **values: object) -> None:
        self.points = points
        super().__init__(template, **values)


class UnknownTermError(StationsError, KeyError):
    """A word that a taxonomy does not have."""

    __str__ = Exception.__str__


class UnknownAmenityError(UnknownTermError):
    """An amenity that the taxonomy does not have."""


class UnknownStationError(StationsError, LookupError):
    """A station code that the registry does not have."""


class RegistryError(StationsError):
    """A registry that cannot be opened, read or written."""


class BusyError(StationsError, TimeoutError):
    """Something that takes seconds to make is being made for others; it can be had a little later."""


class RegistryLockedError(RegistryError, TimeoutError):
    """A registry that another program keeps locked."""


class RegistryAwayError(RegistryError, ConnectionError):
    """A registry whose server does not answer."""


class SchemaError(RegistryError):
    """A registry whose tables are of an older or newer version than this program works with.

    The values hold ``found`` and ``wanted``.
    """


class SayingError(StationsError, ValueError):
    """Something said of a station that cannot be taken as it is.

    Attributes
    ----------
    field, value
        What of it, and what was given; cut at 80 characters.
    """

    def __init__(self, template: str, /, *, field: str, value: str, **values: object) -> None:
        self.field, self.value = field, value[:80]
        super().__init__(template, **{"field": field, "value": self.value, **values})


class UnknownTaskError(StationsError, LookupError):
    """Something to look at that nobody reported, or that somebody has looked at already."""


class ScenarioError(StationsError, ValueError):
    """A plan that cannot be saved, or something that cannot be done with a saved one.

    Attributes
    ----------
    field
        Which part of what was given is wrong: ``name``, ``note``, ``by``, ``key``; empty where it is none of them.
    """

    def __init__(self, template: str, /, *, field: str = "", **values: object) -> None:
        self.field = field
        super().__init__(template, **values)


class UnknownScenarioError(ScenarioError, LookupError):
    """A saved plan, or an uploaded list, that is not there."""


class NotAllowedError(StationsError, PermissionError):
    """Something that only those who know the planners' key may do."""


class PeopleError(StationsError, ValueError):
    """An account, a right or a password that cannot be as it was given.

    Attributes
    ----------
    field
        Which part of what was given is wrong; empty where it is none of them.
    """

    def __init__(self, template: str, /, *, field: str = "", **values: object) -> None:
        self.field = field
        super().__init__(template, **values)


class OrganisationError(PeopleError):
    """An organisation through which the staff sign in that does not answer, or whose answer proves nothing."""


class TooOftenError(StationsError):
    """Something that was tried too often.

    Attributes
    ----------
    wait_s
        Seconds until it may be tried again.
    """

    def __init__(self, template: str, /, *, wait_s: int, **values: object) -> None:
        self.wait_s = wait_s
        super().__init__(template, **values)


class UnknownPersonError(PeopleError, LookupError):
    """A log-in name that nobody has."""


class ProposalError(StationsError, ValueError):
    """A proposal that cannot be made, or cannot be settled as it was tried.

    Attributes
    ----------
    field
        Which part of what was given is wrong; empty where it is none of them.
    """

    def __init__(self, template: str, /, *, field: str = "", **values: object) -> None:
        self.field = field
        super().__init__(template, **values)


class UnknownProposalError(ProposalError, LookupError):
    """A proposal that is not there."""


class ListError(StationsError, ValueError):
    """A list that cannot be kept, or something that cannot be done with one that waits."""


class UnknownListError(ListError, LookupError):
    """A list that does not wait, or waits no more."""


class RoundError(StationsError, ValueError):
    """An inspection, or a task of one, that cannot be taken as it is.

    Attributes
    ----------
    field
        Which part of what was given is wrong; empty where it is none of them.
    """

    def __init__(self, template: str, /, *, field: str = "", **values: object) -> None:
        self.field = field
        super().__init__(template, **values)


class UnknownRoundError(RoundError, LookupError):
    """An inspection or a task that is not there."""


class EntryError(StationsError, ValueError):
    """Something typed into a field of a record that cannot stand there."""


class MailError(StationsError, ValueError):
    """A letter that was not sent, an address that is none, or a mail server that cannot be used.

    Attributes
    ----------
    later
        Whether it may be taken another time: the server was away, or said so.
    """

    def __init__(self, template: str, /, *, later: bool = False, **values: object) -> None:
        self.later = later
        super().__init__(template, **values)


class PhotoError(StationsError, ValueError):
    """Something sent as a photo that cannot be kept."""


class NoticeError(StationsError, ValueError):
    """A wish for notices, or a webhook, that cannot be as it was given.

    Attributes
    ----------
    field
        Which part of what was given is wrong; empty where it is none of them.
    """

    def __init__(self, template: str, /, *, field: str = "", **values: object) -> None:
        self.field = field
        super().__init__(template, **values)


class NobodyError(NoticeError):
    """A notice that there is nobody, or nothing left, to send to."""


class UnknownHookError(NoticeError, LookupError):
    """A webhook, or a delivery to one, that is not there."""


class PostError(StationsError, OSError):
    """A webhook that could not be reached, or did not take what it was sent."""


class BackupError(StationsError):
    """A backup that cannot be made, or cannot be used."""


class UnknownBatchError(StationsError, LookupError):
    """A batch that the log does not have."""


class UnknownRevisionError(StationsError, LookupError):
    """A revision that the log, or a station's history, does not have."""


class StaleEdit(StationsError):  # noqa: N818  the field's word; `registry.entries` says what is in it
    """An edit of a record that somebody else has changed meanwhile; nothing was written.

    Attributes
    ----------
    code
        The station.
    seen, now
        Revision that the editor saw, and the newest of that station; 0 for none.
    base, mine, theirs
        The record as the editor saw it, as the editor wants it, and as it is;
        `Station` or None where there is none.
    """

    def __init__(
        self, template: str, /, *, base: Any = None, mine: Any = None, theirs: Any = None, **values: object
    ) -> None:
        self.code = str(values.get("code", ""))
        self.seen = values.get("seen", 0)
        self.now = values.get("now", 0)
        self.base, self.mine, self.theirs = base, mine, theirs
        super().__init__(template, **values)


class UndoRefused(StationsError):  # noqa: N818  the field's word
    """A batch that cannot be taken back, as later edits stand in the way; nothing was written.

    Attributes
    ----------
    later
        Entries of the same stations that were written after the batch, oldest first.
    """

    def __init__(self, template: str, /, *, later: tuple[Any, ...] = (), **values: object) -> None:
        self.later = later
        super().__init__(template, **values)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, or doubtful, in a file.

    Attributes
    ----------
    row
        Row of the spreadsheet, or feature of the collection, from 1; None for the file as a whole.
    column
        Header of the column; empty for the row as a whole.
    template, values
        English sentence with ``{name}`` placeholders, and what fills them.
    """

    row: int | None
    column: str
    template: str
    values: dict[str, object]

    @property
    def message(self) -> str:
        """The sentence, in English."""
        return self.template.format(**self.values)

    def __str__(self) -> str:
        where = ([] if self.row is None else [f"row {self.row}"]) + ([self.column] if self.column else [])
        return f"{', '.join(where)}: {self.message}" if where else self.message


class ImportRefused(StationsError, ValueError):  # noqa: N818  the field's word; what was refused is listed in `faults`
    """A file of stations that was not taken in; nothing of it was written.

    Attributes
    ----------
    faults
        Every fault found, each with its row and column, in the order of the file.
    """

    def __init__(self, template: str, /, *, faults: tuple[Fault, ...] = (), **values: object) -> None:
        self.faults = faults
        super().__init__(template, **values)


class StockError(StationsError, ValueError):
    """Something entered of supplies, services or visits that cannot be kept as it is.

    Attributes
    ----------
    field
        Of the form that it was entered with; empty where it is about no single one.
    """

    def __init__(self, template: str, /, *, field: str = "", **values: object) -> None:
        self.field = field
        super().__init__(template, **values)


class StaleStock(StockError):  # noqa: N818  the field's word, as for an edit
    """Something entered that somebody else has entered meanwhile.

    Attributes
    ----------
    keys
        What of it: items, or days, as the form names them.
    """

    def __init__(self, template: str, /, *, keys: tuple[str, ...], **values: object) -> None:
        self.keys = keys
        super().__init__(template, field="", **values)


class UnknownServiceError(StationsError, LookupError):
    """A service that nobody entered."""
