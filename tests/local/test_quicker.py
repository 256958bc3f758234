"""The engine's remembered checks."""

from types import ModuleType

from local.quicker import remember_checked_conditions


def test_a_conditions_text_is_checked_once() -> None:
    module, seen = ModuleType("dynamodb"), list[str]()
    module._condition_syntax_error = lambda text, slot: seen.append(text)  # type: ignore[attr-defined]
    remember_checked_conditions(module)
    for _ in range(3):
        module._condition_syntax_error("a = :b", "FilterExpression")
    assert seen == ["a = :b"]


def test_another_ministack_is_left_as_it_is() -> None:
    module = ModuleType("dynamodb")
    remember_checked_conditions(module)
    assert not hasattr(module, "_condition_syntax_error")
