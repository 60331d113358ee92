"""Who may use a street, by its tags, as the OSM wiki says."""

from __future__ import annotations

from importlib.resources import files

import pytest

from geodata.access import (
    Mode,
    Tags,
    load_modes,
    node_blocks,
    street_class,
    usual_value,
    way_permission,
)
from geodata.errors import ModeError

BOTH, ALONG, AGAINST, NEITHER = (True, True), (True, False), (False, True), (False, False)


@pytest.fixture(scope="module")
def walk() -> Mode:
    return load_modes()["walk"]


@pytest.fixture(scope="module")
def ebike() -> Mode:
    return load_modes()["ebike"]


def tags_of(text: str) -> Tags:
    """Tags parted by commas, as conditions have blanks in them."""
    return dict(pair.strip().split("=", 1) for pair in text.split(","))


def directions(text: str, mode: Mode) -> tuple[bool, bool]:
    forward, backward, _ = way_permission(tags_of(text), mode)
    return forward, backward


def test_modes_come_with_the_speeds_of_policy_and_law() -> None:
    modes = load_modes()
    assert list(modes) == ["walk", "ebike"]
    assert modes["walk"].metres_per_second * 15 * 60 == pytest.approx(1000.0)
    assert (modes["ebike"].speed_kmh, modes["ebike"].max_speed_kmh) == (18.0, 25.0)


@pytest.mark.parametrize(
    ("tags", "on_foot", "riding"),
    [
        ("highway=residential", BOTH, BOTH),
        ("highway=footway", BOTH, NEITHER),
        ("highway=pedestrian", BOTH, NEITHER),
        ("highway=pedestrian, area=yes", BOTH, NEITHER),
        ("highway=cycleway", NEITHER, BOTH),
        ("highway=cycleway, foot=designated", BOTH, BOTH),
        ("highway=path", BOTH, BOTH),
        ("highway=steps", BOTH, NEITHER),
        ("highway=steps, bicycle=yes, ramp:bicycle=yes", BOTH, NEITHER),
        ("highway=motorway", NEITHER, NEITHER),
        ("highway=motorway, bicycle=yes", NEITHER, NEITHER),
        ("highway=motorway_link, access=yes", NEITHER, NEITHER),
        ("highway=trunk", BOTH, BOTH),
        ("highway=busway", NEITHER, NEITHER),
        ("highway=busway, bicycle=yes", NEITHER, BOTH),
        ("highway=bridleway", NEITHER, NEITHER),
        ("highway=path, sac_scale=hiking", BOTH, BOTH),
        ("highway=path, sac_scale=mountain_hiking", NEITHER, NEITHER),
        ("highway=unheard_of", NEITHER, NEITHER),
        ("highway=unheard_of, foot=yes", BOTH, NEITHER),
        ("railway=platform", BOTH, NEITHER),
        ("public_transport=platform", BOTH, NEITHER),
        ("man_made=pier", BOTH, NEITHER),
    ],
)
def test_a_kind_of_street_is_open_by_default_or_not(tags, on_foot, riding, walk, ebike) -> None:
    assert directions(tags, walk) == on_foot
    assert directions(tags, ebike) == riding


@pytest.mark.parametrize(
    "tags",
    [
        "highway=construction",
        "highway=proposed",
        "highway=construction, foot=yes",
        "highway=raceway",
        "highway=bus_stop",
        "waterway=river",
        "building=yes",
    ],
)
def test_what_is_no_street_is_never_one(tags, walk, ebike) -> None:
    assert street_class(tags_of(tags)) is None
    assert directions(tags, walk) == directions(tags, ebike) == NEITHER


@pytest.mark.parametrize(
    ("tags", "on_foot", "riding"),
    [
        ("access=no", NEITHER, NEITHER),
        ("access=private", NEITHER, NEITHER),
        ("access=destination", BOTH, BOTH),
        ("access=customers", BOTH, BOTH),
        ("access=permissive", BOTH, BOTH),
        ("access=private, foot=yes", BOTH, NEITHER),
        ("access=no, foot=designated, bicycle=designated", BOTH, BOTH),
        ("vehicle=no", BOTH, NEITHER),
        ("vehicle=no, bicycle=yes", BOTH, BOTH),
        ("motor_vehicle=no", BOTH, BOTH),
        ("foot=no", NEITHER, BOTH),
        ("foot=use_sidepath", NEITHER, BOTH),
        ("bicycle=dismount", BOTH, NEITHER),
        ("bicycle=use_sidepath", BOTH, NEITHER),
        ("bicycle=yes, electric_bicycle=no", BOTH, NEITHER),
        ("bicycle=no, electric_bicycle=yes", BOTH, BOTH),
        ("access=no;destination", BOTH, BOTH),
        ("foot=whatever_this_is, access=no", NEITHER, NEITHER),
        ("motorroad=yes", NEITHER, NEITHER),
        ("motorroad=yes, access=yes", NEITHER, NEITHER),
        ("motorroad=yes, foot=yes", BOTH, NEITHER),
        ("motorroad=yes, bicycle=yes", NEITHER, BOTH),
    ],
)
def test_the_most_specific_access_tag_decides(tags, on_foot, riding, walk, ebike) -> None:
    street = f"highway=secondary, {tags}"
    assert directions(street, walk) == on_foot
    assert directions(street, ebike) == riding


@pytest.mark.parametrize(
    ("tags", "riding"),
    [
        ("oneway=yes", ALONG),
        ("oneway=1", ALONG),
        ("oneway=true", ALONG),
        ("oneway=-1", AGAINST),
        ("oneway=reverse", AGAINST),
        ("oneway=no", BOTH),
        ("oneway=yes, oneway:bicycle=no", BOTH),
        ("oneway=no, oneway:bicycle=yes", ALONG),
        ("oneway=yes, oneway:bicycle=-1", AGAINST),
        ("oneway=yes, cycleway=opposite", BOTH),
        ("oneway=yes, cycleway=opposite_lane", BOTH),
        ("oneway=yes, cycleway:left=opposite_track", BOTH),
        ("oneway=yes, cycleway:left=lane", ALONG),
        ("oneway=yes, cycleway:left=lane, cycleway:left:oneway=-1", BOTH),
        ("oneway=yes, cycleway:right=track, cycleway:right:oneway=no", BOTH),
        ("oneway=-1, cycleway=opposite", BOTH),
        ("oneway=yes, bicycle:backward=no", ALONG),
        ("bicycle:backward=no", ALONG),
        ("bicycle:forward=no", AGAINST),
        ("junction=roundabout", ALONG),
        ("junction=roundabout, oneway=no", BOTH),
        ("junction=roundabout, oneway=-1", AGAINST),
        ("oneway=yes, oneway:conditional=no @ (19:00-17:00)", BOTH),
        ("oneway=yes, oneway:conditional=no @ (22:00-06:00)", ALONG),
    ],
)
def test_a_rider_keeps_to_one_way_streets_and_a_walker_does_not(tags, riding, walk, ebike) -> None:
    street = f"highway=residential, {tags}"
    assert directions(street, ebike) == riding
    assert directions(street, walk) == BOTH


@pytest.mark.parametrize(
    ("tags", "on_foot"),
    [
        ("oneway=yes", BOTH),
        ("oneway:foot=yes", ALONG),
        ("oneway:foot=-1", AGAINST),
        ("foot:backward=no", ALONG),
        ("conveying=forward", ALONG),
        ("conveying=backward", AGAINST),
        ("conveying=reversible", BOTH),
        ("conveying=forward, oneway:foot=no", BOTH),
    ],
)
def test_a_walker_keeps_to_what_is_one_way_for_walkers(tags, on_foot, walk) -> None:
    assert directions(f"highway=steps, {tags}", walk) == on_foot


def test_an_escalator_of_unspecified_direction_is_not_said_to_run_as_drawn(walk) -> None:
    """The wiki, "Key:conveying": yes is an escalator with unspecified direction."""
    assert directions("highway=steps, conveying=yes", walk) == BOTH


@pytest.mark.parametrize(
    ("tags", "on_foot"),
    [
        ("access:conditional=no @ (22:00-06:00)", BOTH),
        ("access:conditional=no @ (06:00-22:00)", NEITHER),
        ("foot:conditional=no @ (Mo-Sa 00:00-24:00)", NEITHER),
        ("foot=no, foot:conditional=yes @ (05:00-23:00)", BOTH),
        ("foot=no, foot:conditional=yes @ (Su 08:00-12:00)", NEITHER),
        ("access:conditional=no @ (Nov-Mar)", BOTH),
        ("access:conditional=no @ (Oct-May)", NEITHER),
        ("access:conditional=no @ (weight>3.5)", BOTH),
        ("access:conditional=no @ snow", BOTH),
        ("access:conditional=no @", BOTH),
        ("access:conditional=no @ (06:00-22:00), foot=yes", BOTH),
        ("access:conditional=delivery @ (06:00-11:00); no @ (11:00-06:00)", NEITHER),
    ],
)
def test_a_condition_counts_when_it_holds_for_most_of_the_year(tags, on_foot, walk) -> None:
    assert directions(f"highway=residential, {tags}", walk) == on_foot


def test_a_condition_may_hold_semicolons_of_its_own() -> None:
    assert usual_value("no @ (Mo-Fr 00:00-24:00; Sa 00:00-24:00)") == "no"
    assert usual_value("no @ (Su; Sa)") is None


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ("highway=residential, access=private", "access=private"),
        ("highway=residential, motorroad=yes", "motorroad=yes"),
        ("highway=motorway", "highway=motorway"),
        ("highway=residential, foot:conditional=no @ (24/7)", "foot:conditional=no"),
    ],
)
def test_a_refusal_names_the_tag_that_closed_the_way(tags, reason, walk) -> None:
    assert way_permission(tags_of(tags), walk).refusal == reason


def test_a_way_that_is_open_has_no_refusal(walk, ebike) -> None:
    assert way_permission({"highway": "residential", "oneway": "yes"}, ebike).refusal == ""
    assert way_permission({"highway": "residential"}, walk).refusal == ""


@pytest.mark.parametrize(
    ("tags", "stops_walker", "stops_rider"),
    [
        ("barrier=wall", True, True),
        ("barrier=fence, foot=yes", False, True),
        ("barrier=stile", False, True),
        ("barrier=stile, bicycle=yes", False, False),
        ("barrier=kissing_gate", False, True),
        ("barrier=turnstile", False, True),
        ("barrier=gate", False, False),
        ("barrier=gate, access=private", True, True),
        ("barrier=gate, access=private, foot=yes", False, True),
        ("barrier=gate, access=no, foot=yes, bicycle=yes", False, False),
        ("barrier=gate, locked=yes", True, True),
        ("barrier=gate, locked=yes, foot=permissive", False, True),
        ("barrier=gate, locked=no", False, False),
        ("barrier=bollard", False, False),
        ("barrier=lift_gate, vehicle=no", False, True),
        ("barrier=gate, access:conditional=no @ (22:00-06:00)", False, False),
        ("barrier=gate, access:conditional=no @ (06:00-22:00)", True, True),
        ("barrier=no, access=no", False, False),
        ("highway=crossing, access=no", False, False),
    ],
)
def test_a_barrier_stops_whom_it_says(tags, stops_walker, stops_rider, walk, ebike) -> None:
    assert node_blocks(tags_of(tags), walk) is stops_walker
    assert node_blocks(tags_of(tags), ebike) is stops_rider


@pytest.mark.parametrize("speed", ["0.0", "-4.0", "26.0"])
def test_a_mode_is_no_faster_than_it_may_be(speed) -> None:
    text = files("geodata").joinpath("modes.toml").read_text(encoding="utf-8")
    assert load_modes(text).keys() == {"walk", "ebike"}
    with pytest.raises(ModeError, match=f"ebike has a speed of {speed} km/h.*at most 25"):
        load_modes(text.replace("speed_kmh = 18.0", f"speed_kmh = {speed}"))
