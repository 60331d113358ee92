"""Photos as telephones and others send them, and a store to keep them in."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import Image

from stations.photos.keeping import Photos
from stations.registry.log import Registry

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def sent(width: int = 640, height: int = 480, kind: str = "JPEG", colour: str = "teal", **facts) -> bytes:
    """A picture of one colour with a red corner at its upper left."""
    picture = Image.new("RGB", (width, height), colour)
    picture.paste(Image.new("RGB", (width // 2, height // 2), "red"), (0, 0))
    into = io.BytesIO()
    picture.save(into, kind, **facts)
    return into.getvalue()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request, tmp_path) -> str:
    """URL of a registry with nothing in it."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_registry")
    return f"sqlite:///{tmp_path / 'registry.db'}"


@pytest.fixture
def photos(registry: Registry) -> Photos:
    """On both stores."""
    return Photos(registry.store)


@pytest.fixture
def keep(photos) -> Callable:
    def keep_(data: bytes, code: str = "A1", **facts):
        return photos.keep(data, **{"code": code, "township": "361102001", "who": "lin", "at": NOON} | facts)

    return keep_
