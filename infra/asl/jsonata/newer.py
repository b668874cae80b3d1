"""Operators that JSONata has had since 2.1 and Step Functions, which runs 2.0.6, has not.

The library knows them; an expression with one would run here and not on AWS.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<skip>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*` | /\*.*?\*/ | \s+)
      | (?P<signature>\)\s*<[^{}]*>(?=\s*\{))
      | (?P<newer>\?\?|\?:)
      | (?P<operand>[\w$]+|[)\]}])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:[^/\\]|\\.)+/[a-z]*", re.DOTALL)


def find_newer(text: str) -> tuple[str, int] | None:
    """What JSONata 2.0.6 says of the first newer operator, and where that is."""
    if "??" not in text and "?:" not in text:
        return None
    at, after_operand = 0, False
    while at < len(text):
        regex = None if after_operand or text.startswith("/*", at) else _REGEX.match(text, at)
        if regex is not None:
            at, after_operand = regex.end(), True
            continue
        match = _TOKEN.match(text, at)
        assert match is not None
        at = match.end()
        if match["newer"]:
            return f'The symbol "{match[0][1]}" cannot be used as a unary operator', at
        text_literal = match["skip"] and not match[0].isspace() and match[0][:2] != "/*"
        if text_literal or match["operand"]:
            after_operand = True
        elif not match["skip"]:
            after_operand = False
    return None
