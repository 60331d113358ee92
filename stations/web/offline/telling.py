"""The words of the page that answers without a network: what the finder says, with places left for a script to fill.

A place is written as the translations write it: ``%(clock)s``. What differs with a number is a pair, for one and for
several.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask_babel import gettext, ngettext

Words = dict[str, str | list[str]]

LEFT: Mapping[str, str] = MappingProxyType(
    {
        name: f"%({name})s"
        for name in (
            "access amenity because clock code count day first km lat lon metres minutes mode people place state text "
            "weekday what why"
        ).split()
    }
)
"""Every place that is left, by its name: filled in with itself, it stays."""

_MANY = 987_654
"""A number that stands in no text of ours, to be found again in what is said of several."""


def words_away() -> Words:
    """What the finder says of stations, in the language of the request."""
    return {
        "minutes": gettext("%(minutes)s min", **LEFT),
        "metres": gettext("%(metres)s m", **LEFT),
        "km": gettext("%(km)s km", **LEFT),
        "tomorrow": gettext("tomorrow %(clock)s", **LEFT),
        "weekday": gettext("%(weekday)s %(clock)s", **LEFT),
        "day": gettext("%(day)s %(clock)s", **LEFT),
        "today_back": gettext("today %(clock)s", **LEFT),
        "yesterday": gettext("yesterday %(clock)s", **LEFT),
        "comma": gettext(", "),
        "because": gettext("%(state)s (%(because)s)", **LEFT),
        "open": gettext("Open around the clock"),
        "open_until": gettext("Open until %(clock)s", **LEFT),
        "unsure": gettext("Not certain to be open: %(because)s", **LEFT),
        "unknown": gettext("Opening hours not known"),
        "too_old": gettext("the list on this phone is too old to tell"),
        "closed": gettext("Closed when you arrive"),
        "closed_opens": gettext("Closed when you arrive; opens %(clock)s", **LEFT),
        "closed_now": gettext("Closed now"),
        "closed_now_opens": gettext("Closed now, opens %(clock)s", **LEFT),
        "closing": _several(
            lambda number: ngettext(
                "Closes %(clock)s, %(num)s minute before you get there",
                "Closes %(clock)s, %(num)s minutes before you get there",
                number,
                **LEFT,
            )
        ),
        "only_for": gettext("Only for: %(people)s", **LEFT),
        "lacks": gettext("Does not have: %(amenity)s", **LEFT),
        "not_known": gettext("Not known whether it has: %(amenity)s", **LEFT),
        "too_far": gettext("Farther than %(minutes)s min", **LEFT),
        "estimate": gettext("straight-line estimate"),
        "nearby": gettext("nearby"),
        "and_more": gettext("and %(count)s more", **LEFT),
        "has": gettext("What it has"),
        "way_in": gettext("Way in: %(access)s", **LEFT),
        "checked": gettext("Last checked %(day)s", **LEFT),
        "not_checked": gettext("Not yet checked on the spot"),
        "caution": _several(
            lambda number: ngettext(
                "%(num)s person found: %(what)s (%(clock)s)",
                "%(num)s people found: %(what)s (%(clock)s)",
                number,
                **LEFT,
            )
        ),
        **_headings(),
        **_of_the_list(),
    }


def _headings() -> Words:
    """What stands above the cards."""
    return {
        "found_open": _several(
            lambda number: ngettext(
                "%(num)s station is open when you get there; it is %(first)s away",
                "%(num)s stations are open when you get there; the nearest is %(first)s away",
                number,
                **LEFT,
            )
        ),
        "found_unsure": _several(
            lambda number: ngettext(
                "%(num)s station within %(minutes)s min %(mode)s, not sure to be open; it is %(first)s away",
                "%(num)s stations within %(minutes)s min %(mode)s, none sure to be open; the nearest is %(first)s away",
                number,
                **LEFT,
            )
        ),
        "found_almost": gettext(
            "Nothing suits within %(minutes)s min %(mode)s. These almost do:",
            **LEFT,
        ),
        "found_none": gettext("No station is known here."),
        "group_open": gettext("Open on arrival"),
        "group_uncertain": gettext("Not certain to be open"),
        "group_later": gettext("Opens later"),
        "group_farther": gettext("Farther away"),
        "group_almost": gettext("Almost: and why not"),
        "navigate": gettext("Navigate"),
        "with_apple": gettext("Apple Maps"),
        "with_geo": gettext("This phone's map"),
        "position": gettext("Position %(lon)s, %(lat)s", **LEFT),
        "my_position": gettext("My position"),
        "near": gettext("Other stations near it"),
        "more": gettext("%(count)s more", **LEFT),
        "from": gettext("From %(place)s.", **LEFT),
    }


def _of_the_list() -> Words:
    """How old the list on the phone is."""
    return {
        "age_now": gettext("The list is as of just now."),
        "age_minutes": _several(
            lambda number: ngettext(
                "The list is as of %(num)s minute ago.", "The list is as of %(num)s minutes ago.", number
            )
        ),
        "age_hours": _several(
            lambda number: ngettext(
                "The list is as of %(num)s hour ago.", "The list is as of %(num)s hours ago.", number
            )
        ),
        "age_days": _several(
            lambda number: ngettext("The list is as of %(num)s day ago.", "The list is as of %(num)s days ago.", number)
        ),
        "expired": gettext("It is older than seven days: opening hours cannot be told any more."),
        "nothing_kept": gettext(
            "No list is kept on this phone yet. Open this page once with a network, and it will be there without."
        ),
        "no_such_name": gettext(
            "No station on this phone is called “%(text)s”. Places can be searched only with a network.",
            **LEFT,
        ),
        "no_such_station": gettext("The station %(code)s is not on the list of this phone.", **LEFT),
        "refused": gettext("The phone does not say where it is. Type a station's name instead."),
        "waiting": gettext("Looking for your position …"),
    }


def words_later() -> Words:
    """What is said of what could not be sent, and waits."""
    return {
        "kept": _several(
            lambda number: ngettext(
                "No network just now. It will be sent by itself when there is one; %(num)s is waiting.",
                "No network just now. It will be sent by itself when there is one; %(num)s are waiting.",
                number,
            )
        ),
        "waiting": _several(
            lambda number: ngettext(
                "%(num)s thing you said is waiting for a network.",
                "%(num)s things you said are waiting for a network.",
                number,
            )
        ),
        "sent": _several(
            lambda number: ngettext(
                "%(num)s thing you said earlier was sent now.", "%(num)s things you said earlier were sent now.", number
            )
        ),
        "old": _several(
            lambda number: ngettext(
                "%(num)s thing you said was older than 7 days and was not sent.",
                "%(num)s things you said were older than 7 days and were not sent.",
                number,
            )
        ),
        "refused": gettext("Something you said earlier was not taken: %(why)s", **LEFT),
    }


def _several(say: Callable[[int], str]) -> list[str]:
    return [say(1), say(_MANY).replace(str(_MANY), "%(num)s")]
