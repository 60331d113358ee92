"""Search as one types, against going through all names one by one; on Porto, and with the stations of a country."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np

from benchmarks.places import SEED, SHANGHAI, Porto, snapshot_on, tell
from geodata.landmarks import Landmarks
from geodata.lonlat import LonLat
from geodata.typed import fold
from stations.questions.search import SearchQuery, search
from stations.questions.stationnames import names_of
from stations.registry.columns import Row
from stations.registry.snapshot import Snapshot
from stations.station import Station, StationReader

COUNTRY = 186_000
COUNTIES = "甘德县 贵溪市 都昌县 宁化县 郑州市金水区 成都市武侯区 深圳市南山区 厦门市思明区 重庆市渝中区".split()
ENDS = "工会驿站 户外劳动者服务站点 爱心驿站 职工之家".split()
HOSTS = "中国工商银行 邮政支局 移动营业厅 老百姓大药房 便民服务中心 公交首末站".split()
CHARACTERS = (
    "中山人民解放建设和平胜利光明新华文化东西南北大小前后金银铜铁花果江河湖海桥井村街园林城门朝阳春夏秋冬红白云龙"
)

IN_PORTO = (
    "r",
    "rua",
    "rua de santa",
    "santacatarina",
    "boavista",
    "av",
    "liberdade",
    "praca da",
    "xyz",
    "catarina rua",
)
IN_CHINA = (
    *("g", "gd", "gdx", "gandexian", "gonghuiyizhan", "ghyz", "工会驿站", "站", "甘德县", "zhongqing", "zs", "rest"),
    *("rest station 12", "银行", "jiefanglu", "360001-00012", "12号", "中山 银行", "xyzq"),
)


def run(porto: Porto) -> None:
    """Measure building the indexes, and every keystroke of some names."""
    atlas = porto.atlas()
    if atlas is not None:
        snapshot = snapshot_on(atlas)
        began = time.perf_counter()
        search(SearchQuery("rua"), snapshot, atlas)
        landmarks = Landmarks.of(atlas)
        tell(f"Porto: {len(landmarks.all):,} names put in an index", f"{time.perf_counter() - began:.2f} s")
        near = LonLat(-8.61, 41.15)
        ours = worst(IN_PORTO, lambda typed: search(SearchQuery(typed, near), snapshot, atlas))
        theirs = worst(IN_PORTO, atlas.gazetteer.find)
        tell("a keystroke", f"{ours[0] * 1e3:.2f} ms, {ours[1] * 1e3:.2f} ms", "median, slowest; at most 5 ms")
        tell("one by one (Gazetteer.find)", f"{theirs[0] * 1e3:.1f} ms, {theirs[1] * 1e3:.1f} ms")
        tell("times quicker", f"{theirs[0] / ours[0]:.0f}, {theirs[1] / ours[1]:.0f}")
    snapshot = Snapshot.build(1, country(COUNTRY), SHANGHAI)
    began = time.perf_counter()
    names_of(snapshot)
    tell(f"{COUNTRY:,} stations put in an index", f"{time.perf_counter() - began:.1f} s", "a few seconds")
    ours = worst(IN_CHINA, lambda typed: search(SearchQuery(typed), snapshot, None))
    texts = [fold(f"{one.name} {one.name_en} {one.address} {one.host_name} {one.code}") for one in snapshot.stations]

    def one_by_one(typed: str) -> list[int]:
        asked = fold(typed)
        return [at for at, text in enumerate(texts) if asked in text]

    theirs = worst(IN_CHINA, one_by_one)
    tell("a keystroke", f"{ours[0] * 1e3:.0f} ms, {ours[1] * 1e3:.0f} ms", "median, slowest; at most 50 ms")
    tell("one by one, without pinyin", f"{theirs[0] * 1e3:.0f} ms, {theirs[1] * 1e3:.0f} ms")
    tell("times quicker", f"{theirs[0] / ours[0]:.1f}, {theirs[1] / ours[1]:.1f}")
    edited = snapshot.advanced(2, [Row.of(one, 2) for one in country(50)])
    began = time.perf_counter()
    search(SearchQuery("gdx"), edited, None)
    tell("the first keystroke after 50 edits", f"{(time.perf_counter() - began) * 1e3:.0f} ms")


def worst(several: Iterable[str], call: Callable[[str], object], runs: int = 5) -> tuple[float, float]:
    """The median and the longest of the seconds that several questions take, each at its best."""
    taken = []
    for one in several:
        best = np.inf
        for _ in range(runs):
            began = time.perf_counter()
            call(one)
            best = min(best, time.perf_counter() - began)
        taken.append(best)
    return float(np.median(taken)), max(taken)


def country(count: int) -> list[Station]:
    """Stations with names, hosts and addresses as they are in lists; the same each time."""
    dice = np.random.default_rng(SEED)
    reader = StationReader()

    def some(length: int) -> str:
        return "".join(CHARACTERS[at] for at in dice.integers(0, len(CHARACTERS), length))

    made = []
    for number in range(count):
        county = COUNTIES[number % len(COUNTIES)]
        made.append(
            reader.read_or_raise(
                {
                    "code": f"{360_000 + number % 5_000}-{number:06}",
                    "name": f"{county}{some(2)}{ENDS[number % len(ENDS)]}",
                    "name_en": f"Rest Station {number % 997}" if number % 3 == 0 else "",
                    "host_name": f"{HOSTS[number % len(HOSTS)]}{some(2)}支行",
                    "address": f"{county}{some(2)}街道{some(3)}路{number % 999 + 1}号",
                    "position": LonLat(100.0 + number % 700 / 50.0, 25.0 + number // 700 / 30.0),
                }
            )
        )
    return made
