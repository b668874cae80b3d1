"""AWS Lambda: starting other functions."""

from __future__ import annotations

import json
from typing import Any

from statewright.aws.clients import client, mapped


def start(name: str, event: dict[str, Any]) -> None:
    """Lets a function begin; it will run, at least once, when this returns."""
    with mapped("Lambda"):
        client("lambda").invoke(
            FunctionName=name, InvocationType="Event", Payload=json.dumps(event).encode()
        )
