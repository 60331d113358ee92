"""What a planner asks of siting, read from the address into a typed query, or a clear refusal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from geodata.atlas import Atlas
from geodata.errors import PositionError
from geodata.lonlat import LonLat
from stations.errors import HoursError
from stations.phrases import read_hours
from stations.questions.siting import (
    MOST_CANDIDATES,
    Candidate,
    CandidateQuery,
    Moment,
    Objective,
    SitingQuery,
    Wish,
    read_rows,
)
from stations.questions.siting.candidates import BARE, LEAST_SPACING_M
from stations.taxonomy import Taxonomy
from stations.web.params import (
    Args,
    BadParameter,
    Known,
    counted,
    finite,
    first,
    number,
    read_amenities,
    read_flag,
    read_moment,
)
from stations.web.planned import LONGEST_NAME, read_coverage

COVERED = ("mode", "minutes", "speed", "weight", "at", "amenity", "add", "move", "close", "hours")
"""What a question of siting has in common with one of coverage."""

OWN = (
    "aim", "sites", "budget", "share", "times", "keep", "host", "spacing", "point", "list", "force", "forbid", "cost",
    "capacity", "seats", "moment", "wish", "assume", "leave_out", "farthest",
)  # fmt: skip

SITING_QUESTION = (*COVERED, *OWN)
"""What an answer depends on, in the order in which an address has it."""

SITING_PARAMETERS = frozenset({*SITING_QUESTION, "lang"})

UNORDERED = frozenset({"amenity", "host", "force", "forbid", "cost", "moment", "wish", "close", "hours"})
"""Parameters whose values mean the same in any order; points are numbered by theirs."""

USUAL: Mapping[str, str] = MappingProxyType(
    {"mode": "walk", "minutes": "15", "aim": Objective.MOST.value, "share": "100", "times": "1", "keep": "1",
     "leave_out": "0"}
)  # fmt: skip
"""What is meant where nothing is said."""

USUAL_SITES = 5
USUAL_SPACING_M = 500.0
MOST_SITES = 1000
MOST_NUMBER = 1e12
COSTED = re.compile(r"[nwr]\d+|@.+|(?:point|listed)-\d+")
"""Keys that candidates have: premises of the extract, points on streets, those given."""

LIST_NAME = re.compile(r"[0-9a-f]{16}")
POINT_FORM = "point=116.3200,28.3000"

RowsOfList = Callable[[str], Sequence[Mapping[str, str]]]
"""Gives the rows of an uploaded list by its name; raises a `StationsError` where there is none."""


def premises_on(atlas: Atlas | None, taxonomy: Taxonomy) -> Mapping[str, int]:
    """How many premises an atlas has of each host kind, in the order of the taxonomy; kinds of none are left out."""
    counts = Counter(one.host for one in atlas.premises) if atlas is not None else Counter[str]()
    return {kind: counts[kind] for kind in taxonomy.hosts.terms if counts[kind]}


def asked_of(args: Args) -> dict[str, list[str]]:
    """The question as an address carries it on: its parameters that have values, in one order."""
    return {name: kept for name in SITING_QUESTION if (kept := [one for one in args.get(name, ()) if one.strip()])}


def canonical(args: Args) -> dict[str, list[str]]:
    """The question in one form for all ways to write it down: what is usual is left out, the rest is in order."""
    told = {}
    for name, values in asked_of(args).items():
        plain = [one.strip() for one in values]
        if plain == [USUAL.get(name)]:
            continue
        told[name] = sorted(set(plain)) if name in UNORDERED else plain
    return told


def read_siting(args: Args, known: Known, rows_of_list: RowsOfList) -> SitingQuery:
    """Read the question where stations should go.

    Parameters
    ----------
    known
        What may be named. Its premises are the candidates where nothing else is said.
    rows_of_list
        Gives the candidates of ``list``.

    Raises
    ------
    BadParameter
        A value that cannot be used; it says which, and what would do.
    SitingError
        A row of a list that cannot be used.
    """
    coverage = read_coverage(args, known)
    aim = _read_aim(args)
    candidates = _read_candidates(args, known, rows_of_list)
    forbidden = frozenset(one.strip() for one in args.get("forbid", ()) if one.strip())
    budget = _read_amount(args, "budget", above=False)
    sites = _read_sites(args)
    if sites is None and budget is None and aim is not Objective.FEWEST:
        sites = _usual_sites(candidates, known, len(forbidden))
    return SitingQuery(
        objective=aim,
        coverage=coverage,
        candidates=candidates,
        sites=sites,
        budget=budget,
        share=_read_share(args),
        times=_read_times(args),
        keep=read_flag(args, "keep") if first(args, "keep") else True,
        forced=frozenset(one.strip() for one in args.get("force", ()) if one.strip()),
        forbidden=forbidden,
        costs=_read_costs(args, known, candidates),
        capacity=_read_amount(args, "capacity"),
        existing_capacity=_read_amount(args, "seats"),
        moments=tuple(_read_moment(one, known) for one in args.get("moment", ()) if one.strip()),
        wishes=tuple(_read_wish(one, known) for one in args.get("wish", ()) if one.strip()),
        assumed_hours=_hours("assume", first(args, "assume")),
        leave_out=read_flag(args, "leave_out"),
        farthest_minutes=_read_amount(args, "farthest"),
    )


def _read_aim(args: Args) -> Objective:
    aim = first(args, "aim") or Objective.MOST
    try:
        return Objective(aim)
    except ValueError:
        raise BadParameter(
            "aim",
            aim,
            "Stations cannot be sited for “{value}”. Known are: {known}.",
            known=", ".join(one.value for one in Objective),
        ) from None


def _read_candidates(args: Args, known: Known, rows_of_list: RowsOfList) -> CandidateQuery:
    hosts = frozenset(one for one in args.get("host", ()) if one)
    if strange := hosts - known.host_kinds:
        raise BadParameter(
            "host",
            min(strange),
            "There is no kind of premises “{value}”. Known are: {known}.",
            known=", ".join(sorted(known.host_kinds)),
        )
    spacing_m = _read_spacing(args)
    given = [_read_point(at, one) for at, one in enumerate(filter(str.strip, args.get("point", ())), 1)]
    given += _read_list(first(args, "list").strip(), known, rows_of_list)
    if hosts or spacing_m is not None or given:
        return CandidateQuery(hosts, spacing_m, tuple(given))
    hosts = usual_hosts(known.premises)
    return CandidateQuery(hosts, None if hosts else USUAL_SPACING_M)


def usual_hosts(premises: Mapping[str, int]) -> frozenset[str]:
    """Kinds of premises that are candidates where nothing is said: all, or as many kinds as a proof can weigh.

    Parameters
    ----------
    premises
        How many there are of each kind, in the order in which kinds are named.
    """
    taken, count = set(), 0
    for kind, some in premises.items():
        if some and count + some <= MOST_CANDIDATES:
            taken.add(kind)
            count += some
    return frozenset(taken)


def _usual_sites(candidates: CandidateQuery, known: Known, ruled_out: int) -> int:
    """Five, or as many as there are candidates, where fewer."""
    if candidates.spacing_m is not None:
        return USUAL_SITES
    count = len(candidates.given) + sum(known.premises.get(kind, 0) for kind in candidates.hosts)
    return max(1, min(USUAL_SITES, count - ruled_out))


def _read_spacing(args: Args) -> float | None:
    if not first(args, "spacing").strip():
        return None
    spacing_m = number(args, "spacing")
    if not LEAST_SPACING_M <= spacing_m <= 100_000.0:
        raise BadParameter(
            "spacing",
            first(args, "spacing"),
            "Points cannot be “{value}” m apart. Give {least} or more.",
            least=round(LEAST_SPACING_M),
        )
    return spacing_m


def _read_point(at: int, text: str) -> Candidate:
    lon, _, rest = text.partition(",")
    lat, _, rest = rest.partition(",")
    name, _, hours = rest.partition(";")
    try:
        position = LonLat(finite(lon), finite(lat))
    except (ValueError, PositionError):
        raise BadParameter("point", text, "“{value}” holds no position. Give {form}.", form=POINT_FORM) from None
    return Candidate(f"point-{at}", position, name.strip()[:LONGEST_NAME], hours=_hours("point", hours))


def _read_list(name: str, known: Known, rows_of_list: RowsOfList) -> tuple[Candidate, ...]:
    if not name:
        return ()
    if not LIST_NAME.fullmatch(name):
        raise BadParameter("list", name, "There is no list “{value}” here. Upload it once more.")
    return read_rows(rows_of_list(name), known.zone)


def _read_sites(args: Args) -> int | None:
    text = first(args, "sites").strip()
    if not text:
        return None
    sites = counted(text, MOST_SITES)
    if sites is None:
        raise BadParameter("sites", text, "“{value}” is not a number of sites. Give 1 to {most}.", most=MOST_SITES)
    return sites


def _read_amount(args: Args, name: str, *, above: bool = True) -> float | None:
    """A number above 0, or from 0 on."""
    if not first(args, name).strip():
        return None
    amount, text = number(args, name), first(args, name)
    if above and not 0.0 < amount <= MOST_NUMBER:
        raise BadParameter(name, text, "“{field}” cannot be “{value}”. Give a number above 0.")
    if not 0.0 <= amount <= MOST_NUMBER:
        raise BadParameter(name, text, "“{field}” cannot be “{value}”. Give 0 or more.")
    return amount


def _read_share(args: Args) -> float:
    if not first(args, "share").strip():
        return 1.0
    percent = number({"share": [first(args, "share").strip().rstrip("%％").strip()]}, "share")
    if not 0.0 < percent <= 100.0:
        raise BadParameter(
            "share", first(args, "share"), "“{value}” per cent cannot be covered. Give more than 0, and at most 100."
        )
    return percent / 100.0


def _read_times(args: Args) -> int:
    text = first(args, "times").strip() or "1"
    if text not in {"1", "2"}:
        raise BadParameter("times", text, "Cover by 1 station or by 2, not by “{value}”.")
    return int(text)


def _read_costs(args: Args, known: Known, candidates: CandidateQuery) -> tuple[tuple[str, float], ...]:
    """Every ``cost``; of a misspelt kind one would believe that it was counted."""
    kinds = known.host_kinds | BARE | {one.kind for one in candidates.given}
    costs = [(text, *_read_cost(text)) for text in args.get("cost", ()) if text.strip()]
    for text, key, _ in costs:
        if key not in kinds and not COSTED.fullmatch(key):
            raise BadParameter(
                "cost",
                text,
                "“{value}” is the cost of no candidate and of no kind. Known kinds are: {known}.",
                known=", ".join(sorted(filter(None, kinds))),
            )
    return tuple(sorted((key, cost) for _, key, cost in costs))


def _read_cost(text: str) -> tuple[str, float]:
    key, _, cost = text.rpartition(":")
    try:
        amount = finite(cost)
    except ValueError:
        amount = -1.0
    if not key.strip() or not 0.0 <= amount <= MOST_NUMBER:
        raise BadParameter(
            "cost", text, "“{value}” is no cost. Give a candidate or a kind, a colon and a number, like bank:3."
        )
    return key.strip(), amount


def _read_moment(text: str, known: Known) -> Moment:
    at, weight = _weighed("moment", text)
    return Moment(read_moment(at, known.zone, "moment"), weight)


def _read_wish(text: str, known: Known) -> Wish:
    # A plus sign in an address is read as a blank.
    said, weight = _weighed("wish", text)
    keys = [one for one in re.split(r"[\s+,]+", said) if one]
    try:
        return Wish(read_amenities({"amenity": keys}, known), weight)
    except BadParameter as fault:
        raise BadParameter("wish", fault.value, fault.template, **(fault.values | {"field": "wish"})) from None


def _weighed(name: str, text: str) -> tuple[str, float]:
    said, _, weight = text.partition(";")
    if not weight.strip():
        return said.strip(), 1.0
    try:
        amount = finite(weight)
    except ValueError:
        amount = -1.0
    if not 0.0 <= amount <= MOST_NUMBER:
        raise BadParameter(name, text, "The weight in “{value}” is not a number of 0 or more. Write it behind a ;.")
    return said.strip(), amount


def _hours(name: str, text: str) -> str:
    try:
        return read_hours(text)
    except HoursError:
        raise BadParameter(
            name, text, "The hours “{value}” are not understood. Write them like 08:00-22:00, or 24/7."
        ) from None


__all__ = ["SITING_PARAMETERS", "SITING_QUESTION", "asked_of", "canonical", "premises_on", "read_siting", "usual_hosts"]
