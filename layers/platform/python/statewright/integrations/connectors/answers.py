"""Answers to values: JSON parsed, text as it is, bytes as Base64."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from statewright.integrations.failures import InvalidAnswer
from statewright.integrations.messages import Answer

_TEXT = re.compile(r"text/|[/+](json|xml|yaml|javascript|ecmascript|csv|x-www-form-urlencoded)\b")


def value_of(answer: Answer) -> Any:
    """What an answer holds.

    Raises:
        InvalidAnswer: it says that it is JSON, and is not.
    """
    if not answer.content:
        return None
    media_type = answer.head.headers.get("content-type", "").partition(";")[0].strip().lower()
    if re.search(r"[/+-]json$", media_type):
        try:
            return json.loads(answer.content)
        except ValueError:
            told = answer.head.request.told()
            raise InvalidAnswer(f"{told}: the answer says that it is JSON, and is not") from None
    if not media_type or _TEXT.search(media_type):
        return _guessed(answer) if not media_type else answer.text
    return {"base64": base64.b64encode(answer.content).decode(), "content_type": media_type}


def _guessed(answer: Answer) -> Any:
    """An answer without a type: JSON, where it is some."""
    try:
        return json.loads(answer.content)
    except ValueError:
        return answer.text
