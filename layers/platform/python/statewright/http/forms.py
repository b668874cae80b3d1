"""Bodies that may come from a page's form or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from pydantic import BaseModel, ValidationError

from statewright.errors import MalformedError
from statewright.http.problems import from_validation

Model = TypeVar("Model", bound=BaseModel)


def in_order(schema: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A schema's properties as a form shows them: what is needed first, as ``required`` has it.

    PostgreSQL's ``jsonb`` keeps the order of lists, not that of an object's names.
    """
    properties = schema.get("properties", {})
    needed = [name for name in schema.get("required", []) if name in properties]
    rest = [name for name in properties if name not in needed]
    return [(name, properties[name]) for name in dict.fromkeys([*needed, *rest])]


def form_of(event: APIGatewayProxyEvent) -> dict[str, str]:
    """The fields of a form that a page posted; none, where the body is no form."""
    return dict(parse_qsl(event.decoded_body or "", keep_blank_values=True))


def model_from(event: APIGatewayProxyEvent, model: type[Model]) -> tuple[Model, bool]:
    """The body as a model, and whether it came from a form.

    Raises:
        MalformedError: it is neither a form nor JSON.
        InvalidError: it does not fit the model.
    """
    text = event.decoded_body or ""
    kind = event.headers.get("content-type", "") if event.headers else ""
    is_form = kind.startswith("application/x-www-form-urlencoded")
    try:
        value: Any = dict(parse_qsl(text)) if is_form else json.loads(text)
        return model.model_validate(value), is_form
    except ValidationError as error:
        raise from_validation([{**e, "loc": ("body", *e["loc"])} for e in error.errors()]) from None
    except (ValueError, RecursionError):
        raise MalformedError("The body is not valid JSON.") from None
