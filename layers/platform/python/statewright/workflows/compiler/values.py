"""Values of a definition as values of ASL: names find what they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from statewright.workflows.expressions import to_asl


@dataclass(frozen=True, slots=True)
class Names:
    """What the names that depend on the place stand for. Step ids are ASL variables as they are."""

    result: str | None = None
    error: str | None = None
    index: str | None = None

    def replacement(self, name: str) -> str | None:
        """The source that ``$name`` becomes, or None where it stays."""
        match name:
            case "result":
                return self.result
            case "error":
                return self.error
            case "index":
                return self.index
        return None


def asl_value(value: Any, names: Names) -> Any:
    """The value with every string translated."""
    if isinstance(value, str):
        return to_asl(value, names.replacement)
    if isinstance(value, dict):
        return {key: asl_value(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [asl_value(item, names) for item in value]
    return value


def condition(value: str | bool, names: Names) -> Any:
    """A condition. ``$boolean`` makes any JSONata value one, as JSONata's own ``? :`` does."""
    if isinstance(value, bool):
        return value
    text = to_asl(value, names.replacement)
    if not text.startswith("{%"):
        return bool(text)
    return f"{{% $boolean({text[2:-2].strip()}) %}}"


def expression(source: str) -> str:
    """Source as an ASL expression."""
    return "{% " + source + " %}"
