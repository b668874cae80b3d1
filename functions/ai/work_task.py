"""Works on a task of the assistant, begun asynchronously by ``begin_ai_task``."""

from typing import Any

from statewright.ai.assistant import working


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Asks the model, judges what it says, and keeps the result."""
    return working.work(event)
