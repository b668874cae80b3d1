"""An HTTP Task's request and response, as inspection level TRACE shows them.

https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html#trace
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from asl.payload import Payload

Exchange = dict[str, dict[str, str]]


def exchange_of(parameters: Payload, result: Payload | None) -> Exchange:
    """What was sent, by the Task's parameters; and what came back, if anything did."""
    exchange = {}
    if isinstance(parameters.value, dict):
        exchange["request"] = _request(parameters.value)
    if result is not None and isinstance(result.value, dict):
        protocol = exchange.get("request", {}).get("protocol", "https")
        exchange["response"] = {"protocol": protocol, **_response(result.value)}
    return exchange


def _request(parameters: Mapping[str, Any]) -> dict[str, str]:
    url = str(parameters.get("ApiEndpoint", ""))
    query = parameters.get("QueryParameters")
    if isinstance(query, dict) and query:
        url += ("&" if urlsplit(url).query else "?") + urlencode(query, doseq=True)
    shown = {
        "protocol": urlsplit(url).scheme or "https",
        "method": str(parameters.get("Method", "")),
        "url": url,
        "headers": _headers(parameters.get("Headers")),
    }
    return _with_body(shown, parameters, "RequestBody")


def _response(result: Mapping[str, Any]) -> dict[str, str]:
    shown = {
        "statusCode": str(result.get("StatusCode", "")),
        "statusMessage": str(result.get("StatusText", "")),
        "headers": _headers(result.get("Headers")),
    }
    return _with_body(shown, result, "ResponseBody")


def _with_body(shown: dict[str, str], given: Mapping[str, Any], field: str) -> dict[str, str]:
    if field not in given:
        return shown
    body = given[field]
    return {**shown, "body": body if isinstance(body, str) else Payload(body).text.decode()}


def _headers(headers: Any) -> str:
    """``[accept: text/plain, x: 1]``: each value of each header."""
    pairs = headers.items() if isinstance(headers, dict) else ()
    listed = [(name, v if isinstance(v, list) else [v]) for name, v in pairs]
    return f"[{', '.join(f'{name}: {value}' for name, values in listed for value in values)}]"
