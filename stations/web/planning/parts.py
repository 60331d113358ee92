"""The parts that may lie open beside the map, each in words: only the one that does is worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_decimal, gettext

from stations.handouts.finding import say_sureness
from stations.handouts.townshiptables import say_why, township_name
from stations.questions.coverage import CoverageAnswer, TownshipRow
from stations.questions.coverage.fairness import Fairness, Inequality
from stations.questions.coverage.floating import Floating
from stations.questions.coverage.serving import Served
from stations.questions.coverage.sureness import Band, Sureness, SurenessRow
from stations.questions.coverage.townships import Double15, Double15Row
from stations.questions.coverage.worth import Pair, Worth
from stations.web.params import Args
from stations.web.planning.clockface import read_face
from stations.web.planning.findings import Asked, Findings
from stations.web.planning.reading import named_by
from stations.web.planning.trying import try_at, without_station
from stations.wording.figures import and_others, listed, say_amount, say_minutes, say_share
from stations.wording.names import Names

Part = dict[str, Any]


def read_part_of(part: str, asked: Asked, findings: Findings, args: Args, names: Names, today: date) -> Part:
    """What the open part shows, as its template takes it."""
    match part:
        case "townships":
            return {"in_bands": _in_bands(findings.coverage(asked))}
        case "gaps":
            answer = findings.coverage(asked)
            whys = [say_why(gap, answer) for gap in answer.gaps]
            return {"tries": [try_at(args, gap) for gap in answer.gaps], "whys": whys}
        case "stations":
            return _stations(asked, findings, args, names)
        case "clock":
            return {"face": read_face(findings.week(asked, today), args, asked.snapshot.timezone)}
        case "double15":
            return {"double": read_double15(findings.double15(asked))}
        case "sure":
            return {"sure": read_sureness(findings.sureness(asked))}
        case "fair":
            return {
                "fair": read_fairness(findings.fairness(asked)),
                "seats": read_seats(findings.floating(asked), findings.served(asked), names),
            }
    return {}


# Townships: how many within how many minutes


@dataclass(frozen=True, slots=True)
class BandsLine:
    """A township, and its shares within each of the minutes."""

    name: str
    shares: Sequence[str]


def _in_bands(answer: CoverageAnswer) -> Part:
    def line(name: str, row: TownshipRow) -> BandsLine:
        return BandsLine(name, [say_share(covered, row.demand) for covered in row.bands])

    return {
        "minutes": [f"{minutes:g}" for minutes in answer.bands],
        "lines": [line(township_name(row.name), row) for row in answer.rows],
        "total": line(gettext("Total"), answer.total),
    }


# Stations: what each is worth


@dataclass(frozen=True, slots=True)
class WorthLine:
    """What a station is worth, in words."""

    code: str
    name: str
    township: str
    worth: Worth
    covers: str
    only: str
    nearest: str
    close: str


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two stations that cover the same."""

    pair: Pair
    lesser: str
    greater: str
    shared: str
    of_lesser: str
    of_greater: str
    close: str


def _stations(asked: Asked, findings: Findings, args: Args, names: Names) -> Part:
    served = findings.served(asked)
    unit = served.layer.demand.unit
    name = named_by(served.snapshot, names)
    return {
        "worths": [
            WorthLine(
                one.code,
                name(one.code),
                township_name(one.township),
                one,
                say_amount(one.covers, unit),
                say_amount(one.only, unit),
                say_amount(one.nearest, unit),
                without_station(args, one.code),
            )
            for one in sorted(findings.worth(asked), key=lambda one: -one.only)
        ],
        "pairs": [
            PairLine(
                pair,
                name(pair.lesser),
                name(pair.greater),
                say_amount(pair.shared, unit),
                say_share(pair.of_lesser, 1.0),
                say_share(pair.of_greater, 1.0),
                without_station(args, pair.lesser),
            )
            for pair in findings.pairs(asked)
        ],
    }


# 双15: a kilometre on the ruler beside fifteen minutes on foot


@dataclass(frozen=True, slots=True)
class Double15Line:
    """A township in the words of the 双15 project."""

    name: str
    row: Double15Row
    demand: str
    circle: str
    street: str
    differs: str
    circle_overlap: str
    street_overlap: str


def read_double15(report: Double15) -> Part:
    """Put the 双15 report into words."""

    def line(row: Double15Row, name: str) -> Double15Line:
        return Double15Line(
            name,
            row,
            say_amount(row.demand, report.unit),
            say_share(row.circle, row.demand),
            say_share(row.street, row.demand),
            say_points(None if row.circle_share is None else (row.street_share or 0.0) - row.circle_share),
            say_share(row.circle_twice, row.demand),
            say_share(row.street_twice, row.demand),
        )

    return {
        "lines": [line(row, township_name(row.name)) for row in report.rows],
        "total": line(report.total, gettext("Total")),
    }


def say_points(difference: float | None) -> str:
    """Say a difference of shares, in percentage points."""
    if difference is None:
        return "–"
    points = round(100.0 * difference, 1)
    sign = "+" if points > 0 else "−" if points < 0 else "±"
    return f"{sign}{format_decimal(abs(points), format='0.0')}"


# How sure: from where to where


@dataclass(frozen=True, slots=True)
class BandWords:
    """From what at least to what at most; both for a drawing, and as words."""

    low: float
    high: float
    said: str


@dataclass(frozen=True, slots=True)
class SureLine:
    """How sure a township's share is."""

    name: str
    share: str
    at: float
    speed: BandWords | None
    position: BandWords | None
    hours: BandWords | None
    together: BandWords | None


def read_sureness(sureness: Sureness) -> Part:
    """Put into words how sure the shares are."""

    def line(row: SurenessRow, name: str) -> SureLine:
        return SureLine(
            name,
            "–" if row.share is None else say_share(row.share, 1.0),
            row.share or 0.0,
            *(_band(band) for band in (row.speed, row.position, row.hours, row.together)),
        )

    slow, fast = sureness.speeds_kmh
    return {
        "lines": [line(row, township_name(row.name)) for row in sureness.rows],
        "said": say_sureness(sureness),
        "total": line(sureness.total, gettext("Total")),
        "slow": f"{slow:g}",
        "fast": f"{fast:g}",
        "position_m": f"{sureness.position_m:g}",
        "unsure": sureness.unsure,
    }


def _band(band: Band | None) -> BandWords | None:
    if band is None:
        return None
    low, high = say_share(band.low, 1.0), say_share(band.high, 1.0)
    return BandWords(band.low, band.high, low if low == high else f"{low} – {high}")


# Fairness, and seats


def read_fairness(fairness: Fairness) -> Part:
    """Put the measures of fairness into words."""
    return {
        "worst": and_others(fairness.worst_name, fairness.worst_others),
        "worst_share": _share(fairness.worst_share),
        "best": and_others(fairness.best_name, fairness.best_others),
        "best_share": _share(fairness.best_share),
        "access": _measures(fairness.access),
        "within": _measure(fairness.theil_within),
        "between": _measure(fairness.theil_between),
        "townships": _measures(fairness.townships),
    }


def _share(share: float | None) -> str:
    return "–" if share is None else say_share(share, 1.0)


def _measures(spread: Inequality) -> dict[str, str]:
    return {name: _measure(getattr(spread, name)) for name in ("mean", "gini", "palma", "theil")}


def _measure(value: float | None) -> str:
    return "–" if value is None else str(format_decimal(value, format="0.000" if value < 10.0 else "#,##0.0"))


def read_seats(floating: Floating, served: Served, names: Names) -> Part:
    """Put into words how many seats there are for people."""
    name = named_by(served.snapshot, names)
    return {
        "known": floating.known,
        "seats": floating.seats,
        "idle": floating.idle,
        "unknown": len(floating.unknown),
        "unknown_names": listed([name(code) for code in floating.unknown[:5]]),
        "zones": [say_minutes(60.0 * minutes) for minutes in floating.zones],
        "lines": [
            (
                township_name(row.name),
                format_decimal(row.seats, format="#,##0.0"),
                "–" if row.per_thousand is None else format_decimal(row.per_thousand, format="#,##0.00"),
                row,
            )
            for row in floating.rows
        ],
        "total": (
            format_decimal(floating.total.seats, format="#,##0.0"),
            "–"
            if floating.total.per_thousand is None
            else format_decimal(floating.total.per_thousand, format="#,##0.00"),
        ),
    }
