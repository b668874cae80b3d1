"""Puts a workspace on a plan: for whoever runs the deployment, by `aws lambda invoke`."""

from typing import Any

from statewright.gateway import plans


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Takes ``workspace_id`` and ``plan``; counts within ten seconds."""
    plans.assign(event["workspace_id"], event["plan"])
    return {"workspace_id": event["workspace_id"], "plan": event["plan"]}
