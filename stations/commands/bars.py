"""Progress bars for work that takes a while."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from geodata.progress import Progress as Tell


@contextmanager
def bars(stages: Mapping[str, str]) -> Iterator[Tell]:
    """A progress bar for each stage, on standard error; while the amount of work is not known it pulses and counts.

    Parameters
    ----------
    stages
        What a person reads, by name of the stage.
    """
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description:<26}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks = {}

        def tell(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stages.get(stage, stage), total=None, count="")
            count = f"{done:,}" if total is None and done else ""
            progress.update(tasks[stage], completed=done, total=total, count=count)

        yield tell
