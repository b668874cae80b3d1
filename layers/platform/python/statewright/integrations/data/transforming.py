"""``data.*``, as a step's Lambda performs it."""

from __future__ import annotations

import json
from typing import Any

from statewright.integrations.data import lists, texts, xml
from statewright.integrations.data.errors import DataInvalidError, DataTooLargeError
from statewright.integrations.errors import ConnectionInvalidError

MAX_RESULT = 200_000
"""The most bytes of a result: a state's data may have 256 KiB in all."""


def perform(event: dict[str, Any]) -> Any:
    """The result of a step.

    Raises:
        DataError: under the name of what is wrong with the data.
    """
    inputs = dict(event["with"])
    operation = inputs.pop("operation")
    try:
        result = _result(operation, inputs, event)
    except (AttributeError, TypeError, RecursionError) as error:
        raise DataInvalidError(f"data.{operation}: the inputs do not fit: {error}") from None
    size = len(json.dumps(result, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > MAX_RESULT:
        raise DataTooLargeError(f"the result has {size:,} bytes, more than {MAX_RESULT:,}")
    return result


def _result(operation: str, inputs: dict[str, Any], event: dict[str, Any]) -> Any:
    match operation:
        case "aggregate":
            return lists.aggregate(**inputs)
        case "join":
            return lists.join(**inputs)
        case "dedupe":
            return lists.dedupe(**inputs)
        case "hmac":
            return _hmac(inputs, event)
        case "html":
            return texts.html_to(inputs["html"], inputs.get("to", "text"))
        case "markdown":
            return texts.markdown_to_html(inputs["markdown"])
        case "xml_parse":
            return xml.parse(inputs["xml"])
        case "xml_write":
            return xml.write(inputs["data"])
        case "csv_parse":
            return texts.csv_parse(**inputs)
        case "csv_write":
            return texts.csv_write(**inputs)
    raise DataInvalidError(f"there is no data.{operation} outside of expressions")


def _hmac(inputs: dict[str, Any], event: dict[str, Any]) -> str:
    """With a connection's secret, so that the key is in no execution's data."""
    if event.get("connection") is None:
        raise ConnectionInvalidError("data.hmac needs a connection of the kind signing_secret")
    from statewright.integrations import credentials  # exported workflows have no connections

    connection = credentials.for_step(event["workspace_id"], event["connection"])
    if connection.kind != "signing_secret":
        raise ConnectionInvalidError(f"'{connection.name}' is no signing_secret")
    algorithm, encoding = inputs.get("algorithm", "sha256"), inputs.get("encoding", "hex")
    return texts.signed(inputs["text"], connection.secrets["secret"], algorithm, encoding)
