"""What every view of lists works with: where a list belongs, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from flask import abort
from flask_babel import gettext

from stations.desk.listed import Listed
from stations.desk.lists import Lists
from stations.errors import Fault, ImportRefused, StationsError, UnknownListError
from stations.web.deskwords import spoken, words
from stations.web.faultwords import speaker
from stations.web.house import House
from stations.web.room import Room
from stations.web.who import Place, Values

if TYPE_CHECKING:
    from stations.desk.taking import Taking

IN_OTHER_WORDS = {
    "{name} has several sheets that could be meant: {sheets}. Say which with --sheet “{first}”.": (
        "{name} has several sheets that could be meant: {sheets}. Choose one."
    ),
    "{name} has several sheets, and none has a header that is known: {sheets}. Say which with --sheet.": (
        "{name} has several sheets, and none has a header that is known: {sheets}. Choose one."
    ),
    "{name} has several layers that could be meant: {layers}. Say which with --layer “{first}”.": (
        "{name} has several layers that could be meant: {layers}. Choose one."
    ),
    "The positions fit {other} better than {given}: the middle one is then {there} m from a street, not {here}. "
    "All lie some {moved} m off. Say which it is with --datum: {other}, or {given} if you are sure.": (
        "The positions fit {other} better than {given}: the middle one is then {there} m from a street, not {here}. "
        "All lie some {moved} m off. Choose which it is: {other}, or {given} if you are sure."
    ),
    "{name} is a damaged workbook ({fault}). Open it, save it anew as XLSX and try again.": (
        "{name} is a damaged workbook. Open it, save it anew as XLSX and try again."
    ),
    "{name} is a damaged GeoPackage ({fault}). Export it again.": "{name} is a damaged GeoPackage. Export it again.",
}
"""What names an option of the command line, or tells in a reader's own words what it found, as a page says it."""

NO_COLUMN = "{name} has no column for {missing}. Its columns are {headers}. Call them {names}."
UNSAID_DATUM = "The file does not say its datum; positions are taken as WGS-84."


@dataclass(frozen=True)
class Hall:
    """What the views of lists share."""

    room: Room
    lists: Lists

    @cached_property
    def taking(self) -> Taking:
        """What reads lists. What reads workbooks is slow to import: only once somebody brings one."""
        from stations.desk.taking import Taking

        house = self.room.house
        return Taking(self.room.desk.registry, self.lists, house.atlas, house.zone)

    def listed(self, number: int) -> Listed:
        """One list; the gate has seen to it that whoever asks may see it.

        Raises
        ------
        UnknownListError
            It is gone since.
        """
        return self.lists.get(number, self.room.now)


def the_list(house: House, values: Values) -> Place:
    """Where the list is for that an address names by ``<int:number>``."""
    number = int(values["number"])
    if house.lists is None:
        abort(404)
    try:
        return Place(house.lists.get(number, datetime.now(UTC)).area)
    except UnknownListError:
        abort(404)


def say_fault(fault: StationsError | Fault) -> str:
    """Put what is wrong with a list into the reader's language."""
    if fault.template == NO_COLUMN:
        missing = str(fault.values["missing"]).split(", ")
        labels = gettext(", ").join(words().fields.label(one, spoken()) for one in missing)
        return gettext("No column was recognised as %(missing)s. Say which one it is.", missing=labels)
    template = IN_OTHER_WORDS.get(fault.template, fault.template)
    return speaker(spoken())(template, fault.values)


def say_faults(fault: StationsError, most: int = 8) -> tuple[str, ...]:
    """Say what is wrong, and the first of its single faults by row and column."""
    said = [say_fault(fault)]
    if isinstance(fault, ImportRefused):
        said += [say_where(one) for one in fault.faults[:most]]
        if len(fault.faults) > most:
            said.append(gettext("And %(count)s more.", count=len(fault.faults) - most))
    return tuple(said)


def say_where(fault: Fault) -> str:
    """Say what is wrong, with its row and column."""
    words = say_fault(fault)
    if fault.row is None:
        return gettext("%(column)s: %(fault)s", column=fault.column, fault=words) if fault.column else words
    if not fault.column:
        return gettext("Row %(row)s: %(fault)s", row=fault.row, fault=words)
    return gettext("Row %(row)s, %(column)s: %(fault)s", row=fault.row, column=fault.column, fault=words)
