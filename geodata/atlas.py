"""The atlas: all that is known of the ground, built once from files, named by the digest of its content.

On disk an atlas is a folder with ``atlas.json``, which names the one data folder
beside it that is in force. A build writes a new data folder and then replaces
``atlas.json`` in one step, so one that is cut off leaves the old atlas as it was.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.access import Mode
from geodata.arrays import open_array
from geodata.demand import Demand
from geodata.drawing import Drawing
from geodata.errors import AtlasError, LayerError
from geodata.features import Premises
from geodata.gazetteer import Gazetteer
from geodata.keeping import Keep
from geodata.layers import OWN_LAYERS, Layer, from_parts, read_layers, to_parts
from geodata.lonlat import LonLat
from geodata.memo import Memo
from geodata.network import StreetNetwork
from geodata.snapping import SegmentIndex, Snaps
from geodata.streets import Streets
from geodata.surface import Mesh
from geodata.tiles import Tiles
from geodata.townships import Townships

FORMAT = 3
HEAD = "atlas.json"
UNFINISHED = ".unfinished-"
DATA_FOLDER = re.compile(r"[0-9a-f]{12}-\w+")
"""Names of data folders: the start of the digest and something to tell two builds apart."""

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
        By stage of the build, and in all.
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
    layers
        Demand by which coverage is weighed, by key; the first is the atlas's own: people where their numbers are
        known, else metres of street. Those that were added come last.
    ground
        GeoJSON of what the planner's map shows beneath, as UTF-8 text.
    drawing
        What the base map shows. It is not in the digest, as no answer comes of it, and has a mark of its own.
    memo
        What has been worked out from this atlas.
    keep
        Where the larger part of that is kept for the next start, and for other workers.
    """

    digest: str
    summary: Summary
    streets: Streets
    index: SegmentIndex
    mesh: Mesh
    townships: Townships
    layers: Mapping[str, Layer]
    gazetteer: Gazetteer
    premises: tuple[Premises, ...]
    ground: bytes
    drawing: Drawing
    memo: Memo = field(default_factory=Memo, repr=False)
    keep: Keep = field(default_factory=Keep, repr=False)

    @cached_property
    def modes(self) -> Mapping[str, Mode]:
        """The travel modes by key."""
        return {mode.key: mode for mode in self.streets.modes}

    def layer(self, key: str = "") -> Layer:
        """The demand layer of a key; of an empty one the atlas's own.

        Raises
        ------
        LayerError
            The atlas has no such layer.
        """
        found = next(iter(self.layers.values())) if not key else self.layers.get(key)
        if found is None:
            raise LayerError(
                "There is no demand layer “{key}”. Use one of: {known}.", key=key[:40], known=", ".join(self.layers)
            )
        return found

    @property
    def demand(self) -> Demand:
        """The demand points of the atlas's own layer."""
        return self.layer().demand

    @property
    def demand_on(self) -> Mapping[str, Snaps]:
        """For each mode, where the points of the atlas's own layer meet its streets."""
        return self.layer().on

    @cached_property
    def tiles(self) -> Tiles:
        """The base map in tiles."""
        return Tiles(self.drawing)

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
    def load(cls, folder: Path, keep: Keep | None = None) -> Atlas:
        """Open an atlas; its arrays are memory-mapped, so processes share them.

        Parameters
        ----------
        keep
            Where what is worked out from it is kept; nowhere by default.

        Raises
        ------
        AtlasError
            Nothing there, half-written, damaged, or of another format.
        """
        while True:
            head = _read_head(folder)
            try:
                return cls._opened(folder, head, keep or Keep())
            except (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError) as fault:
                # A build may have put a new atlas in force since the head was read.
                if _read_head(folder).get("data") != head.get("data"):
                    continue
                raise AtlasError(
                    "The atlas in “{folder}” is damaged or was not written to its end. Build it again.",
                    folder=folder.name,
                ) from fault

    @classmethod
    def _opened(cls, folder: Path, head: Mapping[str, Any], keep: Keep) -> Atlas:
        data = folder / str(head["data"])
        parts = {
            part: {name: _mapped(data / f"{part}.{name}.npy", shape) for name, shape in arrays.items()}
            for part, arrays in head["arrays"].items()
        }
        modes = tuple(
            Mode(**(entry | {"keys": tuple(entry["keys"]), "highways": frozenset(entry["highways"])}))
            for entry in head["modes"]
        )
        own = {
            str(key): from_parts(str(key), str(digest), parts, [mode.key for mode in modes])
            for key, digest in head["layers"].items()
        }
        added = {layer.key: layer for layer in read_layers(folder, str(head["digest"]), [mode.key for mode in modes])}
        records = json.loads((data / "premises.json").read_text(encoding="utf-8"))
        return cls(
            digest=str(head["digest"]),
            summary=_summary(head["summary"]),
            streets=Streets.from_arrays(modes, parts["streets"]),
            index=SegmentIndex.from_arrays(parts["index"]),
            mesh=Mesh.from_arrays(parts["mesh"]),
            townships=Townships.from_arrays(parts["townships"]),
            layers=own | added,
            gazetteer=Gazetteer.from_arrays(parts["gazetteer"]),
            premises=tuple(Premises(**(one | {"position": LonLat(*one["position"])})) for one in records),
            ground=(data / "ground.json").read_bytes(),
            drawing=Drawing.from_arrays(parts["drawing"], str(head["drawing"])),
            keep=keep,
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
            strange = [path.name for path in folder.iterdir() if path.name != HEAD and not _is_ours(path)]
            if strange and not (folder / HEAD).exists():
                raise AtlasError(
                    "“{folder}” holds other files. Give an empty folder, or that of an atlas.", folder=folder.name
                )
            unfinished = Path(tempfile.mkdtemp(prefix=f"{UNFINISHED}{self.digest[:12]}-", dir=folder))
            data = folder / unfinished.name.removeprefix(UNFINISHED)
            self._write(unfinished, data.name)
            unfinished.chmod(0o755)
            unfinished.rename(data)
            (data / HEAD).rename(folder / HEAD)
        except OSError as fault:
            raise AtlasError(
                "The atlas cannot be written to “{folder}” ({fault}). Check the folder's rights and the space left.",
                folder=folder.name,
                fault=fault.strerror or "",
            ) from fault
        for other in folder.iterdir():
            if _is_ours(other) and other != data:
                shutil.rmtree(other, ignore_errors=True)

    def _write(self, folder: Path, data_name: str) -> None:
        parts = self._parts()
        for part, arrays in parts.items():
            for name, array in arrays.items():
                np.save(folder / f"{part}.{name}.npy", np.ascontiguousarray(array))
        (folder / "ground.json").write_bytes(self.ground)
        records = [vars(one) | {"position": [one.position.lon, one.position.lat]} for one in self.premises]
        (folder / "premises.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
        head = {
            "format": FORMAT,
            "digest": self.digest,
            "drawing": self.drawing.mark,
            "layers": {layer.key: layer.digest for layer in self._own_layers()},
            "data": data_name,
            "modes": [asdict(mode) | {"highways": sorted(mode.highways)} for mode in self.streets.modes],
            "arrays": {
                part: {name: [str(array.dtype), list(array.shape)] for name, array in arrays.items()}
                for part, arrays in parts.items()
            },
            "summary": asdict(self.summary),
        }
        (folder / HEAD).write_text(json.dumps(head, ensure_ascii=False, indent=1), encoding="utf-8")

    def _parts(self) -> dict[str, Part]:
        parts: dict[str, Part] = {
            "streets": self.streets.to_arrays(),
            "index": self.index.to_arrays(),
            "mesh": self.mesh.to_arrays(),
            "townships": self.townships.to_arrays(),
            "gazetteer": self.gazetteer.to_arrays(),
            "drawing": self.drawing.to_arrays(),
        }
        for layer in self._own_layers():
            parts |= to_parts(layer)
        return parts

    def _own_layers(self) -> list[Layer]:
        return [layer for key, layer in self.layers.items() if key in OWN_LAYERS]


def read_summary(folder: Path) -> tuple[str, Summary]:
    """Digest and summary of a saved atlas, without loading it; raises AtlasError as :meth:`Atlas.load` does."""
    head = _read_head(folder)
    try:
        return str(head["digest"]), _summary(head["summary"])
    except (LookupError, TypeError, AttributeError) as fault:
        raise AtlasError(
            "The atlas in “{folder}” is damaged or was not written to its end. Build it again.", folder=folder.name
        ) from fault


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
    array = open_array(path, mapped=0 not in shape[1])
    if [str(array.dtype), list(array.shape)] != shape:
        raise ValueError(path.name)
    return array


def _is_ours(path: Path) -> bool:
    """Whether a path in an atlas's folder is a data folder, finished or not."""
    return path.is_dir() and DATA_FOLDER.fullmatch(path.name.removeprefix(UNFINISHED)) is not None
