"""Gives executions of workflows with a concurrency limit their turns."""

from typing import Any

from statewright.logs import step
from statewright.workflows.triggers import turns


@step
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lets the execution run, lets it wait, or turns it away; it hears of it by its task token."""
    return {"turn": turns.ask(event)}
