"""Templates that are compiled once and kept beside their sources."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from stations.web.compiled import BesideTemplates


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    (tmp_path / "page.html").write_text("{{ 1 + 1 }} stations")
    (tmp_path / "page.txt").write_text("as a letter")
    return tmp_path


@pytest.fixture
def compiling(monkeypatch) -> list[str]:
    """Names of the templates that are compiled."""
    names: list[str] = []
    compile_one = Environment.compile

    def told(self, source, name=None, *arguments):
        names.append(name)
        return compile_one(self, source, name, *arguments)

    monkeypatch.setattr(Environment, "compile", told)
    return names


def said(folder: Path, name: str = "page.html") -> str:
    """What a template says in a process that has just started."""
    environment = Environment(loader=FileSystemLoader(folder), bytecode_cache=BesideTemplates(), autoescape=True)
    return environment.get_template(name).render()


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("__pycache__/*"))


def test_a_later_start_compiles_nothing(folder, compiling) -> None:
    told = [said(folder, name) for name in ("page.html", "page.txt", "page.html", "page.txt")]
    assert told == ["2 stations", "as a letter"] * 2
    assert (compiling, len(kept(folder))) == (["page.html", "page.txt"], 2)


def test_a_template_that_changed_is_compiled_anew(folder, compiling) -> None:
    said(folder)
    (folder / "page.html").write_text("none")
    assert (said(folder), compiling) == ("none", ["page.html"] * 2)


def test_what_is_cut_off_is_compiled_anew(folder, compiling) -> None:
    said(folder)
    (file,) = kept(folder)
    whole = file.read_bytes()
    for size in (0, 10, 60, len(whole) - 9):
        file.write_bytes(whole[:size])
        assert said(folder) == "2 stations"
        assert file.read_bytes() == whole
    assert len(compiling) == 5


def test_where_nothing_may_be_written_each_start_compiles(folder, compiling) -> None:
    (folder / "__pycache__").write_text("a file in the way")
    assert [said(folder), said(folder)] == ["2 stations"] * 2
    assert len(compiling) == 2


def test_who_wants_no_compiled_modules_gets_no_compiled_templates(folder, monkeypatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert (said(folder), kept(folder)) == ("2 stations", [])
