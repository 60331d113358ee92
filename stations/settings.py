"""What the operator may set, read once from the environment.

Every setting is a variable with the prefix ``YIZHAN_``; the field's name in
capitals follows. Nothing else in the program reads the environment.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from stations.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "YIZHAN_"

ADDRESS = re.compile(r"https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?|https?://\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")

SHORTEST_SECRET = 32

LIKE_A_SETTING = 0.8
"""How alike an unknown variable must be to a setting to be called a misspelling (`difflib` ratio)."""


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (LookupError, ValueError, OSError):
        message = "is not a time zone name; use one like Asia/Shanghai"
        raise ValueError(message) from None


def _address(value: object) -> object:
    """Take a site's address with a slash behind it too, as browsers show it."""
    if not isinstance(value, str) or not value:
        return value
    if not ADDRESS.fullmatch(value.rstrip("/")):
        message = "is not the address of a site; write scheme and host alone, like https://yizhan.example.org"
        raise ValueError(message)
    return value.rstrip("/").lower()


def _folder(value: object) -> object:
    return None if value == "" else value


def _secret(value: object) -> object:
    if isinstance(value, str) and 0 < len(value) < SHORTEST_SECRET:
        message = f"is shorter than {SHORTEST_SECRET} characters; make one with: openssl rand -hex 32"
        raise ValueError(message)
    return value


class Settings(BaseModel):
    """One frozen value with every setting of the program."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    atlas: Path = Field(default=Path("instance/atlas"), description="Folder of the atlas, made by `flask atlas build`")
    kept: Annotated[Path | None, BeforeValidator(_folder)] = Field(
        default=None,
        description="Folder for what is worked out from the atlas, for the next start and for all workers; "
        "`kept` beside the atlas when not given",
    )
    database: str = Field(
        default="sqlite:///instance/registry.db",
        min_length=1,
        description="URL of the registry: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/DATABASE",
    )
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)] = Field(
        default=ZoneInfo("Asia/Shanghai"),
        description="Time zone of the stations: opening hours and times without an offset are read in it",
    )
    demo: bool = Field(default=False, description="Say in every page's header that the county is made up")
    address: Annotated[str, BeforeValidator(_address)] = Field(
        default="",
        description="Address that people know this house by, like https://yizhan.example.org: for posters and links",
    )
    proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many proxies of your own stand in front, each adding the address it was asked from to "
        "X-Forwarded-For; 0 where nothing does",
    )
    requests_per_minute: int = Field(
        default=1200,
        ge=0,
        description="Requests that one client, an IPv4 address or a /64 of IPv6, may make of each worker in a minute; "
        "0 for any number",
    )
    reports_per_hour: int = Field(
        default=120,
        ge=0,
        description="Reports, confirmations and visits that one client may send to each worker in an hour; "
        "0 for any number",
    )
    offline: bool = Field(
        default=True,
        description="Keep the finder on phones for when there is no network; false takes it away again",
    )
    secret: Annotated[SecretStr, BeforeValidator(_secret)] = Field(
        default=SecretStr(""),
        description="Key that cookies are signed with, 32 characters or more; kept in the registry when not given",
    )
    tiles: str = Field(
        default="",
        description="Base map: empty for the atlas's own; osm, tianditu, amap; or an https address with {z}, {x}, {y}",
    )
    tiles_key: SecretStr = Field(default=SecretStr(""), description="Key for the base map, where it asks for one")
    geocoder: str = Field(
        default="",
        pattern=r"^(nominatim|baidu|tianditu)?$",
        description="Online search for places: empty for none, nominatim, baidu or tianditu",
    )
    geocoder_key: SecretStr = Field(default=SecretStr(""), description="Key for the online search, if it asks for one")
    geocoder_host: str = Field(
        default="", pattern=r"^[^\s/?#]*$", description="Host of a Nominatim of your own, like nominatim.example.org"
    )
    geocoder_per_day: int = Field(
        default=1000, ge=0, description="Questions that the online search may be asked in a day by each worker"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings from environment variables.

        Raises
        ------
        SettingsError
            A value that cannot be used, or a variable that looks like a
            misspelt setting. Says which and what to do.
        """
        given = {name.removeprefix(PREFIX).lower(): text for name, text in environment.items() if name[:7] == PREFIX}
        for name in sorted(given.keys() - cls.model_fields.keys()):
            alike = difflib.get_close_matches(name, cls.model_fields, n=1, cutoff=LIKE_A_SETTING)
            if alike:
                raise SettingsError(
                    "{variable} is not a setting. Did you mean {meant}?",
                    variable=PREFIX + name.upper(),
                    meant=PREFIX + alike[0].upper(),
                )
        try:
            return cls.model_validate({name: text for name, text in given.items() if name in cls.model_fields})
        except ValidationError as error:
            fault = error.errors()[0]
            name = str(fault["loc"][0])
            raise SettingsError(
                "{variable} is “{value}”, which cannot be used: {fault}. It means: {meaning}. Correct it or unset it.",
                variable=PREFIX + name.upper(),
                value="…" if cls.model_fields[name].annotation is SecretStr else given[name][:80],
                fault=fault["msg"].removeprefix("Value error, "),
                meaning=cls.model_fields[name].description,
            ) from None
