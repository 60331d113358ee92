"""What becomes of a list: taken in, taken back, thrown away; and its refused rows, to be corrected."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, send_file, url_for
from flask_babel import gettext

from stations.errors import HoursError, ImportRefused, ListError, UndoRefused, UnknownListError
from stations.people.facts import Action
from stations.registry.entries import Entry
from stations.web.attached import WORKBOOK
from stations.web.deskwords import spoken
from stations.web.faultwords import speaker
from stations.web.importing.hall import Hall, say_fault, say_faults, the_list
from stations.web.importing.rows import show_rows
from stations.web.room import asker, lead, sent, text_of
from stations.web.who import needs

MOST_NAMED = 5


def settling_views(door: Blueprint, hall: Hall) -> None:
    """Hang what becomes of a list."""

    @door.post("/lists/<int:number>/take-in")
    @needs(Action.IMPORT, the_list)
    def take_in(number: int) -> Response:
        """Write what was looked at, as one batch."""
        fields, listed = sent({"seen"}), hall.listed(number)
        if not listed.waits:
            return lead(url_for("importing.rows", number=number))
        from stations.desk.taking import MovedOnError

        try:
            hall.taking.take_in(listed, text_of(fields, "seen"), who=asker().login, at=hall.room.now)
        except MovedOnError:
            return show_rows(hall, hall.listed(number), 409, said="moved")
        except UnknownListError:
            raise
        except (ListError, ImportRefused, HoursError) as fault:
            return show_rows(hall, hall.listed(number), 409, fault=" ".join(say_faults(fault)))
        return lead(url_for("importing.rows", number=number))

    @door.post("/lists/<int:number>/undo")
    @needs(Action.UNDO, the_list)
    def undo(number: int) -> Response:
        """Put every station of it back to what it was."""
        sent()
        listed = hall.listed(number)
        try:
            hall.taking.take_back(listed, who=asker().login, at=hall.room.now)
        except UndoRefused as fault:
            later = dict.fromkeys(one.code for one in fault.later if isinstance(one, Entry))
            named = ", ".join(list(later)[:MOST_NAMED]) + (" …" if len(later) > MOST_NAMED else "")
            return show_rows(hall, listed, 409, fault=f"{say_fault(fault)} {named}".strip())
        except UnknownListError:
            raise
        except ListError as fault:
            return show_rows(hall, hall.listed(number), 409, fault=say_fault(fault))
        return lead(url_for("importing.rows", number=number, said="undone"))

    @door.post("/lists/<int:number>/drop")
    @needs(Action.IMPORT, the_list)
    def drop(number: int) -> Response:
        """Throw a list away; what came of it stays."""
        sent()
        hall.lists.drop(number)
        return lead(url_for("importing.lists", said="dropped"))

    @door.get("/lists/<int:number>/refused.xlsx")
    @needs(Action.IMPORT, the_list)
    def refused(number: int) -> Response:
        """The refused rows as they came, with the reasons, as a workbook to correct and send again."""
        from stations.exchange.reports import rejects_workbook

        listed = hall.listed(number)
        book = rejects_workbook(hall.taking.tried(listed).preview, speaker(spoken()))
        stem = listed.name.rpartition(".")[0] or listed.name
        return send_file(BytesIO(book), WORKBOOK, as_attachment=True, download_name=f"{stem}-{gettext('refused')}.xlsx")
