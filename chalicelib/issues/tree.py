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
    #: Whether it is reported as fixed with a photo of the result only.
    proof: bool

    @classmethod
    def of(cls, category: Category, locale: str, *, proof: bool = False) -> Self:
        """The view of a category; `proof` says the SOP that holds."""
        own = {name: getattr(category, name) for name in cls.model_fields if name not in ("name", "proof")}
        return cls.model_validate({**own, "name": category.name(locale), "proof": proof})


class CategoryList(Base):
    """All categories."""

    items: list[CategoryView]
