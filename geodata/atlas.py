"""The atlas: all that is known of the ground, built once from files, named by the digest of its content.

On disk an atlas is a folder with ``atlas.json``, which names the one data folder
beside it that is in force. A build writes a new data folder and then replaces
``atlas.json`` in one step, so one that is cut off leaves the old atlas as it was.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.access import Mode, load_modes
from geodata.datum import Datum
from geodata.demand import Demand, demand_from_streets, read_population
from geodata.errors import AtlasError
from geodata.features import Premises
from geodata.gazetteer import Gazetteer
from geodata.ground import draw_ground
from geodata.lonlat import LonLat
from geodata.memo import Memo
from geodata.network import StreetNetwork
from geodata.osm import Extract, read_extract
from geodata.progress import Progress, silent
from geodata.snapping import SegmentIndex, Snaps
from geodata.streets import Streets, build_streets
from geodata.surface import Mesh, build_mesh
from geodata.townships import Townships, one_area, read_townships, townships_from_areas

FORMAT = 1
HEAD = "atlas.json"
SAMPLE_M = 25.0
"""Streets are weighed in pieces of at most this length, a quarter of a demand cell."""

DIGESTED = "node_x node_y edge_u edge_v edge_permission edge_kind shape_start shape_x shape_y".split()
"""What the streets are, in whole numbers; lengths and indexes follow from it."""

Part = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class ModeSummary:
    """A mode's network in figures."""

    nodes: int
    edges: int
    km: float
    largest_share: float


@dataclass(frozen=True)
class Summary:
    """What a build found, for people.

    Attributes
    ----------
    bounds
        West, south, east, north in degrees.
    refused
        For each mode, the tag that closed ways to it and how many.
    demand_off
        For each mode, demand farther than 500 m from its streets, which no station can cover.
    made_up
        Whether the area exists only for trying things out.
    seconds
        By stage of the build.
    """

    bounds: tuple[float, float, float, float]
    modes: Mapping[str, ModeSummary]
    refused: Mapping[str, Mapping[str, int]]
    townships: int
    townships_declared: bool
    demand_points: int
    demand_total: float
    demand_unit: str
    demand_basis: str
    demand_off: Mapping[str, float]
    premises: int
    places: int
    notes: tuple[str, ...]
    made_up: bool = False
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Atlas:
    """Streets, townships, demand and place names of one area.

    Attributes
    ----------
    digest
        64 hexadecimal digits: the same for the same content on any machine.
    demand_on
        For each mode, where the demand points meet its streets.
    ground
        GeoJSON of what a map shows beneath, as UTF-8 text.
    memo
        What has been worked out from this atlas.
    """

    digest: str
    summary: Summary
    streets: Streets
    index: SegmentIndex
    mesh: Mesh
    townships: Townships
    demand: Demand
    demand_on: Mapping[str, Snaps]
    gazetteer: Gazetteer
    premises: tuple[Premises, ...]
    ground: bytes
    memo: Memo = field(default_factory=Memo, repr=False)

    @cached_property
    def modes(self) -> Mapping[str, Mode]:
        """The travel modes by key."""
        return {mode.key: mode for mode in self.streets.modes}

    @cached_property
    def _networks(self) -> dict[str, StreetNetwork]:
        return {mode.key: StreetNetwork(self.streets, mode.key, self.index) for mode in self.streets.modes}

    def network(self, mode_key: str) -> StreetNetwork:
        """The network of a travel mode.

        Raises
        ------
        UnknownModeError
            The atlas was built without it.
        """
        self.streets.mode_index(mode_key)
        return self._networks[mode_key]

    @classmethod
    def load(cls, folder: Path) -> Atlas:
        """Open an atlas; its arrays are memory-mapped, so processes share them.

        Raises
        ------
        AtlasError
            Nothing there, half-written, damaged, or of another format.
        """
        head = _read_head(folder)
        data = folder / str(head["data"])
        try:
            parts = {
                part: {name: _mapped(data / f"{part}.{name}.npy", shape) for name, shape in arrays.items()}
                for part, arrays in head["arrays"].items()
            }
            modes = tuple(
                Mode(**(entry | {"keys": tuple(entry["keys"]), "highways": frozenset(entry["highways"])}))
                for entry in head["modes"]
            )
            ground = (data / "ground.json").read_bytes()
            records = json.loads((data / "premises.json").read_text(encoding="utf-8"))
            premises = tuple(Premises(**(record | {"position": LonLat(*record["position"])})) for record in records)
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise AtlasError(
                "The atlas in “{folder}” is damaged or was not written to its end. Build it again.", folder=folder.name
            ) from fault
        return cls(
            digest=head["digest"],
            summary=_summary(head["summary"]),
            streets=Streets.from_arrays(modes, parts["streets"]),
            index=SegmentIndex.from_arrays(parts["index"]),
            mesh=Mesh.from_arrays(parts["mesh"]),
            townships=Townships.from_arrays(parts["townships"]),
            demand=Demand.from_arrays(parts["demand"]),
            demand_on={mode.key: Snaps(**parts[f"demand_{mode.key}"]) for mode in modes},
            gazetteer=Gazetteer.from_arrays(parts["gazetteer"]),
            premises=premises,
            ground=ground,
        )

    def save(self, folder: Path) -> None:
        """Write the atlas; what stood in the folder before is in force until the last step.

        Raises
        ------
        AtlasError
            The folder cannot be written, or holds something else.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()) and not (folder / HEAD).exists() and not _only_unfinished(folder):
                raise AtlasError(
                    "“{folder}” holds other files. Give an empty folder, or that of an atlas.", folder=folder.name
                )
            data = Path(tempfile.mkdtemp(prefix=f"{UNFINISHED}{self.digest[:12]}-", dir=folder))
            parts = self._parts()
            for part, arrays in parts.items():
                for name, array in arrays.items():
                    np.save(data / f"{part}.{name}.npy", np.ascontiguousarray(array))
            (data / "ground.json").write_bytes(self.ground)
            records = [vars(one) | {"position": [one.position.lon, one.position.lat]} for one in self.premises]
            (data / "premises.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
            finished = data.rename(folder / data.name.removeprefix(UNFINISHED))
            finished.chmod(0o755)
            head = {
                "format": FORMAT,
                "digest": self.digest,
                "data": finished.name,
                "modes": [asdict(mode) | {"highways": sorted(mode.highways)} for mode in self.streets.modes],
                "arrays": {
                    part: {name: [str(array.dtype), list(array.shape)] for name, array in arrays.items()}
                    for part, arrays in parts.items()
                },
                "summary": asdict(self.summary),
            }
            (finished / HEAD).write_text(json.dumps(head, ensure_ascii=False, indent=1), encoding="utf-8")
            (finished / HEAD).rename(folder / HEAD)
        except OSError as fault:
            raise AtlasError(
                "The atlas cannot be written to “{folder}” ({fault}). Check the folder's rights and the space left.",
                folder=folder.name,
                fault=fault.strerror or "",
            ) from fault
        for other in folder.iterdir():
            if other.is_dir() and other != finished:
                shutil.rmtree(other, ignore_errors=True)

    def _parts(self) -> dict[str, Part]:
        parts: dict[str, Part] = {
            "streets": self.streets.to_arrays(),
            "index": self.index.to_arrays(),
            "mesh": self.mesh.to_arrays(),
            "townships": self.townships.to_arrays(),
            "demand": self.demand.to_arrays(),
            "gazetteer": self.gazetteer.to_arrays(),
        }
        parts |= {f"demand_{mode}": dict(vars(snaps)) for mode, snaps in self.demand_on.items()}
        return parts


UNFINISHED = ".unfinished-"


def build_atlas(
    osm: Path,
    *,
    boundaries: Path | None = None,
    boundary_datum: Datum = Datum.WGS84,
    admin_level: int | None = None,
    population: Path | None = None,
    modes: Mapping[str, Mode] | None = None,
    made_up: bool = False,
    progress: Progress = silent,
    clock: Callable[[], float] = time.perf_counter,
) -> Atlas:
    """Build an atlas from files.

    Parameters
    ----------
    osm
        OpenStreetMap extract.
    boundaries
        Township polygons; without them, administrative relations of the extract, or one area for all.
    admin_level
        Which relations to take; by default the finest that cover most streets.
    population
        People by point, polygon or township; without it, demand is metres of walkable street.
    made_up
        Say wherever the atlas is shown that its area does not exist.
    clock
        Seconds, for the times of the stages.

    Raises
    ------
    OsmFileError, BoundaryError, DemandError
        A file that cannot be used, with what to do.
    """
    stages = _Stages(progress, clock)
    modes = load_modes() if modes is None else modes
    with stages("read"):
        extract = read_extract(osm, modes, progress)
    with stages("streets"):
        streets = build_streets(extract, modes)
        index = SegmentIndex.build(streets)
        samples = streets.samples(0, SAMPLE_M)
    with stages("townships"):
        if boundaries is not None:
            townships = read_townships(boundaries, boundary_datum, streets.bounds, samples[:2])
        elif extract.admin_areas or admin_level is not None:
            townships = townships_from_areas(extract.admin_areas, admin_level, samples[:2])
        else:
            townships = one_area(streets.bounds)
    with stages("demand"):
        demand = (
            demand_from_streets(*samples, townships)
            if population is None
            else read_population(population, samples, townships)
        )
        networks = {key: StreetNetwork(streets, key, index) for key in modes}
        demand_on = {key: network.snap_many(demand.lon, demand.lat) for key, network in networks.items()}
    with stages("surface"):
        mesh = build_mesh(streets, index)
    with stages("names"):
        gazetteer = Gazetteer(extract.places)
        ground = json.dumps(draw_ground(extract.ground, streets), ensure_ascii=False, separators=(",", ":")).encode()
    return Atlas(
        digest=_digest(streets, townships, demand, gazetteer),
        summary=replace(_summarise(extract, streets, townships, demand, demand_on, stages.seconds), made_up=made_up),
        streets=streets,
        index=index,
        mesh=mesh,
        townships=townships,
        demand=demand,
        demand_on=demand_on,
        gazetteer=gazetteer,
        premises=extract.premises,
        ground=ground,
    )


def read_summary(folder: Path) -> tuple[str, Summary]:
    """Digest and summary of a saved atlas, without loading it; raises AtlasError as :meth:`Atlas.load` does."""
    head = _read_head(folder)
    return str(head["digest"]), _summary(head["summary"])


class _Stages:
    """Times the stages of a build and tells of them."""

    def __init__(self, progress: Progress, clock: Callable[[], float]) -> None:
        self.seconds: dict[str, float] = {}
        self._progress, self._clock = progress, clock

    def __call__(self, name: str) -> _Stages:
        self._name = name
        return self

    def __enter__(self) -> None:
        self._begun = self._clock()
        self._progress(self._name, 0, None)

    def __exit__(self, *fault: object) -> None:
        self.seconds[self._name] = round(self._clock() - self._begun, 2)
        if fault[0] is None:
            self._progress(self._name, 1, 1)


def _summarise(
    extract: Extract,
    streets: Streets,
    townships: Townships,
    demand: Demand,
    demand_on: Mapping[str, Snaps],
    seconds: Mapping[str, float],
) -> Summary:
    figures: dict[str, ModeSummary] = {}
    refused: dict[str, dict[str, int]] = {}
    for i, mode in enumerate(streets.modes):
        used = streets.usable(i) & (streets.edge_m > 0)
        sizes = streets.component_m[i]
        figures[mode.key] = ModeSummary(
            nodes=int(np.unique(np.concatenate((streets.edge_u[used], streets.edge_v[used]))).size),
            edges=int(used.sum()),
            km=round(float(streets.edge_m[used].sum()) / 1000.0, 3),
            largest_share=round(float(sizes.max() / streets.edge_m[used].sum()), 4) if sizes.size else 0.0,
        )
        mine = {why: count for (key, why), count in extract.refused.items() if key == mode.key}
        refused[mode.key] = dict(sorted(mine.items(), key=lambda item: (-item[1], item[0])))
    return Summary(
        bounds=streets.bounds,
        modes=figures,
        refused=refused,
        townships=len(townships.names),
        townships_declared=townships.declared,
        demand_points=int(demand.weight.size),
        demand_total=round(float(demand.weight.sum()), 1),
        demand_unit=demand.unit,
        demand_basis=demand.basis,
        demand_off={key: round(float(demand.weight[snaps.edge < 0].sum()), 1) for key, snaps in demand_on.items()},
        premises=len(extract.premises),
        places=len(extract.places),
        notes=(*townships.notes, *demand.notes),
        seconds=seconds,
    )


def _digest(streets: Streets, townships: Townships, demand: Demand, gazetteer: Gazetteer) -> str:
    said = hashlib.sha256(f"yizhan atlas {FORMAT}".encode())
    said.update(json.dumps([asdict(m) | {"highways": sorted(m.highways)} for m in streets.modes]).encode())
    parts: list[Part] = [
        {name: getattr(streets, name) for name in DIGESTED},
        townships.to_arrays(),
        demand.to_arrays() | {"weight": np.round(demand.weight * 100).astype(np.int64), "street_m": np.empty(0)},
        gazetteer.to_arrays(),
    ]
    for part in parts:
        for name, array in sorted(part.items()):
            whole = np.round(array, 7) + 0.0 if array.dtype.kind == "f" else array
            said.update(f"{name} {array.dtype.str} {array.shape}".encode())
            said.update(np.ascontiguousarray(whole).tobytes())
    return said.hexdigest()


def _summary(record: Mapping[str, Any]) -> Summary:
    modes = {key: ModeSummary(**figures) for key, figures in record["modes"].items()}
    tuples = {key: tuple(record[key]) for key in ("bounds", "notes")}
    return Summary(**{**record, **tuples, "modes": modes})


def _read_head(folder: Path) -> dict[str, Any]:
    try:
        head: Any = json.loads((folder / HEAD).read_text(encoding="utf-8"))
    except FileNotFoundError as fault:
        raise AtlasError(
            "There is no atlas in “{folder}”. Build one with: flask atlas build --osm FILE.osm.pbf --out {folder}",
            folder=folder.name,
        ) from fault
    except (OSError, ValueError) as fault:
        raise AtlasError(
            "The atlas in “{folder}” cannot be read. Check the folder's rights, or build it again.", folder=folder.name
        ) from fault
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise AtlasError(
            "The atlas in “{folder}” is of another format. Build it again with this version.", folder=folder.name
        )
    return dict(head)


def _mapped(path: Path, shape: list[Any]) -> NDArray[Any]:
    """A saved array, memory-mapped where it has anything in it, checked against what the head says of it."""
    empty = 0 in shape[1]
    array: NDArray[Any] = np.load(path, mmap_mode=None if empty else "r", allow_pickle=False)
    if [str(array.dtype), list(array.shape)] != shape:
        raise ValueError(path.name)
    # A plain view: numpy's memmap class costs microseconds on every slice.
    return array.view(np.ndarray)


def _only_unfinished(folder: Path) -> bool:
    return all(path.name.startswith(UNFINISHED) for path in folder.iterdir())
