"""Conditions as a URL's query has them."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from statewright.errors import MalformedError
from statewright.http.problems import from_validation
from statewright.integrations.tables.models import Condition

_CONDITIONS = TypeAdapter(list[Condition])


def conditions_from(text: str) -> list[Condition]:
    """Conditions from JSON text.

    Raises:
        MalformedError: it is no JSON.
        InvalidError: it is no list of conditions.
    """
    try:
        return _CONDITIONS.validate_json(text)
    except ValidationError as error:
        found = [{**one, "loc": ("query", "where", *one["loc"])} for one in error.errors()]
        raise from_validation(found) from None
    except RecursionError:
        raise MalformedError("The conditions are nested too deeply.") from None
