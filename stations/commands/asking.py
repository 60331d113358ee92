"""What commands that ask questions have in common: what may be named, and a table as wide as it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.console import Console

from geodata.access import load_modes
from stations.taxonomy import Taxonomy
from stations.web.house import House
from stations.web.params import Args, Known
from stations.web.sited import premises_on
from stations.wording.names import who_one_may_be

HouseMaker = Callable[[], House]
"""Opens the registry and the atlas; called only by a command that runs."""


def console() -> Console:
    """A console as wide as the table where its output goes to a file, so that no code is cut."""
    screen = Console(markup=False, emoji=False)
    return screen if screen.is_terminal else Console(markup=False, emoji=False, width=160)


def known_to(house: House) -> Known:
    """What a question may name in a house."""
    modes = load_modes() if house.atlas is None else house.atlas.modes
    layers = () if house.atlas is None else house.atlas.layers
    taxonomy = Taxonomy.load()
    return Known(
        frozenset(modes),
        frozenset(taxonomy.amenities.terms),
        house.zone,
        who_one_may_be(taxonomy),
        frozenset(layers),
        frozenset(taxonomy.hosts.terms),
        premises_on(house.atlas, taxonomy),
    )


def args_of(options: Mapping[str, str], several: Mapping[str, Sequence[str]]) -> Args:
    """Options as the parameters of an address; those in `several` may have been given more than once."""
    return {name: [value] for name, value in options.items()} | {name: list(values) for name, values in several.items()}
