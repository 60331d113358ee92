"""The map as a picture."""

import io
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from PIL import Image

from geodata.lonlat import LonLat
from stations.handouts import lettering
from stations.handouts.colours import COVERAGE_CLASSES, REACH_CLASSES, class_of, colour_of, is_dark, reach_colours
from stations.handouts.lettering import NoFontError
from stations.handouts.mapkeys import scale_bar_m
from stations.handouts.picture import draw
from stations.handouts.scene import PRINTED, Ring, Sheet, Theme
from tests.town import BLOCK_M, corner

SMALL = Sheet(width=5.0, least=3.0, most=5.0, dots_per_inch=60)


def opened(content: bytes) -> Image.Image:
    assert content.startswith(b"\x89PNG")
    return Image.open(io.BytesIO(content))


@pytest.fixture(scope="module")
def pictures(report, speaking):
    with speaking("zh"):
        return {theme: draw(report.scene, theme, SMALL) for theme in Theme}


def test_each_theme_is_a_picture_of_its_own(pictures) -> None:
    assert len(set(pictures.values())) == len(Theme)
    for content in pictures.values():
        picture = opened(content)
        assert picture.width > 5.0 * 60
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 50


def test_the_same_scene_gives_the_same_bytes(pictures, report, speaking) -> None:
    with speaking("zh"):
        assert draw(report.scene, Theme.REACH, SMALL) == pictures[Theme.REACH]


def test_the_legend_speaks_the_language(pictures, report, speaking) -> None:
    with speaking("en"):
        assert draw(report.scene, Theme.REACH, SMALL) != pictures[Theme.REACH]


def test_a_picture_holds_the_colours_of_its_legend(pictures) -> None:
    pixels = np.asarray(opened(pictures[Theme.TOWNSHIPS]).convert("RGB")).reshape(-1, 3)
    ink = np.array([0x1D, 0x1A, 0x16])
    assert (np.abs(pixels.astype(int) - ink).sum(axis=1) < 12).any()


def test_a_stretched_county_still_fits_the_sheet(report, speaking) -> None:
    west, south, east, north = report.scene.bounds
    for bounds in ((west, south, west + 0.001, north), (west, south, east, south + 0.001)):
        with speaking("zh"):
            picture = opened(draw(replace(report.scene, bounds=bounds), Theme.REACH, SMALL))
        assert picture.height < 2.5 * picture.width


def test_nothing_to_show_is_drawn_all_the_same(report, speaking) -> None:
    bare = replace(report.scene, areas={}, counted=[], perhaps=[], gaps=[], shares=[None] * 2, ground={"features": []})
    with speaking("zh"):
        for theme in Theme:
            opened(draw(bare, theme, SMALL))


def test_without_letters_nothing_is_drawn_and_it_is_said(report, speaking, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(lettering, "REGULAR", tmp_path / "gone.ttf")
    with speaking("zh"), pytest.raises(NoFontError, match="make"):
        draw(report.scene, Theme.REACH, SMALL)


def test_a_station_that_is_moved_is_drawn_as_only_supposed(tell) -> None:
    new, there = corner(4, 3), corner(5, 0)
    moved = tell({"minutes": ["5"], "add": [f"{new.lon},{new.lat},;24/7"], "move": [f"A3,{there.lon},{there.lat}"]})
    assert sorted(moved.scene.supposed, key=lambda at: at.lon) == [new, there]
    assert there not in moved.scene.counted


@pytest.mark.parametrize("across", [-0.4, 0.0, 0.3])
def test_the_name_of_a_township_leaves_the_number_of_a_gap_to_be_read(report, speaking, monkeypatch, across) -> None:
    written: list[Axes] = []

    def watched(axes, x, y, words, **style):
        written.append(axes)
        return write(axes, x, y, words, **style)

    write = Axes.text
    monkeypatch.setattr(Axes, "text", watched)
    middle = shapely.point_on_surface(report.scene.outlines[0])
    scene = replace(report.scene, gaps=[Ring(LonLat(middle.x + across * BLOCK_M / 98_000, middle.y), 1.0)])
    with speaking("zh"):
        draw(scene, Theme.TOWNSHIPS, PRINTED)
    axes = written[0]
    number = next(text for text in axes.texts if text.get_text() == "1").get_window_extent()
    names = [text.get_window_extent() for text in axes.texts if "\n" in text.get_text()]
    assert len(names) == len(scene.names)
    assert not [one for one in names if one.overlaps(number)]


def lightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_colours_can_be_told_apart_in_grey() -> None:
    for colours in ([colour for _, colour in COVERAGE_CLASSES], [*reversed(REACH_CLASSES)]):
        steps = [lightness(one) - lightness(other) for one, other in pairwise(colours)]
        assert min(steps) > 20


def test_letters_can_be_read_on_every_colour() -> None:
    assert [is_dark(colour) for _, colour in COVERAGE_CLASSES] == [False, False, False, False, True]
    assert colour_of(None) not in {colour for _, colour in COVERAGE_CLASSES}
    assert [class_of(share) for share in (0.0, 0.2, 0.999, 1.0, None)] == [0, 1, 4, 4, -1]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_every_band_has_a_colour_of_its_own(count) -> None:
    assert len(set(reach_colours(count))) == count


@given(st.floats(1.0, 1e7))
@example(9999999.999999998)
def test_a_scale_bar_is_round_and_as_long_as_fits(most_m) -> None:
    length = scale_bar_m(most_m)
    assert length <= most_m < 2.5 * length * 1.0001
    assert f"{length:.0e}"[0] in "125"
