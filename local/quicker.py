"""Makes ministack's queries quicker: it checks the grammar of a condition again for every item it looks at.

The check depends on the text alone, so its outcome is remembered by text. A ministack without this function
is left as it is.
"""

from functools import lru_cache
from types import ModuleType

_PURE = "_condition_syntax_error"
_TEXTS = 2048


def remember_checked_conditions(dynamodb: ModuleType) -> None:
    """Check each condition's text once; what is refused is not remembered."""
    check = getattr(dynamodb, _PURE, None)
    if check is not None:
        setattr(dynamodb, _PURE, lru_cache(_TEXTS)(check))
