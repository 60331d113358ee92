"""The words: those of the files as they are, and files that break the schema."""

from pathlib import Path

import pytest

from stations.errors import TaxonomyError, UnknownAmenityError, UnknownTermError
from stations.taxonomy import FOLDER, Taxonomy

AMENITIES = set(
    "water microwave fridge charging seats air_conditioning heating first_aid medicine aed toilet wifi books rain_gear "
    "heatstroke_supplies cold_weather_supplies tools tyre_pump ebike_charging battery_swap lockers nursing_room "
    "breakfast counselling e_reading legal_advice".split()
)


def test_the_amenities_people_ask_for(taxonomy):
    assert set(taxonomy.amenities.terms) == AMENITIES


def test_every_amenity_has_both_languages_an_icon_and_a_group(taxonomy):
    for key in taxonomy.amenities.terms:
        term = taxonomy.amenity(key)
        assert any("\u4e00" <= character <= "\u9fff" for character in term.zh)
        assert term.en.isascii()
        assert term.icon
        assert term.group in taxonomy.groups
    assert len({taxonomy.amenity(key).icon for key in taxonomy.amenities.terms}) == len(AMENITIES)


def test_kinds_hosts_and_access(taxonomy):
    assert set(taxonomy.kinds.terms) == set(
        "rest_station breakfast_point nursing_room drivers_home workers_home reading_room mobile_point".split()
    )
    assert set(taxonomy.hosts.terms) == set(
        "union bank post_office telecom_shop petrol_station supermarket convenience pharmacy community_centre library "
        "public_toilet bus_station police scenic_spot".split()
    )
    assert set(taxonomy.access.terms) == {"walk_in", "ask_staff", "qr_door", "app", "member_card"}


@pytest.mark.parametrize(
    "word", ["petrol_station", "加油站", "Petrol station", "ＰＥＴＲＯＬ　ＳＴＡＴＩＯＮ", "gas station"]
)
def test_a_host_by_any_of_its_words(taxonomy, word):
    assert taxonomy.hosts.key_of(word) == "petrol_station"


def test_words_that_are_not_there(taxonomy):
    assert taxonomy.hosts.key_of("moon base") is None
    with pytest.raises(UnknownAmenityError, match="water"):
        taxonomy.amenity("sauna")
    with pytest.raises(UnknownTermError, match="bank"):
        taxonomy.hosts["sauna"]


def copied(folder: Path, **changed: tuple[str, str]) -> Path:
    for name in ("amenities", "taxonomy"):
        text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
        old, new = changed.get(name, ("", ""))
        assert old in text
        (folder / f"{name}.toml").write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("amenities", 'icon = "microwave"', 'picture = "microwave"', "microwave"),
        ("amenities", 'group = "health"', 'group = "wealth"', "wealth"),
        ("amenities", 'zh = "冰箱"', 'zh = "微波炉"', "stands for both"),
        ("amenities", "[amenities]", "[amenities", "cannot be read"),
        ("taxonomy", "[hosts]", "[guests]", "hosts"),
        ("taxonomy", 'planned = { zh = "拟建"', 'dreamt = { zh = "拟建"', "statuses"),
        ("taxonomy", "nearby = {", "close = {", "states"),
        ("taxonomy", 'zh = "银行"', "zh = 5", "bank.zh"),
    ],
)
def test_a_file_that_breaks_the_schema_is_refused(tmp_path, name, old, new, says):
    with pytest.raises(TaxonomyError, match=says):
        Taxonomy.load(copied(tmp_path, **{name: (old, new)}))


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(TaxonomyError, match=r"amenities\.toml"):
        Taxonomy.load(tmp_path)


def test_an_operator_may_add(tmp_path):
    more = '[hosts]\ntemple = { zh = "寺庙", en = "Temple" }\n'
    assert "temple" in Taxonomy.load(copied(tmp_path, taxonomy=("[hosts]\n", more))).hosts
