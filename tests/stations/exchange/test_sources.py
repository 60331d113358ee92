"""Whatever is handed in as a list is read or refused in words: other things than files, and GeoJSON of every kind."""

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stations.errors import ImportRefused
from stations.exchange.columns import Answers
from stations.exchange.proposal import read_stations
from stations.exchange.sources import read_table


def test_what_is_not_an_ordinary_file_is_refused_and_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    for path, says in ((tmp_path, "it is a folder"), (pipe, "not an ordinary file"), (tmp_path / "a\0b", "no file")):
        with pytest.raises(ImportRefused, match=says):
            read_table(path)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "list.csv"
    path.write_bytes(b"a,b\n1,2\n")

    def denied(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", denied)
    with pytest.raises(ImportRefused, match="cannot be read: Permission denied"):
        read_table(path)


@pytest.mark.parametrize(
    "lines",
    [
        "甲,乙\n1,2\n\xff",
        "a" * 200_000,
        ",".join(f"c{number}" for number in range(1_001)) + "\n1",
        "name,name\n1,2",
        '"' * 1_001,
    ],
)
def test_text_that_is_no_list_is_refused(tmp_path, lines):
    path = tmp_path / "list.csv"
    path.write_bytes(lines.encode("latin-1", "replace"))
    with pytest.raises(ImportRefused):
        read_table(path)


def test_a_list_half_in_one_encoding_and_half_in_another(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("code,name\nA,驿站".encode() + "\nB,驿站".encode("gb18030"))
    with pytest.raises(ImportRefused, match="neither UTF-8"):
        read_table(path)


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FEATURE = st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("Feature"),
        "id": VALUE,
        "properties": VALUE | st.dictionaries(st.sampled_from(("name", "code", "lon", "hours", "seats", "x")), VALUE),
        "geometry": VALUE
        | st.fixed_dictionaries({"type": st.just("Point"), "coordinates": VALUE | st.lists(VALUE, max_size=3)}),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(features=st.lists(FEATURE | VALUE, max_size=4))
def test_any_collection_is_read_or_refused(tmp_path, taxonomy, shanghai, features):
    path = tmp_path / "list.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    try:
        read_stations(path, taxonomy, shanghai, columns=Answers({}, keep_unknown=True))
    except ImportRefused as refusal:
        assert str(refusal)  # noqa: PT017  either way is right
        assert all(fault.message for fault in refusal.faults)  # noqa: PT017


def test_sums_and_signatures_below_the_stations_are_left_out_and_told(csv_file, taxonomy, shanghai):
    lines = (
        "1,甲,116.31,28.31,12",
        "2,乙,116.42,28.32,8",
        "合计,2个站点,,,20",
        "填表人：某某,,审核：某某,,",
        "注：截至三月,,,,",
    )
    proposal = read_stations(csv_file("编号,名称,经度,纬度,座位数", *lines), taxonomy, shanghai)
    assert [row.station.code for row in proposal.rows] == ["1", "2"]
    told = " ".join(str(doubt) for doubt in proposal.doubts)
    assert "“合计 2个站点 20” (rows: 4-6)" in told


@pytest.mark.parametrize("odd", [("合计站,驿站,,",), ("丙,,,",), ("08:00,,,",), ("小计,1个,,", "2,乙,116.42,28.32")])
def test_whatever_may_be_a_station_is_not_left_out_as_a_note(csv_file, taxonomy, shanghai, odd):
    with pytest.raises(ImportRefused) as caught:
        read_stations(csv_file("编号,名称,经度,纬度", "1,甲,116.31,28.31", *odd), taxonomy, shanghai)
    assert "It is empty. Every station needs a longitude and a latitude." in str(caught.value.faults[0])


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#formula"])
def test_the_error_of_a_formula_saved_as_text_refuses_its_row(csv_file, taxonomy, shanghai, error):
    path = csv_file("编号,名称,经度,纬度,备注", f"1,甲,116.31,28.31,{error}")
    with pytest.raises(ImportRefused) as caught:
        read_stations(path, taxonomy, shanghai)
    (fault,) = caught.value.faults
    assert (fault.row, fault.column) == (2, "备注")
    assert "formula" in fault.message
