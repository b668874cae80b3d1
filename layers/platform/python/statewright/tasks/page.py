"""The page that a link opens: it works without scripts, in light and dark, and read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from statewright.errors import Issue, StatewrightError
from statewright.tasks import forms
from statewright.tasks.models import LinkedTask

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
}
"""The address is a secret, and nothing may be loaded or put around the page."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody has entered, and what is wrong with it."""

    values: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""
    issues: Sequence[Issue] = ()


@dataclass(frozen=True, slots=True)
class _Problem:
    text: str
    field: str = ""


NOTHING = Entered()


def render(task: LinkedTask, entered: Entered = NOTHING, message: str = "") -> str:
    """A task's page: with its form while it waits for the person, else with what became of it."""
    fields = () if task.form is None else forms.read(task.form)
    labels = {one.name: one.label for one in fields}
    errors = {name: _sentence(issue) for issue in entered.issues if (name := _name(issue, labels))}
    problems = [_problem(issue, labels) for issue in entered.issues]
    return _template().render(
        title=task.title,
        task=task,
        asks=task.status == "open" and task.your_vote is None,
        outcome=task.your_vote if task.status == "open" else task.status,
        fields=fields,
        values=entered.values,
        comment=entered.comment,
        errors=errors,
        problems=problems,
        message=message,
    )


def refusal(error: StatewrightError) -> str:
    """A page that says why there is nothing to see."""
    return _template().render(title=error.title, task=None, message=error.detail, problems=[])


def _name(issue: Issue, labels: Mapping[str, str]) -> str:
    """The field that an issue is about, or "". A missing one is named in the words alone."""
    part = issue.pointer.removeprefix("/form").strip("/").split("/")[0]
    if part in labels:
        return part
    return next((name for name in labels if issue.detail.startswith(f'"{name}" is a required')), "")


def _problem(issue: Issue, labels: Mapping[str, str]) -> _Problem:
    name = _name(issue, labels)
    if not name:
        return _Problem(issue.detail)
    return _Problem(f"{labels[name]}: {_sentence(issue)}", forms.PREFIX + name)


def _sentence(issue: Issue) -> str:
    return "Please fill this in" if "is a required property" in issue.detail else issue.detail


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = resources.files(__package__).joinpath("page.html").read_text()
    return environment.from_string(source)
