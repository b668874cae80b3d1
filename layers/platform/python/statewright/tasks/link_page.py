"""What a browser, or a program, gets and posts at a link: pages for the one, JSON for the other."""

from __future__ import annotations

import json
from typing import Any, TypeVar
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from pydantic import BaseModel, ValidationError

from statewright.errors import InvalidError, MalformedError, StatewrightError
from statewright.http.problems import from_validation, problem
from statewright.tasks import deciding, forms, handling, links, listing, page
from statewright.tasks.links import Link
from statewright.tasks.models import Decision, LinkedTask, NewComment

_HTML = "text/html; charset=utf-8"
_FORM = "application/x-www-form-urlencoded"
_COMMENT_ONLY = "comment"
Model = TypeVar("Model", bound=BaseModel)


def show(event: APIGatewayProxyEvent, token: str) -> Response[str]:
    """The page, or the task as JSON for who asks for that."""
    try:
        task = listing.show(links.read(token))
    except StatewrightError as error:
        return _refused(error, as_page="html" in _header(event, "accept"))
    if _wants_page(event):
        return _page(200, page.render(task))
    return Response(200, "application/json", task.model_dump_json(), headers=dict(page.HEADERS))


def post(event: APIGatewayProxyEvent, token: str) -> Response[str]:
    """A decision or a comment, from the page's form or as JSON."""
    text = event.decoded_body or ""
    if _header(event, "content-type").startswith(_FORM):
        return _post_page(parse_qs(text, keep_blank_values=True), token)
    decision = _decision(text)
    link = links.read(token)
    deciding.decide_by_link(link, decision)
    return Response(200, "application/json", listing.show(link).model_dump_json())


def _decision(text: str) -> Decision:
    try:
        return Decision.model_validate(json.loads(text))
    except ValidationError as error:
        raise _invalid(error) from None
    except (ValueError, RecursionError):
        raise MalformedError("The body is not valid JSON.") from None


def _invalid(error: ValidationError) -> StatewrightError:
    return from_validation([{**e, "loc": ("body", *e["loc"])} for e in error.errors()])


def _post_page(raw: dict[str, list[str]], token: str) -> Response[str]:
    try:
        link = links.read(token)
        task = listing.show(link)
    except StatewrightError as error:
        return _refused(error, as_page=True)
    entered = _entered(task, raw)
    try:
        said = _act(link, raw, entered)
    except InvalidError as error:
        again = page.Entered(entered.values, entered.comment, error.issues)
        return _page(422, page.render(task, again))
    except StatewrightError as error:
        return _stale(error, link)
    return _page(200, page.render(listing.show(link), message=said))


def _entered(task: LinkedTask, raw: dict[str, list[str]]) -> page.Entered:
    values: dict[str, Any] = {}
    if task.form is not None:
        values = forms.posted(forms.read(task.form), task.form, raw)
    return page.Entered(values, _first(raw, "comment").replace("\r\n", "\n"))


def _act(link: Link, raw: dict[str, list[str]], entered: page.Entered) -> str:
    """Does what the button says; returns the sentence to be shown."""
    button, said = _first(raw, "decision"), entered.comment
    if button == _COMMENT_ONLY:
        handling.comment_by_link(link, _valid(NewComment, {"text": said}))
        return "Your comment is kept. The decision is still open."
    values = {} if button == "rejected" else dict(entered.values)
    wanted = {"decision": button, "comment": said, "form": values}
    deciding.decide_by_link(link, _valid(Decision, wanted))
    return "Thank you. Your answer is kept."


def _valid(model: type[Model], value: dict[str, Any]) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _invalid(error) from None


def _stale(error: StatewrightError, link: Link) -> Response[str]:
    """What was decided or handed over meanwhile is shown as it is now."""
    try:
        task = listing.show(link)
    except StatewrightError:
        return _refused(error, as_page=True)
    return _page(error.status, page.render(task, message=error.detail))


def _first(raw: dict[str, list[str]], name: str) -> str:
    return raw.get(name, [""])[0]


def _wants_page(event: APIGatewayProxyEvent) -> bool:
    """A program that asks for JSON gets that; everybody else the page."""
    accepted = _header(event, "accept")
    return "html" in accepted or "json" not in accepted


def _header(event: APIGatewayProxyEvent, name: str) -> str:
    headers = event.headers or {}
    return str(headers.get(name) or headers.get(name.title()) or "")


def _refused(error: StatewrightError, *, as_page: bool) -> Response[str]:
    return _page(error.status, page.refusal(error)) if as_page else problem(error)


def _page(status: int, text: str) -> Response[str]:
    return Response(status, _HTML, text, headers=dict(page.HEADERS))
