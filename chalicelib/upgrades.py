"""Records of older shapes, read as if they had today's: upgrade without downtime.

A record says in `schema_version` which shape it has; without it, it has the first, so only records whose shape ever
changed pay for the mark. Each kind of record has a chain of steps from one shape to the next: pure, and applied
wherever its record is decoded. Reading writes nothing: what a step made is written back with the next write of
that record, or by `make migrate`.

During a gradual shift, and until it can't be rolled back any more, two versions of the code are at work on one table:

1. Expand. The new code writes the new attributes beside the old ones, reads through the step, and its conditions
   look at the old ones, which both versions write. The old code overlooks attributes that it does not know, and may
   change the old ones of a record that is marked as new: so the step counts for marked records too (`old_writers`).
2. Migrate. Once no old code is at work: `make migrate ENTITY=…` until it says that all records have the shape.
3. Contract, in two releases, as the one before is still at work during each. In the first, conditions move to the
   new attributes and `old_writers` goes. In the second, the old ones are no longer written and are `dropped`;
   `make migrate` takes them out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.conditions import Attr, Condition
from chalicelib.records import Item

SCHEMA = "schema_version"


@dataclass(frozen=True)
class Step:
    """From shape `to - 1` to shape `to`. `upgrade` takes any record that the code before could have written, and
    changes nothing the second time; it looks at the attributes `reads`, and makes or changes `makes`."""

    to: int
    upgrade: Callable[[Item], Item]
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    #: Code that knows only the shape before may still write: the step counts for records of its own shape too.
    old_writers: bool = False


@dataclass(frozen=True)
class Entity:
    """A kind of record whose shape has changed: how its keys begin, and the chain of its steps, oldest first."""

    name: str
    pk: str
    sk: str
    steps: tuple[Step, ...]
    #: Attributes that nothing reads any more, to be taken out by `make migrate`.
    dropped: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        """The shape that this code writes."""
        return self.steps[-1].to

    @property
    def made(self) -> tuple[str, ...]:
        """The attributes that a record's write-back consists of, its mark included."""
        return (SCHEMA, *(name for step in self.steps for name in step.makes))

    def holds(self, item: Item) -> bool:
        """Whether a record is of this kind."""
        return bool(item["PK"].startswith(self.pk) and item["SK"].startswith(self.sk))

    def current(self, item: Item) -> Item:
        """The record in today's shape; the very same when it has it. One of a shape yet to come stays as it is: newer
        code leaves in it what this code reads."""
        version = item.get(SCHEMA, 1)
        now = item
        for step in self.steps:
            if step.to > version or (step.old_writers and step.to == version):
                now = step.upgrade(now)
        now = now if version >= self.version else {**now, SCHEMA: self.version}
        return item if now is item or now == item else now

    def seen(self, item: Item) -> Condition:
        """The condition that nobody has changed since what the steps look at: with it, a write-back undoes nothing."""
        condition: Condition = Attr("PK").exists()
        for name in dict.fromkeys((SCHEMA, *(name for step in self.steps for name in step.reads))):
            same = Attr(name).eq(item[name]) if name in item else Attr(name).not_exists()
            condition &= same
        return condition


def _ratings_of_every_resolution(item: Item) -> Item:
    """`rating` held the marks for the last repair only: those for the repair before were lost when an issue was
    reopened, repaired and rated again. `ratings` holds one for each resolution, in their order."""
    rating = item.get("rating")
    if rating is None:
        return item
    others = [one for one in item.get("ratings", []) if one["resolution"] != rating["resolution"]]
    return {**item, "ratings": sorted([*others, rating], key=lambda one: int(one["resolution"]))}


ISSUE = Entity(
    "issue",
    "ISSUE#",
    "META",
    (Step(2, _ratings_of_every_resolution, ("rating", "ratings"), ("ratings",), old_writers=True),),
)
ENTITIES = {entity.name: entity for entity in (ISSUE,)}
