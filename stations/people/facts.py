"""What is known of a member of the staff, and the words for what they may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from stations.errors import MailError, PeopleError

LEVELS = (2, 4, 6, 9, 12)
"""Digits of an administrative code: province, city, county, township, village (GB/T 2260, GB/T 10114)."""

LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
LONGEST_NAME = 60


class Role(StrEnum):
    """What somebody is to an area, or to some stations."""

    CUSTODIAN = "custodian"
    CLERK = "clerk"
    OFFICER = "officer"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What may be done."""

    SEE_PRIVATE = "see_private"
    PROPOSE = "propose"
    EDIT = "edit"
    APPROVE = "approve"
    IMPORT = "import"
    EXPORT_FULL = "export_full"
    UNDO = "undo"
    PLAN_SAVE = "plan_save"
    PLAN_ACCEPT = "plan_accept"
    MANAGE_PEOPLE = "manage_people"
    SEE_AUDIT = "see_audit"
    SETTLE_TASK = "settle_task"
    RECORD = "record"
    INSPECT = "inspect"
    SET_NOTICES = "set_notices"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, and where it holds.

    Attributes
    ----------
    area
        Prefix of the administrative code: 2, 4, 6, 9 or 12 digits, as `area_of` gives it. Empty for everywhere, which
        administrators alone may be given.
    stations
        Codes of the stations of a custodian, who has nothing to do with any others; empty for all other roles.

    Raises
    ------
    PeopleError
        A grant that cannot be.
    """

    role: Role
    area: str = ""
    stations: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what would hold in more places than meant."""
        if self.area and area_of(self.area) != self.area:
            raise PeopleError("{area} is not the code of an area.", area=self.area)
        if not self.area and self.role is not Role.ADMINISTRATOR:
            raise PeopleError("Say for which area: the first 2, 4, 6, 9 or 12 digits of its administrative code.")
        if self.role is Role.CUSTODIAN and not self.stations:
            raise PeopleError("Say which stations a custodian keeps, by their codes.")
        if self.role is not Role.CUSTODIAN and self.stations:
            raise PeopleError("Only custodians are given single stations; leave the stations out.")


@dataclass(frozen=True, slots=True)
class Person:
    """One member of the staff.

    Attributes
    ----------
    login
        In small letters, for good; what the log and the audit trail call the person.
    language
        ``zh`` or ``en``.
    second_factor
        Whether a code from a telephone is asked for at sign-in.
    must_change
        Whether the password was given by somebody else and must be changed before anything else can be done.
    mail
        Where letters go, for the person and for who manages the account alone; empty for nowhere.
    """

    id: int
    login: str
    name: str
    language: str
    grants: tuple[Grant, ...]
    disabled: bool = False
    second_factor: bool = False
    must_change: bool = False
    mail: str = ""


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, as the audit trail tells it.

    Attributes
    ----------
    login
        Empty where nobody is signed in.
    network
        Where from; kept as a keyed hash alone. Empty at a terminal of the server.
    """

    login: str
    network: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One browser in which somebody is signed in.

    Attributes
    ----------
    mark
        Names it to its owner; nobody can sign in with it.
    begun, heard
        When it began, and when it last asked for something, to five minutes.
    agent
        What the browser calls itself, cut.
    """

    mark: str
    begun: datetime
    heard: datetime
    agent: str


def area_of(text: str) -> str:
    """Read the code of an area as people write it: ``360600`` is the city ``3606``.

    Raises
    ------
    PeopleError
        It is none.
    """
    code = text.strip()
    if not (code.isascii() and code.isdigit() and len(code) in LEVELS) or code.startswith("00"):
        raise PeopleError(
            "“{area}” is not the code of an area. Write the 2, 4, 6, 9 or 12 digits of its administrative code.",
            area=code[:40],
        )
    for shorter, rest in ((9, "000"), (6, "000"), (4, "00"), (2, "00")):
        if len(code) > shorter and code[shorter:] == rest:
            code = code[:shorter]
    return code


def login_of(text: str) -> str:
    """Read a log-in name: small letters, digits, full stop, hyphen, underline.

    Raises
    ------
    PeopleError
        It is none.
    """
    login = text.strip().lower()
    if not LOGIN.fullmatch(login):
        raise PeopleError(
            "“{login}” cannot be a log-in name. Use up to 64 letters a–z, digits, full stops, hyphens and underlines.",
            login=login[:40],
        )
    return login


def mail_of(text: str) -> str:
    """Read an address for letters; an empty text is none.

    Raises
    ------
    PeopleError
        Nothing could be sent there.
    """
    from stations.mail import mail_address  # what reads and writes letters takes a moment to import

    if not (mail := text.strip()):
        return ""
    try:
        return mail_address(mail)
    except MailError:
        raise PeopleError(
            "“{mail}” is no address for letters. Write one like wang@example.org.", field="mail", mail=mail[:60]
        ) from None
