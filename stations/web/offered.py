"""What pages for planners offer: by what demand is counted, and the files to take home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext

from geodata.atlas import Atlas
from geodata.layers import AREA, PEOPLE, STREET, Layer


@dataclass(frozen=True, slots=True)
class Weight:
    """Demand by which coverage may be counted; the usual one is not named in the address."""

    key: str
    name: str
    usual: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Download:
    """A file to take home."""

    name: str
    form: str
    icon: str
    address: str
    file: bool = True


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files of one use."""

    name: str
    files: Sequence[Download]


File = tuple[str, str, str, str, bool]
"""Endpoint, name, form, icon, and whether it is kept rather than opened."""


def weights_for(atlas: Atlas | None, asked: str) -> list[Weight]:
    """By what coverage may be counted on an atlas."""
    if atlas is None:
        return []
    usual = atlas.layer().key
    return [
        Weight(key, weight_name(layer), key == usual, key == (asked or usual)) for key, layer in atlas.layers.items()
    ]


def weight_name(layer: Layer) -> str:
    """What a demand layer is called."""
    own = {PEOPLE: gettext("People"), STREET: gettext("Length of streets"), AREA: gettext("Area")}
    return own.get(layer.key) or layer.title or layer.key


def shelves_of(
    wanted: Iterable[tuple[str, Iterable[File]]], question: Mapping[str, Any], *, without: str = ""
) -> list[Shelf]:
    """The files of a question that this house gives, by what one wants them for.

    Parameters
    ----------
    question
        Parameters of their addresses.
    without
        How the names of endpoints begin whose addresses take no question.
    """
    shelves = []
    for name, files in wanted:
        there = [
            Download(said, form, icon, url_for(key, **({} if without and key.startswith(without) else question)), file)
            for key, said, form, icon, file in files
            if key in current_app.view_functions
        ]
        if there:
            shelves.append(Shelf(name, there))
    return shelves
