"""What stations should hold, read from `supplies.toml`, or from a list of an office's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from stations.errors import SettingsError
from stations.facts import Key

FILE = Path(__file__).with_name("supplies.toml")

MOST = 100_000
"""Most of one thing that can be meant."""

MOST_ITEMS = 60

Word = Annotated[str, Field(min_length=1, max_length=40)]
Amount = Annotated[int, Field(ge=0, le=MOST)]


class Item(BaseModel):
    """One thing that stations hold.

    Attributes
    ----------
    target, low
        How many shall be there, and at how many it is put on the list of the next round.
    expires
        Whether a date is asked for, until which it may be used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: Word
    en: Word
    unit_zh: Word
    unit_en: Word
    units_en: Word
    target: Amount
    low: Amount
    expires: bool = False


Items = Mapping[str, Item]
"""By key, in the order in which they are counted."""

_FILE = TypeAdapter(dict[Annotated[Key, Field(min_length=1)], Item])


def load_items(file: Path | None = None) -> Items:
    """Read a list of supplies; the one that comes with the program where none is named.

    Raises
    ------
    SettingsError
        A file that cannot be read or does not follow the schema; says where.
    """
    path = file or FILE
    try:
        items = _FILE.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else fault
        raise SettingsError(
            "The list of supplies {name} cannot be read: {fault}.", name=path.name, fault=reason
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(
            "In the list of supplies {name}, {place} cannot be used: {fault}.",
            name=path.name,
            place=".".join(str(part) for part in first["loc"]),
            fault=first["msg"],
        ) from None
    if not 0 < len(items) <= MOST_ITEMS:
        raise SettingsError(
            "The list of supplies {name} has {count} entries; it may have 1 to {most}.",
            name=path.name,
            count=len(items),
            most=MOST_ITEMS,
        )
    return MappingProxyType(items)
