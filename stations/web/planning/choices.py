"""What one may choose on the page: with what it is compared, which part, which file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import format_date, gettext

from stations.errors import RegistryError
from stations.web.house import House
from stations.web.offered import Shelf, shelves_of
from stations.web.params import Args, BadParameter, Known, first, read_moment
from stations.web.planning.state import BEFORE, SUPPOSED, Carried, carried, on_the_wall, with_part
from stations.wording.names import Names

LAST_BATCHES = 8
HOURS_TO_COMPARE = (6, 12, 18, 22)
MOMENT = "%Y-%m-%dT%H:%M"
LISTS = "lists."
"""Addresses of the stations as they are, whatever is asked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose from a list.

    Attributes
    ----------
    address
        Of the page with it chosen.
    """

    key: str
    name: str
    chosen: bool
    address: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the page, by what one presses."""

    key: str
    name: str
    address: str


Choices = Callable[[str, str], Choice]
"""Makes a choice of a key and a name."""


def tabs_for(args: Args) -> list[Tab]:
    """The parts of the page."""
    names = {
        "townships": gettext("Townships"),
        "gaps": gettext("Gaps"),
        "stations": gettext("Each station"),
        "clock": gettext("Hours"),
        "double15": gettext("Double 15"),
        "sure": gettext("How sure"),
        "fair": gettext("Fairness"),
        "compare": gettext("Compare"),
    }
    return [Tab(key, name, with_part(args, key)) for key, name in names.items()]


def comparisons_for(args: Args, house: House, known: Known, names: Names) -> list[tuple[str, list[Choice]]]:
    """With what an answer may be compared, in groups."""
    now = first(args, "vs")

    def choice(key: str, name: str) -> Choice:
        asked = carried(args) | {"vs": [key]}
        return Choice(key, name, key == now, url_for("planning.show", **asked, part="compare"))

    groups = []
    if any(first(args, name) for name in SUPPOSED):
        groups.append((gettext("What is tried out"), [choice(BEFORE, gettext("As it stands"))]))
    groups.append((gettext("Another hour"), [choice("at=", gettext("Any hour")), *_hours(args, known, choice)]))
    if days := _days(args, known, choice):
        groups.append((gettext("Another day of the week"), days))
    mode = first(args, "mode", "walk")
    others = [choice(f"mode={key}", names.mode(key)) for key in names.modes if key in known.modes and key != mode]
    if others:
        groups.append((gettext("Another way to travel"), others))
    minutes = first(args, "minutes", "15")
    ways = [
        choice(f"minutes={one}", gettext("%(minutes)s min", minutes=one))
        for one in (5, 10, 15, 20, 30)
        if str(one) != minutes
    ]
    groups.append((gettext("Other minutes"), ways))
    if revisions := _revisions(house, known, choice):
        groups.append((gettext("The registry as it was"), revisions))
    if now and not any(one.chosen for _, choices in groups for one in choices):
        groups.append((gettext("As in the address"), [Choice(now, now[:40], chosen=True)]))
    return groups


def _hours(args: Args, known: Known, choice: Choices) -> list[Choice]:
    try:
        at = read_moment(first(args, "at"), known.zone).astimezone(known.zone)
    except BadParameter:
        at = datetime.now(known.zone).replace(hour=0, minute=0)
    hours = (at.replace(hour=hour, minute=0) for hour in HOURS_TO_COMPARE)
    asked = on_the_wall(args, known.zone)
    return [_moment(hour, choice) for hour in hours if f"{hour:{MOMENT}}" != asked]


def _days(args: Args, known: Known, choice: Choices) -> list[Choice]:
    """The same time on the other days of the week asked for; none where any hour counts."""
    if not first(args, "at"):
        return []
    try:
        at = read_moment(first(args, "at"), known.zone).astimezone(known.zone)
    except BadParameter:
        return []
    days = (at + timedelta(days=day - at.weekday()) for day in range(7) if day != at.weekday())
    return [_moment(day, choice) for day in days]


def _moment(at: datetime, choice: Choices) -> Choice:
    return choice(f"at={at:{MOMENT}}", f"{format_date(at.date(), 'EEE', rebase=False)} {at:%H:%M}")


def _revisions(house: House, known: Known, choice: Choices) -> list[Choice]:
    """The registry as it was before each of the last batches."""
    try:
        batches, head = house.registry.batches(LAST_BATCHES), house.snapshot().revision
    except RegistryError:
        return []
    said, revision = [], head
    for batch in batches:
        revision -= batch.count
        if revision < 0:
            break
        local = (batch.at - timedelta(seconds=1)).astimezone(known.zone)
        when = f"{format_date(local.date(), rebase=False)} {local:%H:%M}"
        said.append(
            choice(
                f"revision={revision}", gettext("Revision %(revision)s, before %(when)s", revision=revision, when=when)
            )
        )
    return said


def downloads_for(question: Carried) -> list[Shelf]:
    """The files of a question, by what one wants them for; those that this house gives."""
    wanted = (
        (
            gettext("To read and to show"),
            (
                ("downloads.report", gettext("Report"), "HTML", "file-text", False),
                ("downloads.report_pdf", gettext("Report"), "PDF", "file-text", True),
                ("downloads.picture", gettext("Map"), "PNG", "image", True),
                ("planning.kept_map", gettext("Map to click"), "HTML", "map", True),
            ),
        ),
        (
            gettext("To reckon with"),
            (
                ("downloads.workbook", gettext("All tables"), "XLSX", "table", True),
                ("downloads.coverage_table", gettext("Townships"), "CSV", "table", True),
                ("downloads.gaps_table", gettext("Gaps"), "CSV", "table", True),
                (f"{LISTS}workbook", gettext("Rest stations"), "XLSX", "table", True),
            ),
        ),
        (
            gettext("For map programs"),
            (
                ("downloads.layers", gettext("All layers"), "GeoPackage", "layers", True),
                ("downloads.coverage_shapes", gettext("Townships"), "GeoJSON", "layers", True),
                ("downloads.reach_shapes", gettext("Area within reach"), "GeoJSON", "layers", True),
                ("downloads.gaps_points", gettext("Gaps"), "GeoJSON", "layers", True),
                (f"{LISTS}layer", gettext("Rest stations"), "GeoPackage", "layers", True),
            ),
        ),
        (gettext("To ask again"), (("downloads.question", gettext("This question"), "JSON", "download", True),)),
    )
    return shelves_of(wanted, question, without=LISTS)
