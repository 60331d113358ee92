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
