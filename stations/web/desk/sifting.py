"""Which stations an address means: of the list, of its map, of the files that it is taken away in, of bulk edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for

from stations.desk.roll import ORDERS, Line, Sieve, lines_for
from stations.facts import Status
from stations.people.facts import Action
from stations.upkeep.facts import Aspect
from stations.web.desk.board import OVERDUE, REPORTED, tasks_of
from stations.web.params import Args, first, one_of, refuse_unknown
from stations.web.room import Room, asker

LONGEST = 200
SIEVE = ("q", "township", "status", "kind", "due", "order")
"""What says which stations are meant, and in which order."""

PARAMETERS = frozenset({*SIEVE, "page", "lang"})
SEVERAL = frozenset({"code"})
"""A bulk edit names each of the stations that were ticked."""


@dataclass(frozen=True)
class Sifted:
    """The stations that an address means.

    Attributes
    ----------
    mine
        All to which whoever asks may do what the address is for.
    found
        Those of them that are meant, in order.
    reported
        Codes of stations of which people reported something.
    """

    args: Args
    sieve: Sieve
    mine: Sequence[Line]
    found: Sequence[Line]
    reported: frozenset[str]

    @property
    def asked(self) -> dict[str, str]:
        """What the address says, without what is empty."""
        return {name: text for name in SIEVE if (text := first(self.args, name))}

    @property
    def sifted(self) -> bool:
        """Whether some may be left out."""
        return any(name != "order" for name in self.asked)


def sift(room: Room, args: Args, *, action: Action = Action.SEE_PRIVATE, known: frozenset[str] = PARAMETERS) -> Sifted:
    """Find the stations that an address means.

    Raises
    ------
    BadParameter
        As `read_sieve`.
    """
    mine = lines_for(room.desk.roll().lines, asker(), action)
    reported = frozenset(task.code for task in tasks_of(room, room.now))
    sieve = read_sieve(args, room, reported, known)
    return Sifted(args, sieve, mine, sieve.of(mine, room.today), reported)


def read_sieve(args: Args, room: Room, reported: frozenset[str], known: frozenset[str] = PARAMETERS) -> Sieve:
    """Read what the list is to show.

    Raises
    ------
    BadParameter
        A parameter that does not exist, or a value that it cannot have.
    """
    refuse_unknown(args, known, SEVERAL)
    due = first(args, "due")
    order = first(args, "order")
    choices: Mapping[str, Sequence[str]] = {
        "due": ("", REPORTED, OVERDUE, *(aspect.value for aspect in Aspect)),
        "status": ("", *(one.value for one in Status)),
        "order": ("", *(sign + key for key in ("code", *ORDERS) for sign in ("", "-"))),
    }
    for name, offered in choices.items():
        one_of(name, first(args, name), offered)
    return Sieve(
        words=first(args, "q")[:LONGEST],
        township=first(args, "township")[:12],
        status=first(args, "status"),
        kind=first(args, "kind"),
        due=frozenset(Aspect) if due == OVERDUE else frozenset({Aspect(due)} if due in set(Aspect) else ()),
        only=reported if due == REPORTED else None,
        order=order.removeprefix("-") or "code",
        falling=order.startswith("-"),
        every=room.desk.every,
    )


def address_of(args: Args, endpoint: str = "desk.stations", **changed: object) -> str:
    """The address of the list, or of something else of the same stations, with some parameters otherwise.

    Empty ones are left out.
    """
    asked: dict[str, object] = {name: first(args, name) for name in args if name in PARAMETERS} | changed
    query = urlencode({name: value for name, value in asked.items() if value not in {"", None}})
    return url_for(endpoint) + (f"?{query}" if query else "")
