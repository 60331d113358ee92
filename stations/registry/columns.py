"""The stations side by side in columns, gathered from rows or brought up to date with a few of them.

The same stations give the same columns whichever way they came: stations in the
order of their codes, hours and amenities in the order of their texts, and none
of those that no station has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from operator import lt
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from stations.registry.pages import Edit, Pages
from stations.station import COORDINATE_DECIMALS, AmenityState, Station, Status

AMENITY_CODES: Mapping[AmenityState, int] = MappingProxyType(
    {AmenityState.UNKNOWN: 0, AmenityState.YES: 1, AmenityState.NO: 2, AmenityState.NEARBY: 3}
)
"""How the column of amenity states writes them."""

Rows = NDArray[np.int64]
Column = TypeVar(
    "Column", NDArray[np.float64], NDArray[np.int64], NDArray[np.int32], NDArray[np.int8], NDArray[np.bool_]
)


RowValues = tuple[str, int, str, float, float, str, str, bytes]
"""What a `Row` holds, as a database driver gives it."""


class Row(NamedTuple):
    """One station as the table of stations holds it.

    Attributes
    ----------
    lon, lat
        Degrees WGS-84, as the record writes them.
    hours, amenities
        As `hours_key` and `amenities_key` give them.
    record
        JSON, UTF-8.
    """

    code: str
    revision: int
    status: str
    lon: float
    lat: float
    hours: str
    amenities: str
    record: bytes

    @classmethod
    def of(cls, station: Station, revision: int, record: str = "") -> Row:
        """Put one station in a row, with its record as it stands in the log where there is one."""
        return cls(
            station.code,
            revision,
            station.status.value,
            round(float(station.position.lon), COORDINATE_DECIMALS) + 0.0,
            round(float(station.position.lat), COORDINATE_DECIMALS) + 0.0,
            hours_key(station),
            amenities_key(station),
            (record or station.to_json()).encode(),
        )


def hours_key(station: Station) -> str:
    """Write all that decides when a station is open as one text, equal for equal facts.

    A JSON list: hours, self-service hours, season, and a list of the closures.
    """
    closures = [closure.to_record() for closure in sorted(station.closures)]
    return orjson.dumps((station.hours, station.self_service_hours, station.season, closures)).decode()


def amenities_key(station: Station) -> str:
    """Write what is known of a station's amenities as one text: ``toilet=nearby;water=yes``, by rising key."""
    states = station.amenities
    return ";".join(f"{key}={states[key].value}" for key in sorted(states) if states[key] is not AmenityState.UNKNOWN)


@dataclass(frozen=True, eq=False, kw_only=True)
class Columns:
    """Stations in columns, which are parallel, and cannot be written.

    Attributes
    ----------
    codes
        By rising Unicode code points, whatever order a database keeps.
    records
        JSON, UTF-8.
    revisions
        int64 ``[n]``, the revision at which each record was written.
    lon, lat
        float64 ``[n]``, degrees WGS-84.
    active
        bool ``[n]``; only active stations serve and count.
    rule
        int32 ``[n]``, index into `rule_keys`.
    rule_keys
        The distinct texts of `hours_key`, sorted.
    amenity
        int8 ``[n, A]``: 0 unknown, 1 yes, 2 no, 3 nearby.
    amenity_keys
        The A keys that any station knows something of, sorted.
    """

    codes: Pages[str]
    records: Pages[bytes]
    revisions: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    active: NDArray[np.bool_]
    rule: NDArray[np.int32]
    rule_keys: tuple[str, ...]
    amenity: NDArray[np.int8]
    amenity_keys: tuple[str, ...]

    def __post_init__(self) -> None:
        """Lock the columns: they are shared between threads."""
        for column in (self.revisions, self.lon, self.lat, self.active, self.rule, self.amenity):
            column.flags.writeable = False


class _Numbers(dict[str, int]):
    """Numbers texts in the order in which they come."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


def gather(chunks: Iterable[Sequence[RowValues]]) -> Columns:
    """Put rows in columns; they come in any order, some at a time."""
    codes: list[str] = []
    records: list[bytes] = []
    parts: list[tuple[NDArray[Any], ...]] = []
    hours, facts = _Numbers(), _Numbers()
    for chunk in chunks:
        code, revision, status, lon, lat, hours_keys, amenities_keys, record = zip(*chunk, strict=True)
        codes += code
        records += record
        parts.append(
            (
                np.array(revision, np.int64),
                np.array(lon, np.float64),
                np.array(lat, np.float64),
                np.fromiter(map(Status.ACTIVE.value.__eq__, status), np.bool_, len(code)),
                np.fromiter(map(hours.__getitem__, hours_keys), np.int32, len(code)),
                np.fromiter(map(facts.__getitem__, amenities_keys), np.int32, len(code)),
            )
        )
        del chunk, code, hours_keys, amenities_keys, record  # before as many more are fetched
    if not parts:
        return _NONE
    revisions, lons, lats, active, rule, fact = (np.concatenate(column) for column in zip(*parts, strict=True))
    parts.clear()
    rule_keys = tuple(sorted(hours))
    table, amenity_keys = _table_of(tuple(facts))
    order: Any = slice(None)
    if not all(map(lt, codes, islice(codes, 1, None))):
        rows = sorted(range(len(codes)), key=codes.__getitem__)
        codes, records, order = [codes[row] for row in rows], [records[row] for row in rows], np.array(rows)
    return Columns(
        codes=Pages.of(codes),
        records=Pages.of(records),
        revisions=revisions[order],
        lon=lons[order],
        lat=lats[order],
        active=active[order],
        rule=_places(hours, rule_keys)[rule[order]],
        rule_keys=rule_keys,
        amenity=table[fact[order]],
        amenity_keys=amenity_keys,
    )


def merge(known: Columns, rows: Sequence[RowValues], gone: Iterable[str] = ()) -> Columns:
    """Put a few rows in the place of what stands under their codes, and take others out.

    As `gather` would have given them all. What did not change is the same object.

    Parameters
    ----------
    gone
        Codes of stations that are no more; those that never were do no harm.
    """
    fresh = gather([rows] if rows else [])
    edits = [(*known.codes.place(code), number) for number, code in enumerate(fresh.codes)]
    edits += [(row, True, -1) for row, stands in map(known.codes.place, gone) if stands]
    if not edits:
        return known
    change = _Change.of(edits)
    rule, rule_keys = _edited_rules(known, fresh, change)
    amenity, amenity_keys = _edited_amenities(known, fresh, change)
    return Columns(
        codes=known.codes.edited(edits, fresh.codes) if change.shifts else known.codes,
        records=known.records.edited(edits, fresh.records),
        revisions=change.of_column(known.revisions, fresh.revisions),
        lon=change.of_column(known.lon, fresh.lon),
        lat=change.of_column(known.lat, fresh.lat),
        active=change.of_column(known.active, fresh.active),
        rule=rule,
        rule_keys=rule_keys,
        amenity=amenity,
        amenity_keys=amenity_keys,
    )


class _Change(NamedTuple):
    """Which rows are replaced, taken out, and come in before which; each with the numbers of the fresh ones."""

    replaced: Rows
    by: Rows
    removed: Rows
    before: Rows
    added: Rows

    @classmethod
    def of(cls, edits: Sequence[Edit]) -> _Change:
        replaced = [(row, number) for row, stands, number in edits if stands and number >= 0]
        added = sorted((row, number) for row, stands, number in edits if not stands)
        removed = sorted(row for row, _, number in edits if number < 0)
        pairs = (np.array(some, np.int64).reshape(-1, 2).T for some in (replaced, added))
        (rows, by), (before, numbers) = pairs
        return cls(rows, by, np.array(removed, np.int64), before, numbers)

    @property
    def shifts(self) -> bool:
        """Whether rows move."""
        return bool(self.removed.size or self.before.size)

    @property
    def leaving(self) -> Rows:
        """Rows whose station changes or goes."""
        return np.concatenate((self.replaced, self.removed))

    def of_column(self, known: Column, fresh: Column) -> Column:
        """Bring one column up to date."""
        coming = fresh[self.by]
        if not np.array_equal(known[self.replaced], coming):
            known = known.copy()
            known[self.replaced] = coming
        if self.before.size:
            known = np.insert(known, self.before, fresh[self.added], axis=0)
        if self.removed.size:
            known = np.delete(known, self.removed + np.searchsorted(self.before, self.removed, side="right"), axis=0)
        return known


def _edited_rules(known: Columns, fresh: Columns, change: _Change) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    keys = _union(known.rule_keys, fresh.rule_keys)
    before = known.rule if keys is known.rule_keys else _places(known.rule_keys, keys)[known.rule]
    rule = change.of_column(before, _places(fresh.rule_keys, keys)[fresh.rule])
    if rule is before:
        return rule, keys
    used = np.bincount(rule, minlength=len(keys)) > 0
    if used.all():
        return rule, keys
    return (np.cumsum(used) - 1).astype(np.int32)[rule], tuple(compress(keys, used.tolist()))


def _edited_amenities(known: Columns, fresh: Columns, change: _Change) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    keys = _union(known.amenity_keys, fresh.amenity_keys)
    before = known.amenity
    if keys is not known.amenity_keys:
        before = np.zeros((len(known.codes), len(keys)), np.int8)
        before[:, _places(known.amenity_keys, keys)] = known.amenity
    coming = np.zeros((len(fresh.codes), len(keys)), np.int8)
    coming[:, _places(fresh.amenity_keys, keys)] = fresh.amenity
    amenity = change.of_column(before, coming)
    # Only what those knew who leave can now be known by none.
    perhaps = np.flatnonzero(before[change.leaving].any(axis=0) & ~np.asarray(coming.any(axis=0)))
    unknown = [column for column in perhaps.tolist() if not amenity[:, column].any()]
    if not unknown:
        return amenity, keys
    kept = np.delete(np.arange(len(keys)), unknown)
    return np.ascontiguousarray(amenity[:, kept]), tuple(keys[column] for column in kept.tolist())


def _union(known: tuple[str, ...], fresh: tuple[str, ...]) -> tuple[str, ...]:
    return known if set(known).issuperset(fresh) else tuple(sorted({*known, *fresh}))


def _places(keys: Iterable[str], among: Iterable[str]) -> NDArray[np.int32]:
    """Where keys stand among others."""
    place = {key: number for number, key in enumerate(among)}
    return np.array([place[key] for key in keys], np.int32)


def _table_of(texts: Sequence[str]) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """Read texts of `amenities_key`: int8 [texts, amenities], and the amenities."""
    numbers = _Numbers()
    said = ";".join(texts).split(";")
    fact = np.fromiter(map(numbers.__getitem__, said), np.int32, len(said))
    row = np.repeat(np.arange(len(texts)), [text.count(";") + 1 for text in texts])
    facts = [(key, _STATES.get(state, 0)) for key, _, state in (text.partition("=") for text in numbers)]
    keys = tuple(sorted({key for key, state in facts if state}))
    column = {key: number for number, key in enumerate(keys)}
    # What says nothing, as the text of a station of which nothing is known, goes to a column that is taken off.
    at = np.array([column[key] if state else len(keys) for key, state in facts], np.int32)
    table = np.zeros((len(texts), len(keys) + 1), np.int8)
    table[row, at[fact]] = np.array([state for _, state in facts], np.int8)[fact]
    return np.ascontiguousarray(table[:, :-1]), keys


_STATES: Mapping[str, int] = MappingProxyType({state.value: number for state, number in AMENITY_CODES.items()})

_NONE = Columns(
    codes=Pages.of(()),
    records=Pages.of(()),
    revisions=np.zeros(0, np.int64),
    lon=np.zeros(0),
    lat=np.zeros(0),
    active=np.zeros(0, np.bool_),
    rule=np.zeros(0, np.int32),
    rule_keys=(),
    amenity=np.zeros((0, 0), np.int8),
    amenity_keys=(),
)
