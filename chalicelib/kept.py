"""Models made of what was checked before: read from our own table, or worked out by our own code."""

from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

Model = TypeVar("Model", bound=BaseModel)


def made(model: type[Model], **fields: Any) -> Model:
    """As `model.model_construct(**fields)`, without a look at each field: a fraction of its time, and a page of
    twenty rows makes a hundred of them. Fields go by their names, never by an alias."""
    plain, lists = _defaults(model)
    values = {**plain, **fields}
    for name in lists:
        if name not in fields:
            values[name] = []  # each its own
    blank = model.__new__(model)
    put = object.__setattr__  # some are frozen
    put(blank, "__dict__", values)
    put(blank, "__pydantic_fields_set__", set(fields))
    put(blank, "__pydantic_extra__", None)
    put(blank, "__pydantic_private__", None)
    return blank


def changed(one: Model, **fields: Any) -> Model:
    """As `one.model_copy(update=fields)`, for what our own code worked out: a third of its time."""
    return made(type(one), **{**one.__dict__, **fields})


@cache
def _defaults(model: type[BaseModel]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What a model's fields are when they are not given, and which are empty lists then."""
    given = {
        name: field.get_default() for name, field in model.model_fields.items() if not field.is_required()
    }
    lists = tuple(name for name, value in given.items() if isinstance(value, list))
    return {name: value for name, value in given.items() if name not in lists}, lists
