"""Each fact has one name in Chinese and one in English, and a list that uses it is understood."""

from dataclasses import fields

import pytest

from stations.errors import TaxonomyError
from stations.exchange.columns import Columns
from stations.fields import FILE, Fields
from stations.station import Station
from stations.taxonomy import folded


@pytest.fixture(scope="module")
def names() -> Fields:
    return Fields.load()


def test_every_fact_has_a_name_in_both_languages(names):
    assert set(names.facts) == {one.name for one in fields(Station)}
    assert names.label("host_name", "zh") == "依托单位"
    assert names.label("host_name", "en") == "Host name"


def test_a_list_has_two_columns_and_a_datum_for_a_position(names):
    assert "position" not in names.columns
    assert "extra" not in names.columns  # its columns have their own heads
    at = names.columns.index("lon")
    assert names.columns[at : at + 3] == ("lon", "lat", "datum")


def test_an_exported_list_can_be_sent_back(names):
    columns = Columns.load()
    for name in names.columns:
        for word in (name, names.label(name, "zh"), names.label(name, "en")):
            if word not in {"seats", "source_datum"}:  # in a list: the amenity, and the datum of the row
                assert folded(word) in columns.fields[name], f"{word} is not a column {name}"


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('zh = "编号"', 'zh = "状态"', "two fields are called “状态”"),
        ('name = { zh = "站点名称", en = "Name" }', "", "differs in name"),
        ('name = { zh = "站点名称", en = "Name" }', 'name = { zh = "站点名称" }', "name.en"),
        ("[fields]", "[fields", "cannot be read"),
    ],
)
def test_a_file_that_does_not_follow_its_schema_is_refused(tmp_path, was, becomes, told):
    text = FILE.read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "fields.toml"
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(TaxonomyError, match=told):
        Fields.load(path)
