"""API triggers: their schemas, and that no two of a workflow are one route."""

from __future__ import annotations

from typing import Any

from statewright.workflows.checks.findings import Findings
from statewright.workflows.checks.structure import check_schema
from statewright.workflows.checks.types import ANY, OPEN, TEXT, record
from statewright.workflows.definition import ApiTrigger, Definition
from statewright.workflows.suggestions import did_you_mean

API_FACTS: dict[str, Any] = {"method": TEXT, "path": OPEN, "caller": OPEN}
"""What ``$trigger`` has besides, where an API has started the workflow."""


def api_request() -> Any:
    """The type of ``$request`` where a request is mapped."""
    texts = {"method": TEXT, "path": OPEN, "query": OPEN, "headers": OPEN}
    return record({**texts, "body": ANY, "caller": OPEN})


def check_api(findings: Findings, trigger: ApiTrigger, at: str) -> None:
    """The schemas of a route, and that they are of parameters that its path has."""
    known = set(trigger.parameters)
    for name, schema in trigger.request.path.items():
        here = f"{at}/request/path/{name}"
        check_schema(findings, schema, here)
        if name not in known:
            detail = f"the path has no parameter '{name}'"
            findings.error("unknown-parameter", here, detail, did_you_mean(name, known))
    check_schema(findings, trigger.request.query, f"{at}/request/query")
    check_schema(findings, trigger.request.body, f"{at}/request/body")
    check_schema(findings, trigger.returns, f"{at}/returns")


def check_routes(findings: Findings, definition: Definition) -> None:
    """Two triggers of a workflow cannot be the same route."""
    taken: dict[tuple[str, str, str], int] = {}
    for index, trigger in enumerate(definition.triggers):
        if not isinstance(trigger, ApiTrigger):
            continue
        route = (trigger.version, trigger.method, trigger.shape)
        if route in taken:
            detail = f"is the route of /triggers/{taken[route]}"
            findings.error("route-taken", f"/triggers/{index}/path", detail)
        taken.setdefault(route, index)
