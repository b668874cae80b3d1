"""Queue consumer: what S3 has got of workspaces' files."""

from typing import Any

from statewright import batches
from statewright.integrations.files import keeping


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch of S3's events; those that fail come again."""
    return batches.take(event, keeping.take_event)
