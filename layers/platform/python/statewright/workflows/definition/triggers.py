"""What starts a workflow."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from statewright.workflows.definition.answer import Answer
from statewright.workflows.definition.api_trigger import ApiTrigger
from statewright.workflows.definition.base import AnyName, Duration, Model
from statewright.workflows.definition.verification import Verify

Method = Literal["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD"]
MediaType = Annotated[str, Field(pattern=r"^[a-z0-9.+-]+/([a-z0-9.+-]+|\*)$", max_length=100)]
Expression = Annotated[str, Field(min_length=1, max_length=10_000)]


class Dedup(Model):
    """Which calls are one: those with the same ``key`` within ``window`` of the first."""

    key: Expression
    window: Duration = "1d"


class Deliveries(Model):
    """For how long a webhook's calls are kept, and whether with their bodies."""

    keep: Duration = "7d"
    bodies: bool = True


class WebhookTrigger(Model):
    """Starts the workflow when its URL is called, by whom ``verify`` lets in.

    ``respond``: at once, when the execution has ended, or when the step of that id is done.
    ``deliveries``: whether its calls are kept; unless said otherwise, where there is ``verify``.
    """

    id: AnyName
    type: Literal["webhook"]
    method: Method | list[Method] = "POST"
    content_types: list[MediaType] = Field(default_factory=list, max_length=20)
    respond: Literal["immediately", "when_finished"] | AnyName = "immediately"
    response: Answer = Answer()
    dedup: Dedup | None = None
    verify: Verify | None = None
    deliveries: bool | Deliveries | None = None

    @property
    def methods(self) -> list[str]:
        """The methods that its URL takes."""
        return list(self.method) if isinstance(self.method, list) else [self.method]


class ManualTrigger(Model):
    """Lets people and API keys start the workflow."""

    id: AnyName
    type: Literal["manual"]


class Timetable(Model):
    """When: by ``cron``, at a ``rate``, or once, ``at`` a moment."""

    cron: str | None = None
    rate: Duration | None = None
    at: str | None = None
    timezone: str = "UTC"

    @model_validator(mode="after")
    def _one(self) -> Timetable:
        if sum(value is not None for value in (self.cron, self.rate, self.at)) != 1:
            raise ValueError("needs exactly one of 'cron', 'rate' and 'at'")
        return self


class ScheduleTrigger(Timetable):
    """Starts the workflow at times, with ``body``.

    ``missed`` says what becomes of times that passed while nothing could run: ``skip`` them, run
    ``once`` for all of them, or run ``all``, the latest ``most`` of them.
    """

    id: AnyName
    type: Literal["schedule"]
    body: dict[str, Any] = Field(default_factory=dict)
    missed: Literal["skip", "once", "all"] = "skip"
    most: int = Field(default=100, ge=1, le=1000)


class EventTrigger(Model):
    """Starts the workflow when something happens: on the platform, or as somebody publishes it.

    ``where`` is an EventBridge pattern on the event's data. ``workflow`` names whose executions
    are meant, for ``execution.…`` events.
    """

    id: AnyName
    type: Literal["event"]
    event: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")
    workflow: str | None = Field(default=None, min_length=1, max_length=100)
    where: dict[str, Any] | None = Field(default=None, min_length=1)


class FormTrigger(Model):
    """Starts the workflow when somebody fills in a page, which is made of ``input``."""

    id: AnyName
    type: Literal["form"]
    title: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=5000)
    submit: str = Field(default="Send", min_length=1, max_length=60)
    thanks: str = Field(default="Thank you. We have received it.", max_length=5000)
    access: Literal["public", "signed"] = "public"


class FileTrigger(Model):
    """Starts the workflow when a file has been uploaded through it."""

    id: AnyName
    type: Literal["file"]
    max_size: int = Field(default=104_857_600, ge=1, le=5_368_709_120)
    content_types: list[MediaType] = Field(default_factory=list, max_length=20)


class PollTrigger(Timetable):
    """Asks again and again with an action, and starts the workflow for each new item.

    ``with`` sees ``$cursor``; ``items`` and ``cursor`` see ``$result``, the latter also ``$items``
    and ``$cursor``; ``key`` sees ``$item``. At first, items are only noted unless ``first`` says
    ``start``.
    """

    id: AnyName
    type: Literal["poll"]
    use: str = Field(min_length=1, max_length=200)
    connection: str | None = Field(default=None, min_length=1, max_length=100)
    inputs: dict[str, Any] = Field(default_factory=dict, alias="with")
    items: Expression = "{% $result.body %}"
    key: Expression = "{% $item.id %}"
    cursor: Expression | None = None
    first: Literal["note", "start"] = "note"


Trigger = Annotated[
    WebhookTrigger
    | ManualTrigger
    | ScheduleTrigger
    | EventTrigger
    | FormTrigger
    | FileTrigger
    | PollTrigger
    | ApiTrigger,
    Field(discriminator="type"),
]
