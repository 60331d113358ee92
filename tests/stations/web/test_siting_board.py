"""What the script of the siting page is told."""

from types import SimpleNamespace

from flask_babel import force_locale

from geodata.townships import WHOLE_AREA
from stations.questions.siting import TownshipGain
from stations.web.siting.board import towns_on


def test_an_area_without_townships_is_named_in_the_readers_language(open_house):
    rows = (TownshipGain("", WHOLE_AREA, 100.0, 10.0, 60.0),)
    with open_house().test_request_context(), force_locale("zh_Hans"):
        (told,) = towns_on(SimpleNamespace(answer=SimpleNamespace(townships=rows)))
    assert (told["name"], told["said"]["covered"]) == ("全区域", "10.0% → 60.0%")
