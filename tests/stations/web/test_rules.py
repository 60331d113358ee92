"""Rules that learn to build an address when the first one is asked of them."""

import pytest
from werkzeug.routing import Map, Rule

from stations.web.rules import LaterBuilt

ADDRESSES: dict[str, dict[str, object]] = {
    "/": {},
    "/s/<code>": {"code": "A 1/ä"},
    "/desk/stations/<code>/history/<int:revision>": {"code": "S1", "revision": 7},
    "/tiles/<int:zoom>/<int:x>.png": {"zoom": 3, "x": 4},
}


def built(made_of: type[Rule], rule: str, values: dict[str, object], *, append_unknown: bool) -> str:
    ways = Map([made_of(rule, endpoint="there")]).bind("example.org")
    return ways.build("there", values, append_unknown=append_unknown)


@pytest.mark.parametrize("append_unknown", [True, False])
@pytest.mark.parametrize("rule", ADDRESSES)
def test_it_builds_what_the_frameworks_own_builds(rule, append_unknown):
    values = ADDRESSES[rule] | {"lang": "en", "rule": "x"}
    wanted = built(Rule, rule, values, append_unknown=append_unknown)
    assert built(LaterBuilt, rule, values, append_unknown=append_unknown) == wanted
    assert ("lang=en" in wanted) is append_unknown


def test_nothing_is_compiled_before_and_once_then(monkeypatch):
    compiled = []
    of_framework = Rule._compile_builder

    def counted(rule, append_unknown=True):
        compiled.append(append_unknown)
        return of_framework(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", counted)
    ways = Map([LaterBuilt("/s/<code>", endpoint="there")]).bind("example.org")
    assert ways.match("/s/A1") == ("there", {"code": "A1"})
    assert compiled == []
    assert [ways.build("there", {"code": code}) for code in ("A1", "A2")] == ["/s/A1", "/s/A2"]
    assert compiled == [True]
