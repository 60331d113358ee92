"""Names are found by what people type of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.names import NONE, Field, NameIndex
from geodata.typed import LONGEST_TYPED, Typed, fold

NAMES = [
    "甘德县",
    "重庆",
    "果洛州甘德县工会驿站",
    "西安",
    "先进村",
    "Rua de Santa Catarina",
    "Praça da Liberdade",
    "（老城）社区",
    "厦门市",
    "绿地",
    "A座3号",
    "㎡广场",
    "𠮷野家",
]


def index_of(names: list[str], fields: list[Field] | None = None, owners: list[int] | None = None) -> NameIndex:
    owners = list(range(len(names))) if owners is None else owners
    return NameIndex.build(names, owners, fields or [Field.NAME] * len(names), max(owners, default=-1) + 1)


def found(typed: str, names: list[str] = NAMES) -> dict[str, int]:
    grades = index_of(names).grades(Typed.read(typed))
    return {names[at]: int(grades[at]) for at in np.flatnonzero(grades < NONE)}


WHOLE, WHOLE_SHORT, BEGINS, BEGINS_SHORT, WORD, PART, PART_SHORT = 0, 1, 2, 3, 4, 6, 7


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("甘德", {"甘德县": BEGINS, "果洛州甘德县工会驿站": PART}),
        ("德县", {"甘德县": PART, "果洛州甘德县工会驿站": PART}),
        ("gdx", {"甘德县": WHOLE_SHORT, "果洛州甘德县工会驿站": PART_SHORT}),
        ("gandexian", {"甘德县": WHOLE, "果洛州甘德县工会驿站": PART}),
        ("gan de xian", {"甘德县": WHOLE, "果洛州甘德县工会驿站": PART}),
        ("gān dé xiàn", {"甘德县": WHOLE, "果洛州甘德县工会驿站": PART}),
        ("ＧＡＮＤＥ", {"甘德县": BEGINS, "果洛州甘德县工会驿站": PART}),
        ("ganx", {}),
        ("gand", {"甘德县": BEGINS, "果洛州甘德县工会驿站": PART}),
        ("gdxian", {"甘德县": WHOLE_SHORT, "果洛州甘德县工会驿站": PART_SHORT}),
        ("甘de县", {"甘德县": WHOLE, "果洛州甘德县工会驿站": PART}),
        ("chongqing", {"重庆": WHOLE}),
        ("zhongqing", {"重庆": WHOLE}),
        ("cq", {"重庆": WHOLE_SHORT}),
        ("zq", {"重庆": WHOLE_SHORT}),
        ("xiamen", {"厦门市": BEGINS}),
        ("xi an", {"西安": WHOLE}),
        ("xi'an", {"西安": WHOLE}),
        ("lvdi", {"绿地": WHOLE}),
        ("lüdì", {"绿地": WHOLE}),
        ("lyudi", {"绿地": WHOLE}),
        ("praca", {"Praça da Liberdade": BEGINS}),
        ("PRAÇA DA LIBERDADE", {"Praça da Liberdade": WHOLE}),
        ("santa", {"Rua de Santa Catarina": WORD}),
        ("santacat", {"Rua de Santa Catarina": WORD}),
        ("anta", {"Rua de Santa Catarina": PART}),
        ("laocheng", {"（老城）社区": BEGINS}),
        ("老城社区", {"（老城）社区": WHOLE}),
        ("3号", {"A座3号": PART}),
        ("m2", {"㎡广场": BEGINS}),
        ("𠮷野", {"𠮷野家": BEGINS}),
        ("", {}),
        (" \t", {}),
        ("😀", {}),
        ("'; DROP TABLE", {}),
        ("没有的地方", {}),
    ],
)
def test_what_is_typed_finds(typed, answer):
    assert found(typed) == answer


def test_one_letter_finds_beginnings_alone():
    assert found("g") == {"甘德县": BEGINS, "果洛州甘德县工会驿站": BEGINS}
    assert found("d") == {"Rua de Santa Catarina": WORD, "Praça da Liberdade": WORD}
    assert found("a", ["Rua", "Avenida", "Rua A", "A座"]) == {"Avenida": BEGINS, "Rua A": WORD, "A座": BEGINS}
    assert "果洛州甘德县工会驿站" in found("站")


def test_whole_syllables_are_told_from_cut_ones():
    assert found("xian") == {"西安": WHOLE, "先进村": BEGINS, "甘德县": PART, "果洛州甘德县工会驿站": PART}


def test_words_may_stand_in_any_order_and_text():
    names = ["如意路", "老城社区", "如意路", "新区"]
    fields = [Field.NAME, Field.CONTEXT, Field.NAME, Field.CONTEXT]
    index = index_of(names, fields, [0, 0, 1, 1])
    assert [grade < NONE for grade in index.grades(Typed.read("老城 如意"))] == [True, False]
    assert [grade < NONE for grade in index.grades(Typed.read("ruyi xinqu"))] == [False, True]
    # What a thing lies by does not name it.
    assert (index.grades(Typed.read("老城")) == NONE).all()


def test_initials_are_not_looked_for_in_addresses():
    index = index_of(["甘德县", "甘德县"], [Field.NAME, Field.ADDRESS])
    assert (index.grades(Typed.read("gdx")) < NONE).tolist() == [True, False]
    assert (index.grades(Typed.read("gandexian")) < NONE).tolist() == [True, True]


def test_the_best_text_of_an_owner_counts():
    index = index_of(["德记", "Deji", "德"], [Field.NAME, Field.OTHER_NAME, Field.HOST], [0, 0, 0])
    assert index.grades(Typed.read("德")).tolist() == [min(BEGINS + Field.NAME, WHOLE + Field.HOST)]


def test_an_index_of_nothing_finds_nothing():
    assert index_of([]).grades(Typed.read("甘")).tolist() == []
    assert index_of(["", "！？"]).grades(Typed.read("甘")).tolist() == [NONE, NONE]


hanzi = st.characters(min_codepoint=0x4E00, max_codepoint=0x4E80)
texts = st.text(st.one_of(hanzi, st.sampled_from("ab zñß（)12İﬁ甘德县")), max_size=8).map(
    lambda text: " ".join(text.split())
)


@given(st.lists(texts, min_size=1, max_size=6), st.data())
def test_any_part_of_a_name_finds_it(names, data):
    name = data.draw(st.sampled_from(names))
    first = data.draw(st.integers(0, len(name)))
    typed = Typed.read(name[first : data.draw(st.integers(first, len(name)))])
    grades = index_of(names).grades(typed)
    if len(typed.letters) > 1:
        assert grades[names.index(name)] <= PART
    whole = [fold(name) for name in names]
    for at, grade in enumerate(grades.tolist()):
        if typed.letters and not typed.letters.isascii():
            assert (grade == WHOLE) == (whole[at] == typed.letters)
            assert (grade < WORD) == whole[at].startswith(typed.letters)


@given(st.text(max_size=300))
def test_any_text_may_be_typed(text):
    typed = Typed.read(text)
    assert len(typed.letters) <= LONGEST_TYPED
    assert all(0 < at < len(typed.letters) for at in typed.breaks)
    assert index_of(NAMES).grades(typed).shape == (len(NAMES),)
