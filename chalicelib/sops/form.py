"""An SOP as the desk's form has it, and back. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.inputs import clean
from chalicelib.managing import spans
from chalicelib.sops.models import Sop, SopStep, Words
from chalicelib.sops.policy import MAX_STEPS

Form = Mapping[str, str]
_FLAGS = ("photo", "measurement", "required", "promised")


def fields(sop: Sop) -> dict[str, str]:
    """The form's fields for an SOP; steps by their place, from 1."""
    found = {"proof": "1"} if sop.proof else {}
    for n, step in enumerate(sop.steps, 1):
        due = spans.typed(step.due)
        found |= {
            f"id_{n}": step.id, f"zh_{n}": step.name.zh, f"en_{n}": step.name.en, f"place_{n}": str(n),
            f"ok_zh_{n}": step.criterion.zh, f"ok_en_{n}": step.criterion.en, f"since_{n}": step.since,
            f"due_{n}_n": due.amount, f"due_{n}_u": due.unit,
        }  # fmt: skip
        found |= {f"{flag}_{n}": "1" for flag in _FLAGS if getattr(step, flag)}
    return found


def read(form: Form) -> Sop:
    """The SOP that was typed, its steps in the order of their places; those without a name are left out. Raises
    Invalid for a field."""
    steps = [(_place(form, n), n, _step(form, n)) for n in range(1, MAX_STEPS + 1) if _words(form, "", n)]
    taken = {step.id for _, _, step in steps}
    made = [
        step if step.id else replace(step, id=_new_id(n, taken))
        for _, n, step in sorted(steps, key=lambda row: row[:2])
    ]
    return Sop(tuple(made), bool(form.get("proof")))


def _step(form: Form, n: int) -> SopStep:
    return SopStep(
        id=form.get(f"id_{n}", ""),
        name=_words(form, "", n),
        due=spans.read(f"due_{n}", form.get(f"due_{n}_n", ""), form.get(f"due_{n}_u", "")),
        since="begin" if form.get(f"since_{n}") == "begin" else "former",
        criterion=_words(form, "ok_", n),
        photo=bool(form.get(f"photo_{n}")),
        measurement=bool(form.get(f"measurement_{n}")),
        required=bool(form.get(f"required_{n}")),
        promised=bool(form.get(f"promised_{n}")),
    )


def _words(form: Form, before: str, n: int) -> Words:
    return Words(clean(form.get(f"{before}zh_{n}", "")), clean(form.get(f"{before}en_{n}", "")))


def _place(form: Form, n: int) -> int:
    text = form.get(f"place_{n}", "")
    return spans.number(f"place_{n}", text) if text else n


def _new_id(n: int, taken: set[str]) -> str:
    """An id that no step of the SOP has: the form's own number, else the next one that is free."""
    while f"s{n}" in taken:
        n += 1
    taken.add(f"s{n}")
    return f"s{n}"
