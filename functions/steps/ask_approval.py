"""``human.approval`` and ``human.task``: asks, and leaves; the answer comes by the task token."""

from typing import Any

from statewright.logs import step
from statewright.tasks import asking


@step
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Stores what is asked, with a notice for everybody who is."""
    return {"task_id": asking.ask(event)}
