"""What the operator may set, read once from the environment.

Every setting is a variable with the prefix ``YIZHAN_``; the field's name in
capitals follows. Nothing else in the program reads the environment.
"""

from __future__ import annotations

import difflib
import re
from itertools import pairwise
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

SHORTEST_KEY = 20
"""Characters of the planners' key."""

SHORTEST_CLIENT_SECRET = 16
"""Characters of what an organisation gives this house; it is the organisation that makes it."""

FEWEST_SIGNS = 8
"""Different characters in a secret."""

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
    return _unguessed(value, SHORTEST_SECRET, "openssl rand -hex 32")


def _planning_key(value: object) -> object:
    return _unguessed(value, SHORTEST_KEY, "openssl rand -hex 16")


def _client_secret(value: object) -> object:
    return _unguessed(value, SHORTEST_CLIENT_SECRET, "your organisation’s sign-in service")


def _unguessed(value: object, least: int, made_with: str) -> object:
    """Take no secret that could be guessed: a word, the same few signs again and again, or a row on the keyboard."""
    if not isinstance(value, str) or not value:
        return value
    if len(value) < least:
        message = f"is shorter than {least} characters; make one with: {made_with}"
        raise ValueError(message)
    rising = sum(abs(ord(one) - ord(other)) <= 1 for one, other in pairwise(value.lower()))
    told_once = (value + value).find(value, 1) == len(value)
    if len(set(value)) < FEWEST_SIGNS or rising > len(value) // 2 or not told_once:
        message = f"is easily guessed; make one with: {made_with}"
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
    check_hours_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Days after which the staff are asked to make sure of opening hours again",
    )
    check_amenities_days: int = Field(
        default=60, ge=1, le=3650, description="Days after which they are asked to make sure of what a station has"
    )
    check_position_days: int = Field(
        default=365, ge=1, le=3650, description="Days after which they are asked to make sure of its place on the map"
    )
    inspect_days: int = Field(
        default=30, ge=1, le=3650, description="Days after which a station is to be inspected again"
    )
    checklists: Annotated[Path | None, BeforeValidator(_folder)] = Field(
        default=None,
        description="File of your own with the checklists of inspections, in place of those that come along",
    )
    supplies: Annotated[Path | None, BeforeValidator(_folder)] = Field(
        default=None,
        description="File of your own with what stations should hold, in place of the list that comes along",
    )
    lists_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Days after which a list that was sent to be taken in is forgotten; what was taken in stays",
    )
    offline: bool = Field(
        default=True,
        description="Keep the finder on phones for when there is no network; false takes it away again",
    )
    secret: Annotated[SecretStr, BeforeValidator(_secret)] = Field(
        default=SecretStr(""),
        description="Key that cookies are signed with, 32 characters or more; kept in the registry when not given",
    )
    planning_key: Annotated[SecretStr, BeforeValidator(_planning_key)] = Field(
        default=SecretStr(""),
        description="Key with which planners save and accept plans, 20 characters or more; one that follows from the "
        "registry, shown by `flask siting key`, when not given",
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

    mail: SecretStr = Field(
        default=SecretStr(""),
        description="Mail server for letters to the staff: smtp://USER:PASSWORD@HOST:587 or smtps://…; empty for none",
    )
    mail_from: str = Field(default="", description="Address that letters come from, like Yizhan <yizhan@example.org>")
    oidc_issuer: str = Field(
        default="",
        description="Address of an organisation’s OpenID Connect through which the staff may sign in; empty for none",
    )
    notices: str = Field(
        default="here",
        pattern=r"^(here|apart)$",
        description="Who sends notices: here, one of the servers; or apart, `flask notices run` alone",
    )
    hooks_inside: bool = Field(
        default=False, description="Let webhooks lead into networks of your own, and to this machine"
    )
    oidc_client_id: str = Field(default="", description="What that organisation calls this house")
    oidc_client_secret: Annotated[SecretStr, BeforeValidator(_client_secret)] = Field(
        default=SecretStr(""), description="The secret that it gave this house, 16 characters or more; empty for none"
    )
    oidc_name: str = Field(
        default="", max_length=40, description="What the staff call that organisation; its host when not given"
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
