"""`make check-slots`: do the rules agree with the slow model on so many random designers?

python -m tests.consultations.compare 10000
"""

import sys

from chalicelib.consultations import rules
from tests.consultations.model import Case, free_starts


def differing(numbers: range) -> tuple[list[int], int]:
    """The cases about which the two do not agree, and how many free slots were compared."""
    found, slots = [], 0
    for number in numbers:
        case = Case(number)
        slow = free_starts(case)
        slots += len(slow)
        quick = rules.free_slots(
            case.plan, case.service, [case.day], case.holds, case.now, where=case.where, account_id="me"
        )
        if [slot.starts_at for slot in quick] != slow:
            found.append(number)
    return found, slots


def main() -> int:
    """Compare, and say on which cases they differ."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    wrong, slots = differing(range(cases))
    print(f"{cases} designers, {slots} free slots: {len(wrong)} differ", *wrong[:20])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
