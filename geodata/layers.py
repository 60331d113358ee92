"""Demand layers: by what coverage is weighed, and the files that add one to an atlas.

An atlas has the layers ``street`` and ``area``, and ``people`` where a population
was given. Whoever knows where the workers are lays them beside it: as a folder
under ``layers`` that is bound to the digest of the atlas, for its points stand on
its streets and in its townships.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.arrays import open_array
from geodata.demand import WORKERS, Demand, Samples, read_population
from geodata.errors import LayerError
from geodata.network import StreetNetwork
from geodata.snapping import Snaps
from geodata.townships import Townships

STREET = "street"
AREA = "area"
PEOPLE = "people"
OWN_LAYERS = (PEOPLE, STREET, AREA)
"""Keys of the layers that a build makes, in the order in which they are offered."""

KEY = re.compile(r"[a-z][a-z0-9_-]{0,31}")
FOLDER = "layers"
HEAD = "layer.json"
FORMAT = 1
LONGEST_TITLE = 40
UNFINISHED = ".unfinished-"

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Layer:
    """Demand by which coverage is weighed.

    Attributes
    ----------
    key
        ``street``, ``area``, ``people``, or what an added layer is called in addresses.
    demand
        The points and their weights.
    on
        For each travel mode, where the points meet its streets; edge -1 beyond 500 m.
    digest
        64 hexadecimal digits: the same for the same points and weights.
    title
        What people call an added layer; empty for those of the atlas.
    """

    key: str
    demand: Demand
    on: Mapping[str, Snaps]
    digest: str
    title: str = ""


@dataclass(frozen=True)
class Added:
    """A layer that was added to an atlas, in figures.

    Attributes
    ----------
    state
        ``in use``, ``of another atlas`` or ``damaged``.
    """

    key: str
    title: str
    state: str
    unit: str = ""
    total: float = 0.0
    points: int = 0
    basis: str = ""
    source: str = ""
    digest: str = ""


def layer_of(key: str, demand: Demand, networks: Mapping[str, StreetNetwork], title: str = "") -> Layer:
    """Lay demand on the streets of every mode."""
    on = {mode: network.snap_many(demand.lon, demand.lat) for mode, network in networks.items()}
    return Layer(key, demand, on, demand_digest(demand), title)


def demand_digest(demand: Demand) -> str:
    """SHA-256 over places, weights, townships and the unit; a hundredth of a unit, or 1e-7 degrees, is the same."""
    said = hashlib.sha256(f"yizhan demand {FORMAT} {demand.unit}".encode())
    for degrees in (demand.lon, demand.lat):
        said.update(np.rint(degrees * 1e7).astype("<i8").tobytes())
    said.update(np.rint(demand.weight * 100.0).astype("<i8").tobytes())
    said.update(demand.township.astype("<i4").tobytes())
    return said.hexdigest()


def to_parts(layer: Layer) -> dict[str, Arrays]:
    """A layer as named arrays, for saving."""
    parts: dict[str, Arrays] = {f"layer-{layer.key}": layer.demand.to_arrays()}
    return parts | {f"layer-{layer.key}-{mode}": snaps.to_arrays() for mode, snaps in layer.on.items()}


def from_parts(key: str, digest: str, parts: Mapping[str, Arrays], modes: Iterable[str], title: str = "") -> Layer:
    """The reverse of `to_parts`; the arrays may be memory-mapped."""
    on = {mode: Snaps(**parts[f"layer-{key}-{mode}"]) for mode in modes}
    return Layer(key, Demand.from_arrays(parts[f"layer-{key}"]), on, digest, title)


# ---- layers that were added --------------------------------------------------------------------


def read_workers(
    path: Path, key: str, title: str, samples: Samples, townships: Townships, networks: Mapping[str, StreetNetwork]
) -> Layer:
    """Read a count of workers in any of the forms that a population file may have.

    Parameters
    ----------
    key
        What the layer is called in addresses.
    title
        What people call it; the key where empty.
    samples
        Longitudes, latitudes and metres of short pieces of street.

    Raises
    ------
    LayerError
        A key or a title that cannot be used, or nobody near the streets.
    DemandError
        A file that cannot be read or does not fit the streets.
    """
    check_key(key)
    title = title.strip() or key
    if len(title) > LONGEST_TITLE or not title.isprintable():
        raise LayerError(
            "“{title}” cannot be the title of a layer. Give one line of at most {most} characters.",
            title=title[:LONGEST_TITLE],
            most=LONGEST_TITLE,
        )
    demand = read_population(path, samples, townships, WORKERS)
    if not demand.weight.any():
        raise LayerError("“{file}” has nobody on the streets of this atlas.", file=path.name)
    return layer_of(key, demand, networks, title)


def check_free(folder: Path, key: str) -> None:
    """Refuse the name of a layer that was added before, also of one that is of no use.

    Raises
    ------
    LayerError
        There is one of this name.
    """
    if (folder / FOLDER / key).exists():
        raise LayerError(
            "There is a layer “{key}” already. Give another name, or --replace to put this one in its place.", key=key
        )


def check_key(key: str) -> None:
    """Refuse what cannot name a layer that is added.

    Raises
    ------
    LayerError
        Not lower-case letters and digits, or the name of a layer that every atlas has.
    """
    if not KEY.fullmatch(key):
        raise LayerError(
            "“{key}” cannot name a layer. Use 1 to 32 small letters a to z, digits, - and _, beginning with a letter, "
            "such as couriers; what people read is the title.",
            key=key[:40],
        )
    if key in OWN_LAYERS:
        raise LayerError("The atlas has a layer “{key}” of its own. Give yours another name.", key=key)


def write_layer(layer: Layer, folder: Path, atlas_digest: str, source: str = "") -> None:
    """Write a layer beside an atlas; one of the same key that was there stands until the new one is whole.

    Parameters
    ----------
    folder
        Of the atlas.
    source
        Name of the file it was read from.

    Raises
    ------
    LayerError
        The folder cannot be written.
    """
    beside = folder / FOLDER
    try:
        beside.mkdir(exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=beside))
        try:
            parts = to_parts(layer)
            for part, arrays in parts.items():
                for name, array in arrays.items():
                    np.save(unfinished / f"{part}.{name}.npy", np.ascontiguousarray(array))
            head = {
                "format": FORMAT,
                "key": layer.key,
                "title": layer.title,
                "atlas": atlas_digest,
                "digest": layer.digest,
                "source": source,
                "unit": layer.demand.unit,
                "basis": layer.demand.basis,
                "total": round(float(layer.demand.weight.sum()), 3),
                "points": int(layer.demand.weight.size),
                "arrays": {part: sorted(arrays) for part, arrays in parts.items()},
            }
            (unfinished / HEAD).write_text(json.dumps(head, ensure_ascii=False, indent=1), encoding="utf-8")
            unfinished.chmod(0o755)
            _put(unfinished, beside / layer.key)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as fault:
        raise LayerError(
            "The layer cannot be written beside the atlas in “{folder}” ({fault}). "
            "Check the folder's rights and the space left.",
            folder=folder.name,
            fault=fault.strerror or "",
        ) from fault


def _put(new: Path, place: Path) -> None:
    """Put a folder in its place; a folder that is there cannot be replaced in one step, so it steps aside first."""
    aside = new.with_name(f"{new.name}-before")
    if place.exists():
        place.rename(aside)
    try:
        new.rename(place)
    except OSError:
        if aside.exists():
            aside.rename(place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def remove_layer(folder: Path, key: str) -> None:
    """Take an added layer away.

    Raises
    ------
    LayerError
        There is none of that name, or it cannot be taken away.
    """
    check_key(key)
    place = folder / FOLDER / key
    if not place.is_dir():
        known = ", ".join(sorted(path.name for path in _folders(folder))) or "–"
        raise LayerError("No layer “{key}” was added to this atlas. Added were: {known}.", key=key, known=known)
    try:
        shutil.rmtree(place)
    except OSError as fault:
        raise LayerError(
            "The layer “{key}” cannot be taken away ({fault}). Check the folder's rights.",
            key=key,
            fault=fault.strerror or "",
        ) from fault


def added_layers(folder: Path, atlas_digest: str) -> tuple[Added, ...]:
    """What was added to the atlas of a folder, by key, also what cannot be used."""
    return tuple(_figures(path, atlas_digest) for path in _folders(folder))


def read_layers(folder: Path, atlas_digest: str, modes: Iterable[str]) -> Iterator[Layer]:
    """The layers that were added to an atlas and are of use with it; the others stay away."""
    wanted = tuple(modes)
    for path in _folders(folder):
        if _figures(path, atlas_digest).state != IN_USE:
            continue
        try:
            yield _read(path, wanted)
        except (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError):
            continue


IN_USE = "in use"
OF_ANOTHER = "of another atlas"
DAMAGED = "damaged"


def _folders(folder: Path) -> list[Path]:
    beside = folder / FOLDER
    try:
        return sorted(path for path in beside.iterdir() if path.is_dir() and KEY.fullmatch(path.name))
    except OSError:
        return []


def _read(path: Path, modes: Iterable[str]) -> Layer:
    head = json.loads((path / HEAD).read_text(encoding="utf-8"))
    parts = {part: {name: open_array(path / f"{part}.{name}.npy") for name in names} for part, names in _arrays(head)}
    layer = from_parts(path.name, str(head["digest"]), parts, modes, str(head["title"]))
    if demand_digest(layer.demand) != layer.digest or any(len(snaps) != head["points"] for snaps in layer.on.values()):
        raise ValueError(path.name)
    return layer


def _arrays(head: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    return [(str(part), [str(name) for name in names]) for part, names in head["arrays"].items()]


def _figures(path: Path, atlas_digest: str) -> Added:
    nothing = Added(path.name, path.name, DAMAGED)
    try:
        head = json.loads((path / HEAD).read_text(encoding="utf-8"))
        told = Added(
            key=path.name,
            title=str(head["title"]),
            state=IN_USE if head["atlas"] == atlas_digest else OF_ANOTHER,
            unit=str(head["unit"]),
            total=float(head["total"]),
            points=int(head["points"]),
            basis=str(head["basis"]),
            source=str(head["source"]),
            digest=str(head["digest"]),
        )
        if head["format"] != FORMAT:
            return replace(told, state=OF_ANOTHER)
        if told.state == IN_USE:
            _read(path, ())
    except (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError):
        return nothing
    return told
