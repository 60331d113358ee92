"""What can be wrong with the stations, said so that a person can act on it."""

from dataclasses import dataclass

from geodata.errors import PlainError


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


class UnknownTermError(StationsError, KeyError):
    """A word that a taxonomy does not have."""

    __str__ = Exception.__str__


class UnknownAmenityError(UnknownTermError):
    """An amenity that the taxonomy does not have."""


class UnknownStationError(StationsError, LookupError):
    """A station code that the registry does not have."""


class RegistryError(StationsError):
    """A registry that cannot be opened, read or written."""


class RegistryLockedError(RegistryError, TimeoutError):
    """A registry that another program keeps locked."""


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
