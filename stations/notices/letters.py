"""Notices put into letters, in the language of who gets them.

What a letter says is on the desk too; it tells which station, and what is the matter. Who reported or proposed it, what
people wrote, and facts that only the staff may see are not in it: letters lie about.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from stations.fields import Fields
from stations.mail import Letter, one_line
from stations.notices.facts import TEST, Event, Kind
from stations.notices.handing import seen_by
from stations.notices.payload import public
from stations.people.facts import Person
from stations.taxonomy import Taxonomy, Term
from stations.upkeep.kinds import Kind as Reported
from stations.upkeep.kinds import load_kinds

FILE = Path(__file__).with_name("letters.toml")

SHOWN = 12
"""Stations of one kind that a letter names."""

SHOWN_IN_CHAT = (5, 3, 2, 1, 0)
"""Those that a message to a group names: as many as fit."""

NO_CALLS = str.maketrans("<>@", "＜＞＠")

NUMBERED = {
    Kind.PROPOSED: ("/desk/proposals", "proposal"),
    Kind.SETTLED: ("/desk/proposals", "proposal"),
    Kind.TASKS: ("/desk/inspections/tasks", "task"),
    Kind.LISTS: ("/desk/lists", "list"),
}
"""Kinds that have a page for all, and one for each by its number; and what that is called."""

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Letters:
    """Writes letters. Made once and used for many.

    Attributes
    ----------
    address
        That people know the house by; empty where nobody said.
    """

    address: str
    words: Mapping[str, Mapping[str, Any]]
    fields: Fields
    taxonomy: Taxonomy
    reports: Mapping[str, Reported]

    @classmethod
    def load(cls, address: str) -> Self:
        """Read the words that come with the program."""
        words = tomllib.loads(FILE.read_text(encoding="utf-8"))
        return cls(address, words, Fields.load(), Taxonomy.load(), load_kinds())

    def letter(self, person: Person, events: Sequence[Event], *, mark: str, day: date | None) -> Letter | None:
        """Write what somebody is told; None where they may see none of it any more.

        Parameters
        ----------
        day
            That of a daily letter; None of one that is sent at once.
        """
        language = person.language if person.language in LANGUAGES else "zh"
        words = self.words[language]
        parts = self._parts([(event, seen_by(person, event)) for event in events], language)
        if not parts:
            return None
        text = [words["greeting"].format(name=one_line(person.name)), ""]
        for part in parts:
            text += [*part.lines(SHOWN, words, "  "), ""]
        total = sum(len(part.told) for part in parts)
        text += [words["dash"].strip() * 2, words["footer"]]
        if self.address:
            text.append(words["footer_link"].format(link=f"{self.address}/desk/notices"))
        if day is not None:
            subject = words["subject_day"].format(day=day.isoformat(), count=total)
        else:
            subject = _subject(parts[0].heading, total, words)
        return Letter(person.mail, subject, "\n".join(text) + "\n", mark)

    def message(self, events: Sequence[Event], *, most: int) -> str:
        """Write what the group of a robot is told: in Chinese, with nothing that only the staff may see.

        Parameters
        ----------
        most
            Bytes of UTF-8 that it may have.
        """
        words = self.words["zh"]
        parts = self._parts([(event, tuple(map(public, event.stations))) for event in events], "zh")
        if not parts:
            return _subject(words["heading"][TEST], 1, words)
        first = _subject(parts[0].heading, sum(len(part.told) for part in parts), words)
        text = ""
        for shown in SHOWN_IN_CHAT:
            lines = [line for part in parts for line in ("", *part.lines(shown, words, ""))]
            # A sign with which robots call single people, or all of them, is not for names of stations to use.
            text = "\n".join([first, *lines]).translate(NO_CALLS)
            if len(text.encode()) <= most:
                break
        return text.encode()[:most].decode(errors="ignore")

    def _parts(self, seen: Iterable[tuple[Event, Sequence[Mapping[str, Any]]]], language: str) -> list[_Part]:
        """Put together what there is to tell of each kind; the same line once."""
        words, parts = self.words[language], []
        told = [one for one in seen if one[1]]
        for kind in Kind:
            found = [one for one in told if one[0].kind == kind]
            lines = dict.fromkeys(self._line(event, station, language) for event, here in found for station in here)
            if lines:
                link = self.address and self.address + self._path(kind, found)
                parts.append(_Part(words["heading"][kind], tuple(lines), link))
        return parts

    def say(self, event: Event, stations: Sequence[Mapping[str, Any]], language: str) -> str:
        """Tell an event in one line, for a list: what, and at which stations."""
        words = self.words[language if language in LANGUAGES else "zh"]
        names = words["comma"].join(_name(one, language) for one in stations[:3])
        count = words["count"].format(count=len(stations)) if len(stations) > 1 else ""
        return (
            f"{words['heading'][event.kind]}{words['colon']}{names}{count}" if names else words["heading"][event.kind]
        )

    def _line(self, event: Event, station: Mapping[str, Any], language: str) -> str:
        words = self.words[language]
        comma = words["comma"]
        values: dict[str, object] = {"station": _name(station, language)}
        line = str(event.kind)
        if event.kind == Kind.REPORTS:
            values |= {"what": self._reported(station, language), "people": station["people"]}
        elif event.kind == Kind.OVERDUE:
            values["aspects"] = comma.join(words["aspect"][one] for one in station["aspects"])
        elif event.kind == Kind.TASKS:
            line = "late" if station.get("late") else "task"
            values |= {"fault": station["fault"][language], "due": station["due"]}
        elif event.kind == Kind.SUPPLIES:
            wants = [words["want"][one["want"]].format(item=one[language]) for one in station["supplies"]]
            values["wants"] = comma.join(wants)
        elif event.kind == Kind.LISTS:
            values["list"] = station["list"]
        elif event.kind == Kind.SETTLED:
            values["state"] = words["state"].get(event.facts.get("state", ""), "")
        elif event.kind in {Kind.EDITS, Kind.IMPORTS}:
            line = station.get("did", "plain") if station.get("fields", True) else "plain"
            values["fields"] = comma.join(self.fields.label(one, language) for one in station.get("fields", ()))
        return one_line(words["line"][line].format(**values))

    def _reported(self, station: Mapping[str, Any], language: str) -> str:
        kind = self.reports.get(station["report"])
        what = station["report"] if kind is None else getattr(kind, language)
        amenity: Term | None = self.taxonomy.amenities.terms.get(station.get("amenity", ""))
        if amenity is None:
            return str(what)
        return f"{what}（{amenity.zh}）" if language == "zh" else f"{what} ({amenity.en})"

    @staticmethod
    def _path(kind: Kind, found: Sequence[tuple[Event, Sequence[Mapping[str, Any]]]]) -> str:
        """Where at the desk one sees it."""
        if kind in NUMBERED:
            page, number = NUMBERED[kind]
            numbers = {event.facts[number] for event, _ in found}
            return f"{page}/{numbers.pop()}" if len(numbers) == 1 else page
        codes = {one["code"] for _, stations in found for one in stations}
        if kind == Kind.SUPPLIES:
            return f"/desk/stations/{codes.pop()}/supplies" if len(codes) == 1 else "/desk/supplies"
        if len(codes) == 1 and all(one.get("did") != "removed" for _, stations in found for one in stations):
            return f"/desk/stations/{codes.pop()}"
        return {Kind.REPORTS: "/desk", Kind.OVERDUE: "/desk/stations?due=overdue"}.get(kind, "/desk/stations")


@dataclass(frozen=True, slots=True)
class _Part:
    """What is told of one kind: a line for each station, and where one sees it; empty where nobody knows."""

    heading: str
    told: tuple[str, ...]
    link: str

    def lines(self, shown: int, words: Mapping[str, Any], indent: str) -> list[str]:
        """Write it down, with so many of its lines."""
        count = words["count"].format(count=len(self.told)) if len(self.told) > 1 else ""
        lines = [f"{self.heading}{count}{words['colon'].rstrip()}"]
        lines += [f"{indent}· {line}" for line in self.told[:shown]]
        if len(self.told) > shown > 0:
            lines.append(indent + words["more"].format(count=len(self.told) - shown))
        if self.link:
            lines.append(indent + words["open"].format(link=self.link))
        return lines


def _subject(first: str, count: int, words: Mapping[str, Any]) -> str:
    one = words["subject_one"].format(heading=first)
    return str(one if count == 1 else words["subject_some"].format(first=first, count=count))


def _name(station: Mapping[str, Any], language: str) -> str:
    name = station.get("name_en") if language == "en" else None
    return f"{name or station['name']} {station['code']}" if station.get("name") else str(station.get("code", ""))
