"""The business numbers of dispatch, and what each kind of issue asks of the person who takes it.

Sources: requirements part 3 (skill, community, shift, load, visit windows) and 10 (certificates). Minutes of a job and
of a walk are our estimates, used only to compare people with each other.
"""

from datetime import timedelta
from typing import Literal, NamedTuple

from chalicelib.errors import N_

Skill = Literal[
    "plumbing", "electrical", "lift", "gas", "seepage", "doors", "public", "cleaning", "greening", "parking",
    "security", "office",
]  # fmt: skip
CertificateKind = Literal["electrician", "lift", "gas", "fire_control"]


class Need(NamedTuple):
    """What a kind of issue asks for: a skill, and where the law wants one a certificate."""

    skill: Skill
    certificate: CertificateKind | None = None


#: Special operations in China need a certificate of one's own: low-voltage electricity, lifts, gas.
NEEDS: dict[str, Need] = {
    "gas": Need("gas", "gas"),
    "electric_shock": Need("electrical", "electrician"),
    "lift_trapped": Need("lift", "lift"),
    "fire": Need("security", "fire_control"),
    "flooding": Need("plumbing"),
    "plumbing": Need("plumbing"),
    "electrical": Need("electrical", "electrician"),
    "lift": Need("lift", "lift"),
    "wall_seepage": Need("seepage"),
    "doors_windows": Need("doors"),
    "public_area": Need("public"),
    "noise": Need("security"),
    "cleaning": Need("cleaning"),
    "greening": Need("greening"),
    "parking": Need("parking"),
    "delivery_defect": Need("doors"),
    "contract": Need("office"),
    "other": Need("public"),
}

SKILL_WORDS: dict[str, str] = {
    "plumbing": N_("water and drains"),
    "electrical": N_("electricity"),
    "lift": N_("lifts"),
    "gas": N_("gas"),
    "seepage": N_("damp walls"),
    "doors": N_("doors and windows"),
    "public": N_("public areas"),
    "cleaning": N_("cleaning"),
    "greening": N_("plants and gardens"),
    "parking": N_("parking"),
    "security": N_("security"),
    "office": N_("contracts and fees"),
}
CERTIFICATE_WORDS: dict[str, str] = {
    "electrician": N_("electrician's certificate"),
    "lift": N_("lift certificate"),
    "gas": N_("gas certificate"),
    "fire_control": N_("fire control certificate"),
}

#: What a job that somebody has already keeps them busy, in minutes.
JOB_MIN = 60
#: The walk from one building to the next in a community's order, in minutes.
STEP_MIN = 4
#: Somebody whose skills are not entered comes behind whoever is known to have them, by so many minutes' work.
UNKNOWN_SKILL_MIN = 120
#: Coming outside all times that suit the owner costs as much as half a day.
MISSED_WINDOW_MIN = 240
#: Somebody who is agreed to be elsewhere this near to the time is taken for it.
BUSY_WITHIN_MIN = 60
#: How many people's jobs are looked at for one proposal, and how many jobs of each.
CANDIDATES = 12
JOBS_SEEN = 30
#: A worker's card is kept small: it is read with each proposal.
MAX_SHIFTS = 28
MAX_ABSENCES = 20

#: What an hour costs where a card names no rate, in fen: an estimate to be replaced by each company's own.
HOUR_FEN = 4_500
#: The longest stretch of work in one entry.
MAX_WORK = timedelta(hours=16)
#: How long after it work can still be entered.
ENTER_WITHIN = timedelta(days=31)

CallBackPolicy = Literal["always", "unrated", "never"]
#: Who is called back after a repair: in an emergency everybody, else who has not rated (part 5: at least 90 %).
CALL_BACK_DEFAULT: CallBackPolicy = "unrated"
CALL_BACK_EMERGENCY: CallBackPolicy = "always"
#: How long after a repair somebody calls: a day shows whether it holds.
CALL_BACK_AFTER = timedelta(hours=24)
#: Who is not reached is called again a day later, so often in all.
CALL_BACK_AGAIN = timedelta(hours=24)
CALL_BACK_TRIES = 3
#: The time over which the share of call-backs is told, and how long they are kept for it.
CALL_BACK_SPAN = timedelta(days=30)
CALL_BACK_KEEP = timedelta(days=90)
#: Calls that the desk's list reads at once.
CALL_BACK_LIST = 100

#: What can fail for a whole building, and under which other kinds people report it.
OUTAGE_KINDS: dict[str, tuple[str, ...]] = {
    "plumbing": ("flooding",),
    "electrical": (),
    "lift": (),
    "gas": (),
    "public_area": ("other",),
}
