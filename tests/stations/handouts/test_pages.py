"""A council reads the report, on paper and on a screen."""

import base64
import hashlib
import io
import re
from dataclasses import replace

import pypdf
import pytest

from stations.handouts.pages import write_pages
from stations.handouts.picture import draw
from stations.handouts.scene import Sheet, Theme
from stations.handouts.story import document_of
from stations.handouts.webpage import policy, write_page
from tests.stations.handouts.conftest import SUPPOSED
from tests.stations.web.reading import read_page

SMALL = Sheet(width=4.0, least=2.0, most=3.0, dots_per_inch=40, headed=False)


@pytest.fixture(scope="module")
def maps(report, speaking):
    with speaking("zh"):
        return {theme: draw(report.scene, theme, SMALL) for theme in Theme}


@pytest.fixture(scope="module")
def printed(report, maps, speaking):
    with speaking("zh"):
        return write_pages(document_of(report), maps)


@pytest.fixture(scope="module")
def pdf(printed):
    return pypdf.PdfReader(io.BytesIO(printed))


@pytest.fixture(scope="module")
def page(report, maps, speaking):
    with speaking("zh"):
        return write_page(document_of(report), maps)


def text_of(pdf) -> str:
    """The text without blanks, as a line may break between any two Chinese characters."""
    return re.sub(r"\s", "", "".join(one.extract_text() for one in pdf.pages))


def test_the_finding_comes_first_and_can_be_copied(pdf, report) -> None:
    first = re.sub(r"\s", "", pdf.pages[0].extract_text())
    assert f"{report.answer.total.share:.1%}的街道步行5分钟内能到驿站。" in first
    assert "2026年11月20日" in first
    assert first.index("的街道步行5分钟内能到驿站") < first.index("双15")


def test_it_is_a_few_pages_of_a4_with_maps(pdf) -> None:
    assert 3 <= len(pdf.pages) <= 9
    assert {(round(one.mediabox.width), round(one.mediabox.height)) for one in pdf.pages} == {(595, 842)}
    assert sum(len(one.images) for one in pdf.pages) == len(Theme)


def test_every_page_says_from_what_it_is(pdf, report) -> None:
    for number, one in enumerate(pdf.pages, 1):
        text = re.sub(r"\s", "", one.extract_text())
        assert f"登记册第{report.answer.revision}版" in text
        assert report.answer.digest[:12] in text
        assert f"第{number}页，共{len(pdf.pages)}页" in text


def test_it_tells_townships_gaps_clock_stations_doubts_method_and_limits(pdf, report) -> None:
    text = text_of(pdf)
    for words in (
        "西乡",
        "东乡",
        "最缺驿站的地方",
        "一周时钟",
        "每个驿站的作用",
        "数字有多大把握",
        "公平程度",
        "怎么算的",
        "它不知道的",
    ):
        assert words in text
    assert report.answer.digest in text
    assert "flaskcoveragereport" in text
    assert [str(one["/Title"]) for one in pdf.outline][1:4] == ["乡镇街道", "最缺驿站的地方", "沿街可达范围"]


def test_its_letters_are_in_the_file(pdf) -> None:
    fonts = [font.get_object() for one in pdf.pages for font in one["/Resources"]["/Font"].values()]
    used = [font for font in fonts if "NotoSansSC" in str(font["/BaseFont"])]
    assert used
    for font in used:
        assert "/FontFile2" in font["/FontDescriptor"]
        assert "/ToUnicode" in font


def test_it_says_its_language_and_title_and_no_time(pdf, report) -> None:
    assert pdf.root_object["/Lang"] == "zh-CN"
    assert pdf.metadata.title == "驿站覆盖情况"
    assert pdf.metadata.creation_date_raw.startswith("D:2000")


def test_the_same_report_gives_the_same_bytes(printed, page, report, maps, speaking) -> None:
    with speaking("zh"):
        assert write_pages(document_of(report), maps) == printed
        assert write_page(document_of(report), maps) == page


def test_page_and_paper_tell_the_same_figures(pdf, page, report) -> None:
    paper = text_of(pdf)
    cells = [cell.text for table in read_page(page).all("table") for cell in table.all("td") if cell.text]
    assert len(cells) > 100
    for cell in cells:
        assert re.sub(r"\s", "", cell) in paper


def test_the_page_needs_nothing_from_anywhere(page) -> None:
    read = read_page(page)
    assert not read.all("script")
    assert not read.all("link")
    assert [one.attributes["src"][:22] for one in read.all("img")] == ["data:image/png;base64,"] * 2
    assert all(one.attributes["alt"] for one in read.all("img"))
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy()
    assert policy() in page
    assert "unsafe" not in page


def test_names_stay_names(tell, maps, speaking) -> None:
    shown = tell(SUPPOSED)
    with speaking("zh"):
        page = write_page(document_of(shown), maps)
        text = text_of(pypdf.PdfReader(io.BytesIO(write_pages(document_of(shown), maps))))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<script>alert(1)</script>" in text
    assert "=SUM(A1)" in text


def test_it_speaks_english_too(tell, maps, speaking) -> None:
    report = tell(language="en")
    with speaking("en"):
        pdf = pypdf.PdfReader(io.BytesIO(write_pages(document_of(report), maps)))
        page = read_page(write_page(document_of(report), maps))
    text = " ".join(" ".join(one.extract_text() for one in pdf.pages).split())
    for words in (
        "of the streets lie within 5 min on foot of a station.",
        "How it was counted",
        "What it cannot know",
    ):
        assert words in text
    assert pdf.root_object["/Lang"] == "en"
    assert page.one("h1").text.endswith("of a station.")


def test_what_is_supposed_is_told_before_the_maps(supposed, maps, speaking) -> None:
    with speaking("zh"):
        text = text_of(pypdf.PdfReader(io.BytesIO(write_pages(document_of(supposed), maps))))
    assert text.index("有什么变化") < text.index("各乡镇的覆盖率、驿站")
    assert "关闭" in text
    assert "新增" in text


def test_a_town_without_stations_has_a_report(tell, maps, speaking) -> None:
    empty = tell({"amenity": ["aed"]})
    with speaking("zh"):
        text = text_of(pypdf.PdfReader(io.BytesIO(write_pages(document_of(empty), maps))))
    assert text.startswith("驿站覆盖情况")
    assert "0%的街道" in text
    assert "没有驿站计入" in text


def test_a_county_of_many_townships_prints_the_worst_and_says_how_many_more(report, maps, speaking) -> None:
    rows = [replace(report.answer.rows[0], code=f"{at:09d}", name=f"第{at}乡") for at in range(130)]
    many = replace(report, answer=replace(report.answer, rows=tuple(rows)))
    with speaking("zh"):
        text = text_of(pypdf.PdfReader(io.BytesIO(write_pages(document_of(many), maps))))
    assert "其余90行见工作簿" in text
