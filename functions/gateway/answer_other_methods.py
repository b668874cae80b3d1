"""ANY …: OPTIONS (CORS preflights too), and 405 for methods that an address does not have."""

from typing import Any

from statewright.http import other_methods


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers what no endpoint of the address does."""
    return other_methods.answer(event)
