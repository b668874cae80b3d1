"""Filter patterns of CloudWatch Logs, as far as they are supported: words, or one field's text.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from fnmatch import fnmatchcase

import orjson

from localcloud.errors import AwsError

Matches = Callable[[str], bool]
_FIELD = re.compile(r'\{ *\$\.(\w+) *= *"([\w*]*)" *\}')


def matcher(pattern: str) -> Matches:
    """What tells whether a message fits: it has all words, or a field as ``{ $.field = "te*t" }``.

    Raises:
        AwsError: a pattern of another form.
    """
    field = _FIELD.fullmatch(pattern.strip())
    if field is not None:
        return lambda message: _has(message, field[1], field[2])
    if any(character in pattern for character in '{}[]%?-"'):
        raise AwsError("NotSupportedLocally", f"The filter pattern {pattern} is not supported", 501)
    words = pattern.split()
    return lambda message: all(word in message for word in words)


def _has(message: str, field: str, wanted: str) -> bool:
    with suppress(orjson.JSONDecodeError):
        event = orjson.loads(message)
        value = event.get(field) if isinstance(event, dict) else None
        return isinstance(value, str) and fnmatchcase(value, wanted)
    return False
