"""AWS Lambda: starting other functions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ReadTimeoutError

from statewright.aws.clients import client, mapped, patient_client


def start(name: str, event: dict[str, Any]) -> None:
    """Lets a function begin; it will run, at least once, when this returns."""
    with mapped("Lambda"):
        client("lambda").invoke(
            FunctionName=name, InvocationType="Event", Payload=json.dumps(event).encode()
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function answered; or the name of its error, and what it says."""

    value: Any = None
    error: str | None = None
    cause: str = ""


def call(name: str, event: dict[str, Any], seconds: int = 50) -> Answer:
    """Calls a function once and waits for it, so long at the most."""
    with mapped("Lambda"):
        try:
            answer = patient_client("lambda", seconds).invoke(
                FunctionName=name, Payload=json.dumps(event).encode()
            )
        except ReadTimeoutError:
            return Answer(error="Timeout", cause=f"no answer in {seconds} seconds")
    value = json.loads(answer["Payload"].read())
    if "FunctionError" not in answer:
        return Answer(value)
    return Answer(None, str(value.get("errorType", "Error")), str(value.get("errorMessage", "")))
