"""Tables of the registry, the same on SQLite and PostgreSQL.

One log, `entry`, to which rows are only ever added, and `batch`, which says who
added them, when and from what. `station` is what stands now, by the log; it is
written in the same transaction and could be made again from it at any time.

Beside them, and apart from the log, stands what people at the doors say of a
station: `report`, `confirmed` and `day_count`. Who said it is nowhere in these:
`sender` holds keyed hashes, and `secret` their keys, which are forgotten after two
days.

And apart from both stand the plans that were saved for stations to come: `scenario`
and `scenario_event`, to which rows are only ever added, and `candidate_list` with its
`candidate_row`, for uploaded places. `search` is how workers share a search that runs.

`photo` holds photographs, each once, and `photo_of` what they are of. `suggested` holds hashes of
the links by which passers-by see what became of what they suggested.

The staff have tables of their own, from `person` on: who may do what, in which browsers
they are signed in, and what failed at the door. `audit` says what was done at it, and
`proposal` what custodians would have changed. `identity` is who they are to their
organisation, `reset_link` which letters open a forgotten account, `mail_link` which prove an
address, and `spent_state` what came back from the organisation already.
"""

from __future__ import annotations

from stations.registry.schema.doors import IDENTITY, MAIL_LINK, RESET_LINK, SPENT_STATE
from stations.registry.schema.heard import CONFIRMED, DAY_COUNT, REPORT, SECRET, SENDER, UPKEEP_HEAD
from stations.registry.schema.log import BATCH, ENTRY, FOR_MAPS, ONLY_ADDED_TO, STATION, VERSION
from stations.registry.schema.making import METADATA
from stations.registry.schema.notices import (
    NOTICE_CHOICE,
    NOTICE_DELIVERY,
    NOTICE_EVENT,
    NOTICE_HEAD,
    NOTICE_HOOK,
    NOTICE_LEASE,
    NOTICE_REACHED,
    NOTICE_STANDING,
    NOTICE_TRY,
)
from stations.registry.schema.photos import PHOTO, PHOTO_OF, SUGGESTED
from stations.registry.schema.plans import CANDIDATE_LIST, CANDIDATE_ROW, SCENARIO, SCENARIO_EVENT, SEARCH
from stations.registry.schema.rounds import INSPECTION, ROUND_TASK
from stations.registry.schema.staff import (
    AUDIT,
    AUDIT_ONLY_ADDED_TO,
    FAILED,
    PERSON,
    PERSON_GRANT,
    PROPOSAL,
    RECOVERY,
    SIGNED_IN,
)
from stations.registry.schema.stock import (
    SERVICE_COUNT,
    SERVICE_ENTRY,
    SUPPLY_LEVEL,
    SUPPLY_MOVEMENT,
    SUPPLY_TARGET,
    VISIT_COUNT,
    VISIT_MONTH,
)
from stations.registry.schema.waiting import WAITING, WAITING_FILE

__all__ = [
    "AUDIT",
    "AUDIT_ONLY_ADDED_TO",
    "BATCH",
    "CANDIDATE_LIST",
    "CANDIDATE_ROW",
    "CONFIRMED",
    "DAY_COUNT",
    "ENTRY",
    "FAILED",
    "FOR_MAPS",
    "IDENTITY",
    "INSPECTION",
    "KEPT",
    "MAIL_LINK",
    "METADATA",
    "NEWEST",
    "NOTICE_CHOICE",
    "NOTICE_DELIVERY",
    "NOTICE_EVENT",
    "NOTICE_HEAD",
    "NOTICE_HOOK",
    "NOTICE_LEASE",
    "NOTICE_REACHED",
    "NOTICE_STANDING",
    "NOTICE_TRY",
    "ONLY_ADDED_TO",
    "PERSON",
    "PERSON_GRANT",
    "PHOTO",
    "PHOTO_OF",
    "PROPOSAL",
    "RECOVERY",
    "REPORT",
    "RESET_LINK",
    "ROUND_TASK",
    "SCENARIO",
    "SCENARIO_EVENT",
    "SEARCH",
    "SECRET",
    "SENDER",
    "SERVICE_COUNT",
    "SERVICE_ENTRY",
    "SIGNED_IN",
    "SPENT_STATE",
    "STATION",
    "SUGGESTED",
    "SUPPLY_LEVEL",
    "SUPPLY_MOVEMENT",
    "SUPPLY_TARGET",
    "UPKEEP_HEAD",
    "VERSION",
    "VISIT_COUNT",
    "VISIT_MONTH",
    "WAITING",
    "WAITING_FILE",
]

NEWEST = "0013"
"""The schema that this program works with: the last of `migrations`."""

KEPT = (
    REPORT,
    CONFIRMED,
    DAY_COUNT,
    SCENARIO,
    SCENARIO_EVENT,
    CANDIDATE_LIST,
    CANDIDATE_ROW,
    PHOTO_OF,
    PHOTO,
    SUGGESTED,
    SUPPLY_MOVEMENT,
    SUPPLY_LEVEL,
    SUPPLY_TARGET,
    SERVICE_ENTRY,
    SERVICE_COUNT,
    VISIT_COUNT,
    INSPECTION,
    ROUND_TASK,
    NOTICE_CHOICE,
    NOTICE_HOOK,
    PERSON,
    PERSON_GRANT,
    RECOVERY,
    IDENTITY,
    AUDIT,
    PROPOSAL,
)
"""What of these a backup holds, beside the log."""
