"""What the recorded Lambda functions do, for tasks whose own outcome was not recorded."""

from __future__ import annotations

import json
import re
from typing import Any

from asl.commands import Dispatch
from asl.payload import Payload
from asl.ports import Succeeded, TaskError, TaskOutcome
from tests.conformance.normalise import as_text

Function = dict[str, Any]
_BYTES = re.compile(r"returns bytes b'([^']*)'")
_REQUEST = "00000000-0000-4000-9000-000000000001"


def call(
    functions: list[Function], dispatch: Dispatch, *, spaced: bool = False
) -> TaskOutcome | None:
    """Answers a Lambda task as the function of that name would; None where there is none.

    Args:
        functions: as recorded.
        dispatch: the call.
        spaced: how causes are written, see :func:`tests.conformance.normalise.as_text`.
    """
    if dispatch.resource.service != "lambda":
        return None
    parameters = dispatch.parameters.value
    direct = dispatch.resource.direct_lambda
    name = dispatch.resource.arn if direct else parameters.get("FunctionName", "")
    event = parameters if direct else parameters.get("Payload", {})
    found = next((f for f in functions if name in {f["arn"], f["name"]}), None)
    if found is None:
        return None
    answer = _behave(found["behaviour"], event, spaced)
    if isinstance(answer, Payload):
        return Succeeded(answer if direct else _response(answer.value))
    return answer


def _behave(behaviour: dict[str, Any], event: Any, spaced: bool) -> Payload | TaskError | None:
    match behaviour["type"]:
        case "echo" | "sleep_then_echo":
            return Payload(event)
        case "constant":
            return Payload(behaviour.get("value"))
        case "prefix_python_str":
            return Payload(f"{behaviour['prefix']}{event}")
        case "raise":
            return TaskError(behaviour["errorType"], as_text(_cause(behaviour), spaced=spaced))
        case "recorded" if (said := _BYTES.search(behaviour.get("note", ""))) is not None:
            return Payload.parse(said[1])
        case _:
            return None


def _cause(behaviour: dict[str, Any]) -> dict[str, Any]:
    """What the Python runtime reports of an exception."""
    kind, message = behaviour["errorType"], behaviour["errorMessage"]
    trace = f'  File "/var/task/handler.py", line 2, in handler\n    raise {kind}("{message}")\n'
    told = {"errorMessage": message, "errorType": kind, "requestId": _REQUEST}
    return {**told, "stackTrace": [trace]}


def _response(payload: Any) -> Payload:
    """The answer of ``lambda:invoke`` as Step Functions shows it."""
    text = json.dumps(payload, separators=(",", ":"))
    headers = {
        "connection": "keep-alive",
        "Content-Length": str(len(text)),
        "Content-Type": "application/json",
        "Date": "Sat, 31 Jan 2026 12:00:00 GMT",
        "X-Amz-Executed-Version": "$LATEST",
        "x-amzn-Remapped-Content-Length": "0",
        "x-amzn-RequestId": _REQUEST,
        "X-Amzn-Trace-Id": "Root=1-0-0;Sampled=0",
    }
    return Payload(
        {
            "ExecutedVersion": "$LATEST",
            "Payload": payload,
            "SdkHttpMetadata": {
                "AllHttpHeaders": {name: [value] for name, value in headers.items()},
                "HttpHeaders": headers,
                "HttpStatusCode": 200,
            },
            "SdkResponseMetadata": {"RequestId": _REQUEST},
            "StatusCode": 200,
        }
    )
