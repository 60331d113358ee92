"""Building an atlas from an extract, boundaries and population."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from geodata.access import Mode, load_modes
from geodata.atlas import FORMAT, Atlas, ModeSummary, Part, Summary
from geodata.datum import Datum
from geodata.demand import SAMPLE_M, Demand, demand_from_streets, read_population
from geodata.drawing import draw
from geodata.features import Premises
from geodata.gazetteer import Gazetteer
from geodata.ground import draw_ground
from geodata.land import demand_from_land
from geodata.layers import AREA, OWN_LAYERS, PEOPLE, STREET, Layer, layer_of
from geodata.namesakes import check_namesakes
from geodata.network import StreetNetwork
from geodata.osm import Extract, read_extract
from geodata.progress import Progress, silent
from geodata.snapping import SegmentIndex
from geodata.streets import Streets, build_streets
from geodata.surface import Mesh, build_mesh
from geodata.townships import Townships, one_area, read_townships, townships_from_areas

IN_ALL = "in all"
"""Seconds of the whole build: less than its stages together, for some run side by side."""

DIGESTED = "node_x node_y edge_u edge_v edge_permission edge_kind shape_start shape_x shape_y".split()
"""What the streets are, in whole numbers; lengths and indexes follow from it."""


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
    stages, begun = _Stages(progress, clock), clock()
    modes = load_modes() if modes is None else modes
    with stages("read"):
        extract = read_extract(osm, modes, progress)
    with stages("streets"):
        streets = build_streets(extract, modes)
        index = SegmentIndex.build(streets)
        samples = streets.samples(0, SAMPLE_M)
    # Laying triangles takes as long as the three stages after it together, and leaves the interpreter to them.
    with ThreadPoolExecutor(1) as beside:
        laid = beside.submit(_lay_mesh, stages, streets, index)
        with stages("townships"):
            if boundaries is not None:
                townships = read_townships(boundaries, boundary_datum, streets.bounds, samples[:2])
                check_namesakes(townships.names, tuple(townships.geometry), boundary_datum, extract.admin_areas)
            elif extract.admin_areas or admin_level is not None:
                townships = townships_from_areas(extract.admin_areas, admin_level, samples[:2])
            else:
                townships = one_area(streets.bounds)
        with stages("demand"):
            demands = {STREET: demand_from_streets(*samples, townships)}
            if population is not None:
                demands[PEOPLE] = read_population(population, samples, townships)
            demands[AREA] = demand_from_land(townships)
            networks = {key: StreetNetwork(streets, key, index) for key in modes}
            layers = {key: layer_of(key, demands[key], networks) for key in OWN_LAYERS if key in demands}
            own = next(iter(layers.values()))
        with stages("names"):
            gazetteer = Gazetteer(extract.places)
        with stages("map"):
            ground = json.dumps(
                draw_ground(extract.sketch, streets), ensure_ascii=False, separators=(",", ":")
            ).encode()
            drawing = draw(extract.sketch, extract.bounds)
        mesh = laid.result()
    stages.seconds[IN_ALL] = round(clock() - begun, 2)
    return Atlas(
        digest=_digest(streets, townships, own.demand, gazetteer, extract.premises),
        summary=replace(_summarise(extract, streets, townships, own, stages.seconds), made_up=made_up),
        streets=streets,
        index=index,
        mesh=mesh,
        townships=townships,
        layers=layers,
        gazetteer=gazetteer,
        premises=extract.premises,
        ground=ground,
        drawing=drawing,
    )


class _Stages:
    """Times the stages of a build and tells of them; stages may run side by side."""

    def __init__(self, progress: Progress, clock: Callable[[], float]) -> None:
        self.seconds: dict[str, float] = {}
        self._progress, self._clock = progress, clock

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        begun = self._clock()
        self._progress(name, 0, None)
        yield
        self.seconds[name] = round(self._clock() - begun, 2)
        self._progress(name, 1, 1)


def _lay_mesh(stages: _Stages, streets: Streets, index: SegmentIndex) -> Mesh:
    with stages("surface"):
        return build_mesh(streets, index)


def _summarise(
    extract: Extract,
    streets: Streets,
    townships: Townships,
    layer: Layer,
    seconds: Mapping[str, float],
) -> Summary:
    demand = layer.demand
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
        demand_off={key: round(float(demand.weight[snaps.edge < 0].sum()), 1) for key, snaps in layer.on.items()},
        premises=len(extract.premises),
        places=len(extract.places),
        notes=(*townships.notes, *demand.notes),
        seconds=seconds,
    )


def _digest(
    streets: Streets, townships: Townships, demand: Demand, gazetteer: Gazetteer, premises: tuple[Premises, ...]
) -> str:
    said = hashlib.sha256(f"yizhan atlas {FORMAT}".encode())
    said.update(json.dumps(sorted(one.ref for one in premises)).encode())
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
