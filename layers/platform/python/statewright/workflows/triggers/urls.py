"""The URLs of triggers that have one."""

from __future__ import annotations

from statewright.settings import settings
from statewright.workflows.definition import ApiTrigger, FormTrigger, Trigger, WebhookTrigger


def url_of(trigger: Trigger, token: str, workspace_id: str) -> str | None:
    """The URL that starts a trigger, or None where its kind has none."""
    home = settings().base_url
    match trigger:
        case WebhookTrigger():
            return f"{home}/hooks/{token}"
        case FormTrigger():
            return f"{home}/forms/{token}"
        case ApiTrigger():
            return f"{home}/apis/{workspace_id}/{trigger.version}{trigger.path}"
        case _:
            return None
