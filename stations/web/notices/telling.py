"""Notices in words: what one can be told of, how often, and what became of what was sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from stations.notices.facts import TEST, Delivery, Event, Hook, HookState, Kind, Rhythm, State, Try
from stations.notices.handing import seen_by
from stations.notices.notices import Notices, of_words
from stations.notices.robots import Form, form_of
from stations.notices.webaddress import WebAddress
from stations.web.deskwords import say_area, say_moment
from stations.web.house import House
from stations.web.room import asker
from stations.wording.spoken import language

Log = Iterable[tuple[Delivery, tuple[Event, ...], tuple[Try, ...]]]
SHOWN = 3
"""Things of one letter that its line in the list names."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its key, its name, what it means, and whether it is chosen."""

    key: str
    name: str
    meaning: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class HookTold:
    """A webhook in words.

    Attributes
    ----------
    name
        Its host; of a robot, which kind it is, and the last signs of its key.
    robot
        Which kind of robot it is; empty for a program that is sent our JSON.
    failed
        How many deliveries to it were given up.
    """

    hook: Hook
    name: str
    robot: str
    where: str
    state: str
    kinds: str
    failed: int


@dataclass(frozen=True, slots=True)
class TryTold:
    """One try in words."""

    when: str
    took: str
    good: bool
    answer: str


@dataclass(frozen=True, slots=True)
class SentTold:
    """A delivery in words."""

    delivery: Delivery
    when: str
    what: tuple[str, ...]
    more: int
    state: str
    next: str
    tries: tuple[TryTold, ...]


def choices_of(chosen: Collection[Kind]) -> list[Option]:
    """What one can be told of."""
    told = {
        Kind.REPORTS: (gettext("Reports"), gettext("Two people or more found the same thing wrong")),
        Kind.OVERDUE: (gettext("Overdue checks"), gettext("On the morning on which one becomes overdue")),
        Kind.PROPOSED: (gettext("New proposals"), gettext("Somebody proposes a change, and it waits")),
        Kind.SETTLED: (gettext("Settled proposals"), gettext("One was accepted or turned down")),
        Kind.TASKS: (gettext("Tasks"), gettext("A fault is yours to be put right, or is overdue")),
        Kind.SUPPLIES: (gettext("Supplies"), gettext("Something is few, gone, out of date or nearly so")),
        Kind.LISTS: (gettext("Lists that wait"), gettext("One was sent in, and is to be looked at and taken in")),
        Kind.EDITS: (gettext("Single changes"), gettext("Somebody changed, added or removed a station")),
        Kind.IMPORTS: (gettext("Many changes at once"), gettext("A list was taken in, or taken back")),
    }
    return [Option(kind.value, *told[kind], kind in chosen) for kind in Kind]


def rhythms_of(chosen: str) -> list[Option]:
    """How often one can be told."""
    told = {
        Rhythm.NEVER: (gettext("No letters"), ""),
        Rhythm.AT_ONCE: (gettext("At once"), gettext("Within a minute or two; what comes together is one letter")),
        Rhythm.DAILY: (gettext("Once a day"), gettext("In the morning, if anything happened")),
    }
    return [Option(one.value, *told[one], one == chosen) for one in Rhythm]


def say_hook_state(state: HookState) -> str:
    """Say whether a webhook is sent anything."""
    return {
        HookState.ON: gettext("is told"),
        HookState.PAUSED: gettext("paused"),
        HookState.GONE: gettext("taken away"),
    }[state]


def say_state(state: State) -> str:
    """Say what became of a delivery."""
    return {
        State.WAITING: gettext("on its way"),
        State.SENT: gettext("delivered"),
        State.GIVEN_UP: gettext("given up"),
        State.DROPPED: gettext("not needed any more"),
    }[state]


def say_hook(hook: Hook) -> str:
    """Name a webhook."""
    robot = say_robot(hook)
    return f"{robot} {hook.url.rpartition('*')[2]}".strip() if robot else WebAddress.host_of(hook.url)


def say_robot(hook: Hook) -> str:
    """Say which kind of robot a webhook is; nothing where it is none."""
    return {
        Form.OURS: "",
        Form.WECOM: gettext("Robot of a WeCom group"),
        Form.DINGTALK: gettext("Robot of a DingTalk group"),
        Form.FEISHU: gettext("Robot of a Feishu group"),
    }[form_of(hook.url)]


def hook_told(house: House, hook: Hook, failed: int) -> HookTold:
    """Tell a webhook in words."""
    names = [one.name for one in choices_of(hook.kinds) if one.chosen]
    kinds = gettext("everything") if len(names) == len(Kind) else gettext(", ").join(names)
    return HookTold(
        hook, say_hook(hook), say_robot(hook), say_area(house, hook.area), say_hook_state(hook.state), kinds, failed
    )


def letters_told(house: House, notices: Notices, log: Log, now: datetime) -> list[SentTold]:
    """Tell what letters somebody was sent; only of what they may see now."""
    person = asker()
    return [
        _told(house, notices, one, [(event, seen_by(person, event)) for event in events], tries, now)
        for one, events, tries in log
    ]


def log_told(house: House, notices: Notices, log: Log, now: datetime) -> list[SentTold]:
    """Tell what a webhook was sent."""
    return [
        _told(house, notices, one, [(event, event.stations) for event in events], tries, now)
        for one, events, tries in log
    ]


def say_answer(text: str) -> str:
    """Say what was answered: in the reader's words where it is ours, as it came where it is another server's."""
    template, values = of_words(text)
    said = gettext(template)
    try:
        return said.format(**values)
    except (KeyError, IndexError, ValueError):
        return template


def _told(
    house: House,
    notices: Notices,
    delivery: Delivery,
    events: list[tuple[Event, tuple[object, ...]]],
    tries: tuple[Try, ...],
    now: datetime,
) -> SentTold:
    seen = [(event, stations) for event, stations in events if stations or event.kind == TEST]
    lines = tuple(notices.letters.say(event, stations, language()) for event, stations in seen[:SHOWN])  # type: ignore[arg-type]  # of stations
    waits = delivery.state is State.WAITING and delivery.due > now
    return SentTold(
        delivery,
        say_moment(delivery.made, house, now),
        lines,
        len(seen) - len(lines),
        gettext("waits for its next try") if waits else say_state(delivery.state),
        say_moment(delivery.due, house, now) if waits else "",
        tuple(
            TryTold(
                say_moment(one.at, house, now),
                gettext("%(seconds)s s", seconds=f"{one.took_ms / 1000:.1f}"),
                one.good,
                say_answer(one.answer) or (gettext("taken by the mail server") if one.good else ""),
            )
            for one in tries
        ),
    )
