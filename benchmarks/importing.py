"""A country's list taken in, dry run and applied, beside a registry asked and written row by row."""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from benchmarks.places import SEED, Porto, tell
from geodata.datum import Datum, lonlat_to_wgs84
from stations.station import StationReader

ROWS = 200_000
ROWS_ONE_BY_ONE = 10_000
"""So many rows say what one costs; all of them would take minutes."""

HEADER = (
    "站点编号,站点名称,地址,所属区县,经度,纬度,坐标系,开放时间,依托场所,饮用水,微波炉,厕所,WiFi,座位数,电话,负责人"
).split(",")
HOURS = ("24小时", "周一至周五 08:30-12:00,13:00-17:30", "", "08:30-17:30", "Mo-Su 06:00-22:00")
STREETS = "人民 解放 建设 中山 新华 和平 文化 胜利 长江 黄河 光明 友谊".split()
HOSTS = ("银行", "超市", "邮政", "")

COMMAND = """
import resource, sys
from click.testing import CliRunner
from zoneinfo import ZoneInfo
from stations.commands.stations import station_commands
from stations.registry.log import Registry
registry = Registry.open(sys.argv[1])
group = station_commands(lambda: registry, ZoneInfo("Asia/Shanghai"))
result = CliRunner().invoke(group, ["import", *sys.argv[2:]])
print(result.output.splitlines()[-1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
sys.exit(result.exit_code)
"""


def run(_: Porto) -> None:
    """Measure a list of 200,000 rows as CSV and as a workbook."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = listed(ROWS)
        paths = [folder / "list.csv", folder / "list.xlsx"]
        with paths[0].open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows([HEADER, *rows])
        write_workbook(paths[1], rows)
        plain = one_by_one(folder / "plain.db", rows[:ROWS_ONE_BY_ONE]) / ROWS_ONE_BY_ONE * ROWS
        tell(f"{ROWS:,} rows, a query a row, hardly checked", f"{plain:.1f} s")
        for path in paths:
            url = f"sqlite:///{folder / path.stem}-{path.suffix[1:]}.db"
            looked, most = taken(url, path, "--dry-run", "--take-duplicates")
            wrote, more = taken(url, path, "--take-duplicates")
            again = taken(url, path)[0]
            what = f"{ROWS:,} rows, {path.suffix[1:]}"
            tell(f"{what}: dry run", f"{looked:.1f} s")
            tell(f"{what}: dry run and apply", f"{looked + wrote:.1f} s", "at most 90 s")
            tell(f"{what}: of the time of a query a row", f"{(looked + wrote) / plain:.2f}")
            tell(f"{what}: the same again, nothing to write", f"{again:.1f} s")
            tell(f"{what}: memory", f"{max(most, more):,} MB", "under 1,500 MB")


def listed(count: int) -> list[list[str]]:
    """Rows of a list as a province would send it, spread over a country."""
    dice = np.random.default_rng(SEED)
    lon, lat = dice.uniform(100.0, 120.0, count), dice.uniform(24.0, 40.0, count)
    pick = dice.integers(0, 60, (count, 8))
    return [
        [
            f"S{number:06}",
            f"{STREETS[pick[number, 0] % 12]}路{number % 997}号{HOSTS[pick[number, 1] % 4]}驿站",
            f"{STREETS[pick[number, 0] % 12]}路{number % 997}号",
            f"第{number % 300}区",
            f"{lon[number]:.6f}",
            f"{lat[number]:.6f}",
            "GCJ-02",
            HOURS[pick[number, 2] % 5],
            HOSTS[pick[number, 1] % 4],
            *("有" if pick[number, column] % 3 else "" for column in (3, 4, 5, 6)),
            str(pick[number, 7] or ""),
            f"0371-{number:07}",
            f"某人{number % 5000}",
        ]
        for number in range(count)
    ]


def write_workbook(path: Path, rows: list[list[str]]) -> None:
    """Write the list as a workbook, coordinates and seats as numbers."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("驿站")
    sheet.append(HEADER)
    for row in rows:
        sheet.append([*row[:4], float(row[4]), float(row[5]), *row[6:]])
    book.save(path)


def taken(url: str, path: Path, *options: str) -> tuple[float, int]:
    """Seconds and megabytes of the command, in a process of its own."""
    begun = time.perf_counter()
    command = [sys.executable, "-c", COMMAND, url, str(path), *options]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - begun, int(output.split()[-1])


def one_by_one(path: Path, rows: list[list[str]]) -> float:
    """Seconds to make a station of each row, ask for it and write it, in one transaction and with no other check."""
    begun = time.perf_counter()
    reader = StationReader()
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE station (code TEXT PRIMARY KEY, record TEXT)"))
        ask = sa.text("SELECT record FROM station WHERE code = :code")
        put = sa.text("INSERT INTO station VALUES (:code, :record)")
        for row in rows:
            position = lonlat_to_wgs84(float(row[4]), float(row[5]), Datum.GCJ02)
            station = reader.read_or_raise({"code": row[0], "name": row[1], "position": position, "address": row[2]})
            if connection.execute(ask, {"code": station.code}).first() is None:
                connection.execute(put, {"code": station.code, "record": station.to_json()})
    engine.dispose()
    return time.perf_counter() - begun
