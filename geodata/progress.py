"""How a long build tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Called as ``progress(stage, done, total)``; ``total`` is None while nobody can know it."""


def silent(stage: str, done: int, total: int | None) -> None:
    """Tell nobody."""
