"""The category tree as callers see it."""

from typing import Literal, Self

from chalicelib.base import Base
from chalicelib.issues.policy import Category


class CategoryView(Base):
    """A category, named in the caller's language."""

    id: str
    name: str
    urgency: Literal["urgent", "normal"]
    sla_class: Literal["L1", "L2", "L3"]
    emergency: bool
    icon: str
    department: str
    proof: bool

    @classmethod
    def of(cls, category: Category, locale: str) -> Self:
        """The view of a category."""
        return cls.model_validate(
            {
                "name": category.name(locale),
                **{name: getattr(category, name) for name in cls.model_fields if name != "name"},
            }
        )


class CategoryList(Base):
    """All categories."""

    items: list[CategoryView]
