"""Inspections by area and period, those that are due, one's drafts, and the list to take along."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from stations.desk.roll import Line, lines_for
from stations.people.audit import area_of_all
from stations.people.facts import Action
from stations.people.rights import may_somewhere
from stations.rounds.facts import Brief, Inspection, Judged, Task
from stations.web.attached import WORKBOOK, as_file
from stations.web.deskwords import say_day, say_township, townships_of
from stations.web.params import Args, BadParameter, first, given, read_page, refuse_unknown
from stations.web.room import asker, page
from stations.web.rounds.choosing import serving
from stations.web.rounds.place import Office, name_of
from stations.web.rounds.telling import say_item, say_judged, say_standing, say_state, word
from stations.web.who import STAFF, by_asker, needs

PARAMETERS = frozenset({"from", "to", "township", "faults", "said", "lang", "page"})
USUAL = timedelta(days=92)
LONGEST = timedelta(days=3660)
ON_A_PAGE = 50
MOST_EXPORTED = 10_000
"""The second sheet says how many there are of how many."""

SAID = frozenset({"dropped"})


@dataclass(frozen=True, slots=True)
class Period:
    """Which inspections are meant."""

    first: date
    last: date
    township: str
    faulty: bool


def overview_views(door: Blueprint, office: Office) -> None:
    """Hang the page of inspections, and its export."""
    room, rounds = office.room, office.rounds

    @door.get("", endpoint="rounds")
    @needs(Action.SEE_PRIVATE, STAFF)
    def overview() -> Response:
        """What was found lately, what is due, and what one has begun."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        period, person = read_period(args, room.today), asker()
        lines = lines_for(room.desk.roll().lines, person)
        found = within(office, period, lines)
        number = read_page(args, len(found), ON_A_PAGE)
        rows = whole(office, found[(number - 1) * ON_A_PAGE : number * ON_A_PAGE])
        inspects = may_somewhere(person, Action.INSPECT)
        mine, last = serving(office) if inspects else [], rounds.last_days()
        tasks = tasks_here(office, lines)
        names = {line.code: line.name for line in lines}
        told: dict[str, Any] = {
            key: value for key in ("from", "to", "township", "faults") if (value := first(args, key))
        }
        return page(
            "rounds/rounds.html",
            rows=[
                (one, names[one.code], say_day(one.day), [say_judged(each) for each in shown_of(office, one)])
                for one in rows
            ],
            found=len(found),
            faulty=sum(one.faulty for one in found),
            been=len({one.code for one in found}),
            period=period,
            townships=townships_of(lines, room.house),
            drafts=[
                (one, names[one.code], say_day(one.day), word(one.asked))
                for one in rounds.drafts(person.login)
                if one.code in names
            ],
            due=sum(rounds.due(last.get(line.code), room.today) for line in mine),
            mine=len(mine),
            inspects=inspects,
            exports=may_somewhere(person, Action.EXPORT_FULL),
            open=len(tasks),
            overdue=sum(one.overdue(room.today) for one in tasks),
            before=url_for("rounds.rounds", **told, page=number - 1) if number > 1 else "",
            after=url_for("rounds.rounds", **told, page=number + 1) if number * ON_A_PAGE < len(found) else "",
            export=url_for("rounds.export", **told),
            every=rounds.every_days,
            said=first(args, "said") if first(args, "said") in SAID else "",
        )

    @door.get("/export.xlsx")
    @needs(Action.EXPORT_FULL, STAFF)
    def export() -> Response:
        """The inspections of one's area in a period as a workbook, a row for each item."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        period = read_period(args, room.today)
        lines = lines_for(room.desk.roll().lines, asker(), Action.EXPORT_FULL)
        found = within(office, period, lines)
        response = Response(workbook(office, found), mimetype=WORKBOOK)
        if room.house.people is not None:
            told = (
                f"inspections {period.first} {period.last}: {min(len(found), MOST_EXPORTED)} {period.township}".strip()
            )
            room.house.people.audit.tell(by_asker(request), "exported", told, area_of_all(asker().grants))
        name = f"inspections-{period.first}-{period.last}.xlsx"
        return as_file(
            response, name, gettext("Inspections %(first)s to %(last)s", first=period.first, last=period.last) + ".xlsx"
        )


def read_period(args: Args, today: date) -> Period:
    """Read which inspections are meant: those of the last three months where nothing else is said.

    Raises
    ------
    BadParameter
        No day, or days the wrong way round.
    """
    days = []
    for name, usual in (("from", today - USUAL), ("to", today)):
        text = first(args, name)
        try:
            days.append(date.fromisoformat(text) if text else usual)
        except ValueError:
            raise BadParameter(
                name, text, "“{field}” is “{value}”, which is no day. Write one like 2026-11-20."
            ) from None
    if not timedelta(0) <= days[1] - days[0] <= LONGEST:
        raise BadParameter(
            "to", first(args, "to"), "The last day must not come before the first, nor ten years after it."
        )
    return Period(days[0], days[1], first(args, "township")[:12], first(args, "faults") == "yes")


def whole(office: Office, found: Sequence[Brief]) -> list[Inspection]:
    """Inspections with all that is known of them."""
    known = office.rounds.several(one.number for one in found)
    return [known[one.number] for one in found]


def within(office: Office, period: Period, lines: Sequence[Line]) -> list[Brief]:
    """The inspections of some stations in a period, the newest first."""
    codes = {line.code for line in lines if line.township.startswith(period.township)}
    return [
        one
        for one in office.rounds.briefs(period.first, period.last)
        if one.code in codes and (one.faulty or not period.faulty)
    ]


def tasks_here(office: Office, lines: Sequence[Line]) -> list[Task]:
    """The open tasks at some stations, those that are due first before the others."""
    codes = {line.code for line in lines}
    return [one for one in office.rounds.tasks.open() if one.code in codes]


def shown_of(office: Office, inspection: Inspection) -> list[Judged]:
    """What an inspection was made to judge, as it was judged."""
    wanted = office.rounds.checklist(inspection.checklist).standards
    return [one for key, one in inspection.judged.items() if key in wanted]


def workbook(office: Office, found: Sequence[Brief]) -> bytes:
    """Inspections as a workbook, at most the newest `MOST_EXPORTED`: a row for each item that was answered."""
    from stations.exchange.listing import Column, Kind, Value  # what writes workbooks is slow to import
    from stations.exchange.sheetwriting import write_workbook

    house = office.house
    heads = (
        (gettext("No."), Kind.COUNT),
        (gettext("Day"), Kind.DAY),
        (gettext("Code"), Kind.TEXT),
        (gettext("Station"), Kind.TEXT),
        (gettext("Township"), Kind.TEXT),
        (gettext("Checklist"), Kind.TEXT),
        (gettext("By whom"), Kind.TEXT),
        (gettext("Item"), Kind.TEXT),
        (gettext("Found"), Kind.TEXT),
        (gettext("How many"), Kind.NUMBER),
        (gettext("Note"), Kind.TEXT),
        (gettext("Task"), Kind.TEXT),
        (gettext("Due"), Kind.DAY),
        (gettext("Remark"), Kind.TEXT),
        (gettext("Verdict"), Kind.TEXT),
    )
    rows: list[list[Value]] = []
    taken = whole(office, found[:MOST_EXPORTED])
    of_all = office.rounds.tasks.of_several(one.number for one in taken)
    known = {(task.inspection, task.item): task for task in of_all}
    for one in taken:
        verdict = "; ".join(say_judged(each) for each in shown_of(office, one))
        for key in one.asked.items:
            answer = one.answers.get(key)
            if answer is None:
                continue
            task = known.get((one.number, key))
            rows.append(
                [
                    one.number,
                    one.day,
                    one.code,
                    name_of(house, one.code),
                    say_township(house, one.township),
                    word(one.asked),
                    one.who,
                    say_item(one, key),
                    "" if answer.state is None else say_state(answer.state),
                    answer.number,
                    answer.note,
                    "" if task is None else say_standing(task.standing),
                    None if task is None else task.due,
                    one.remark,
                    verdict,
                ]
            )
    counted = f"{len(taken)}" if len(taken) == len(found) else f"{len(taken)} / {len(found)}"
    columns = [Column(header, header, kind) for header, kind in heads]
    about = [(gettext("Inspections"), counted), (gettext("Rows"), str(len(rows)))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inspections.xlsx"
        write_workbook(path, columns, rows, gettext("Inspections"), about)
        return path.read_bytes()
