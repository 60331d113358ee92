"""Atlases of real places."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from geodata.atlas import Atlas
from tests.geodata.real import atlas_of_place


@pytest.fixture(scope="session")
def real_atlas(real_data: Path) -> Callable[[str], Atlas]:
    """The atlas of a place in the data folder."""
    return partial(atlas_of_place, real_data)
