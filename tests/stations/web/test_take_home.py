"""A planner takes the question home, in every form."""

import io
import threading
from functools import partial
from urllib.parse import unquote

import openpyxl
import pypdf
import pytest
from PIL import Image

from stations.errors import BusyError
from stations.handouts.question import read_question
from stations.web.planning.printing import PRINTED_FILES
from stations.web.press import Press
from tests.town import today

MINUTES = {"minutes": 5}


def name_of(answer) -> str:
    return unquote(answer.headers["Content-Disposition"].rpartition("UTF-8''")[2])


def test_the_report_is_a_page_that_allows_itself_nothing(planner):
    answer = planner.get("/planning/report", **MINUTES)
    assert answer.mimetype == "text/html"
    assert "的街道步行 5 分钟内能到驿站。</h1>" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "Content-Disposition" not in answer.headers


def test_the_report_is_printed(planner):
    answer = planner.get("/planning/report.pdf", **MINUTES)
    assert name_of(answer) == "驿站覆盖报告.pdf"
    assert "步行" in pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()


def test_the_tables_are_a_workbook(planner):
    answer = planner.get("/planning/workbook.xlsx", lang="en", **MINUTES)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="yizhan-workbook.xlsx"'
    assert "Townships" in openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames


@pytest.mark.parametrize("address", ["/planning/map.png", "/planning/reach.png"])
def test_the_map_is_a_picture(planner, address):
    answer = planner.get(address, **MINUTES)
    assert answer.mimetype == "image/png"
    assert Image.open(io.BytesIO(answer.data)).width > 1200


def test_the_layers_are_one_file(planner):
    answer = planner.get("/planning/coverage.gpkg", **MINUTES)
    assert answer.data.startswith(b"SQLite format 3")
    assert name_of(answer) == "驿站覆盖图层.gpkg"


def test_the_question_can_be_asked_again(planner):
    day = today()
    answer = planner.get(
        "/planning/question.json", amenity=["water", "toilet"], add="116.304,28.304,新站;24/7", **MINUTES
    )
    saved = read_question(answer.data, day)
    assert saved.query == {"minutes": ["5"], "amenity": ["water", "toilet"], "add": ["116.304,28.304,新站;24/7"]}
    assert saved.revision == 7
    assert len(saved.digest) == 64
    assert saved.day == day


@pytest.mark.parametrize("address", [f"/planning/{one.file}" for one in PRINTED_FILES.values()])
def test_a_question_that_cannot_be_asked_prints_nothing(planner, address):
    assert planner.get(address, minutes="many").status_code == 400
    assert planner.get(address, colour="red").status_code == 400
    assert planner.get(address, close="NOBODY").status_code == 400


def test_without_an_atlas_there_is_nothing_to_take_home(open_house):
    assert open_house(ground=None).test_client().get("/planning/report.pdf").status_code == 503


def test_who_comes_when_another_waits_already_is_told_to_come_again(planner, monkeypatch):
    def full(self, key, work):
        raise BusyError("Several reports are being made just now. Try again in a few seconds.")

    monkeypatch.setattr(Press, "make", full)
    answer = planner.get("/planning/map.png")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "正在生成" in answer.text


class Slow:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.times = 0

    def __call__(self) -> bytes:
        self.times += 1
        self.begun.set()
        assert self.go.wait(10)
        return b"made"


def test_one_is_served_one_waits_and_the_next_is_sent_away():
    press, slow = Press(), Slow()
    got: list[bytes] = []
    threads = [threading.Thread(target=lambda: got.append(press.make("a", slow))) for _ in range(2)]
    threads[0].start()
    assert slow.begun.wait(10)
    threads[1].start()
    while press._line._value:
        pass
    with pytest.raises(BusyError):
        press.make("b", lambda: b"other")
    slow.go.set()
    for thread in threads:
        thread.join(10)
    assert got == [b"made", b"made"]
    assert slow.times == 1
    assert press.make("b", lambda: b"other") == b"other"


def test_what_failed_does_not_hold_the_line():
    press = Press()

    def broken() -> bytes:
        raise ZeroDivisionError

    for _ in range(4):
        with pytest.raises(ZeroDivisionError):
            press.make("a", broken)
    assert press.make("a", lambda: b"x") == b"x"


def test_the_oldest_are_forgotten_when_there_is_much(monkeypatch):
    monkeypatch.setattr("stations.web.press.MOST_BYTES", 10)
    press, made = Press(), []

    def work(name: str) -> bytes:
        made.append(name)
        return b"12345678"

    for name in ("a", "b", "b", "a"):
        press.make(name, partial(work, name))
    assert made == ["a", "b", "a"]
