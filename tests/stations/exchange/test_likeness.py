"""Names of stations, held against each other: what is the same place in other words, and what is another place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import TaxonomyError
from stations.exchange.likeness import Sounds, Wording, likeness

NAMES = st.text(alphabet="郑州银行伊河路支行工会驿站张仲景一二十号北门(（·)AB12 ", min_size=1, max_size=20)


@pytest.fixture(scope="module")
def wording():
    return Wording.load()


@pytest.fixture(scope="module")
def alike(wording):
    def how_alike(first, second):
        return likeness(first, second, wording)

    return how_alike


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("工会驿站(郑州市张仲景大药房互助路店)", "张仲景大药房互助路店"),
        ("工会驿站（郑州银行伊河路支行）", "郑州银行股份有限公司伊河路支行 户外劳动者爱心驿站"),
        ("ＡＢ大厦驿站", "ab大厦驿站"),
        ("张仲景大药房互助路店", "张中景大药房互住路店"),
        ("互助路驿站", "护住路驿站"),
        ("一号院驿站", "1号院工会驿站"),
        ("第十二中学驿站", "12中学驿站"),
        ("人民公园北门驿站", "人民公园驿站"),
        ("张仲景大药房互助路店", "互助路张仲景大药房"),
        ("郑州市中原区绿东村街道办事处工会驿站", "绿东村街道办事处"),
        ("Landesbank Vaduz", "Landesbanc Vaduz AG"),
    ],
)
def test_one_place_in_other_words(alike, first, second):
    assert alike(first, second) >= 0.8


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("张仲景大药房互助路店", "张仲景大药房伊河路店"),
        ("人民公园北门驿站", "人民公园南门驿站"),
        ("一号院驿站", "2号院驿站"),
        ("郑州市工会爱心驿站(商城路220号)", "郑州市工会爱心驿站(商城路206号)"),
        ("第一人民医院驿站", "第二人民医院驿站"),
        ("A座驿站", "B座驿站"),
        ("驿站甲", "驿站乙"),
        ("驿站 12", "驿站 13"),
        ("工商银行伊河路支行", "中国银行伊河路支行"),
        ("伊河路驿站", "伊河路职工书屋"),
        ("金水区南阳新村街道便民服务中心", "金水区南阳新村街道翠花社区"),
        ("Landesbank Vaduz", "Landesbank Schaan"),
    ],
)
def test_another_place(alike, first, second):
    assert alike(first, second) < 0.6


def test_what_every_station_is_called_says_little(alike):
    assert 0.6 <= alike("工会驿站", "户外劳动者爱心驿站") < 0.75
    assert alike("工会驿站", "工会驿站(张仲景大药房互助路店)") < 0.6


def test_a_typing_error_by_sound_is_told_as_one(wording):
    found = wording.compare(wording.profile("张仲景大药房"), wording.profile("张中景大药房"))
    assert (found.sound, found.same) == (True, False)
    found = wording.compare(wording.profile("张仲景大药房"), wording.profile("工会驿站(张仲景大药房)"))
    assert (found.sound, found.same) == (False, True)


@given(first=NAMES, second=NAMES)
def test_likeness_is_a_share_and_has_no_direction(wording, first, second):
    there, back = likeness(first, second, wording), likeness(second, first, wording)
    assert 0.0 <= there <= 1.0
    assert there == pytest.approx(back, abs=0.25)
    assert likeness(first, first, wording) >= min(1.0, 0.65)


@given(text=st.text(max_size=60))
def test_any_text_can_be_a_name(wording, text):
    wording.profile(text)


def test_characters_read_in_several_ways_sound_alike_in_any():
    sounds = Sounds()
    assert sounds.of("行") & sounds.of("航")
    assert sounds.of("a") == sounds.of("1") == frozenset()


def test_a_file_of_words_that_is_none_is_refused(tmp_path):
    (tmp_path / "words.toml").write_text("[weights]\ncommon = 2", encoding="utf-8")
    with pytest.raises(TaxonomyError, match=r"words\.toml"):
        Wording.load(tmp_path / "words.toml")
