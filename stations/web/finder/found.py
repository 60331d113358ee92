"""What a search found, in words: what it is, what tells it from others of its name, and where it is."""

from __future__ import annotations

from flask_babel import gettext

from geodata.landmarks import TOWNSHIP
from stations.questions.search import Kind, Match
from stations.wording.figures import say_place
from stations.wording.names import Names
from stations.wording.spoken import language


def say_name(match: Match) -> str:
    """Its name; the mapped one where it has none in English."""
    return match.name_en if match.name_en and language() == "en" else match.name


def say_what(match: Match, names: Names) -> str:
    """What it is, in a word."""
    if match.kind is Kind.STATION:
        return names.kind(match.what)
    if match.kind is Kind.PREMISES:
        return names.host(match.what)
    if match.kind is Kind.STREET:
        return gettext("street")
    return gettext("township") if match.what == TOWNSHIP else gettext("place")


def say_line(match: Match) -> str:
    """What tells it from others of its name: an address, or the township and the place it lies by."""
    if match.kind is Kind.STATION and match.address:
        return match.address
    said = [match.township] if match.township and match.township not in {match.name, match.name_en} else []
    if match.near is not None:
        said.append(say_place(match.near))
    return " · ".join(said)
