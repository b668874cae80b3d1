"""What starts a workflow."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from statewright.workflows.definition.base import AnyName, Duration, Model


class WebhookTrigger(Model):
    """Starts the workflow when its URL is called."""

    id: AnyName
    type: Literal["webhook"]
    method: Literal["POST", "GET", "PUT"] = "POST"
    respond: Literal["immediately"] = "immediately"


class ManualTrigger(Model):
    """Lets people and API keys start the workflow."""

    id: AnyName
    type: Literal["manual"]


class ScheduleTrigger(Model):
    """Starts the workflow at times: by ``cron``, at a ``rate``, or once, ``at`` a moment."""

    id: AnyName
    type: Literal["schedule"]
    cron: str | None = None
    rate: Duration | None = None
    at: str | None = None
    timezone: str = "UTC"

    @model_validator(mode="after")
    def _one(self) -> ScheduleTrigger:
        if sum(value is not None for value in (self.cron, self.rate, self.at)) != 1:
            raise ValueError("needs exactly one of 'cron', 'rate' and 'at'")
        return self


Trigger = Annotated[WebhookTrigger | ManualTrigger | ScheduleTrigger, Field(discriminator="type")]
