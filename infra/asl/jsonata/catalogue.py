"""The errors of JSONata's own functions, with the codes and sentences of its catalogue.

https://github.com/jsonata-js/jsonata/blob/v2.0.6/src/jsonata.js (errorCodes)
"""

from __future__ import annotations

import re

_SENTENCES = {
    "D1004": "Regular expression matches zero length string",
    "D3010": "Second argument of replace function cannot be an empty string",
    "D3011": "Fourth argument of replace function must evaluate to a positive number",
    "D3020": "Third argument of split function must evaluate to a positive number",
    "D3040": "Third argument of match function must evaluate to a positive number",
    "D3080": "The picture string must only contain a maximum of two sub-pictures",
    "D3081": "The sub-picture must not contain more than one instance of the 'decimal-separator' "
    "character",
    "D3082": "The sub-picture must not contain more than one instance of the 'percent' character",
    "D3083": "The sub-picture must not contain more than one instance of the 'per-mille' character",
    "D3084": "The sub-picture must not contain both a 'percent' and a 'per-mille' character",
    "D3085": "The mantissa part of a sub-picture must contain at least one character that is "
    "either an 'optional digit character' or a member of the 'decimal digit family'",
    "D3086": "The sub-picture must not contain a passive character that is preceded by an active "
    "character and that is followed by another active character",
    "D3087": "The sub-picture must not contain a 'grouping-separator' character that appears "
    "adjacent to a 'decimal-separator' character",
    "D3088": "The sub-picture must not contain a 'grouping-separator' at the end of the integer "
    "part",
    "D3089": "The sub-picture must not contain two adjacent instances of the 'grouping-separator' "
    "character",
    "D3090": "The integer part of the sub-picture must not contain a member of the 'decimal digit "
    "family' that is followed by an instance of the 'optional digit character'",
    "D3091": "The fractional part of the sub-picture must not contain an instance of the 'optional "
    "digit character' that is followed by a member of the 'decimal digit family'",
    "D3092": "A sub-picture that contains a 'percent' or 'per-mille' character must not contain a "
    "character treated as an 'exponent-separator'",
    "D3093": "The exponent part of the sub-picture must comprise only of one or more characters "
    "that are members of the 'decimal digit family'",
    "D3110": "The argument of the toMillis function must be an ISO 8601 formatted timestamp. "
    'Given "{}"',
    "D3130": 'Formatting or parsing an integer as a sequence starting with "{}" is not supported '
    "by this implementation",
    "D3131": "In a decimal digit pattern, all digits must be from the same decimal group",
    "D3132": 'Unknown component specifier "{}" in date/time picture string',
    "D3133": "The 'name' modifier can only be applied to months and days in the date/time picture "
    'string, not "{}"',
    "D3134": "The timezone integer format specifier cannot have more than four digits",
    "D3135": "No matching closing bracket ']' in date/time picture string",
    "D3136": "The date/time picture string is missing specifiers required to parse the timestamp",
    "D3137": "{}",
    "D3140": 'Malformed URL passed to ${}(): "{}"',
}


class FunctionError(ValueError):
    """A function refuses its arguments. The text is the code, a colon, and the sentence."""

    def __init__(self, code: str, *values: object):
        super().__init__(f"{code}: {_SENTENCES[code].format(*values)}")
        self.code = code


_RAISED = re.compile(r"FunctionError: ([A-Z]\d{4}): (.*)", re.DOTALL)
_BOUNDS = {"STACK_OVERFLOW", "TIMEOUT"}
_NUMBERED = {"D2014", "D3060", "D3061", "D3100", "T0410"}


def describe(code: str, sentence: str) -> tuple[str, str]:
    """The code and sentence of an error as JSONata has them.

    Args:
        code: the library's; it may be missing, or be that of any error in a function of ours.
        sentence: the library's. It says "Object" for "function", and quotes numbers.
    """
    raised = _RAISED.match(sentence)
    if raised is not None:
        return raised[1], raised[2]
    sentence = sentence.removeprefix("JSonataException ")
    for known, text in _SENTENCES.items():
        if text == sentence:
            return known, text
    if code in _BOUNDS:
        return "U1001", sentence
    if code == "T0411":
        return code, "Context value is not a compatible type with the function's argument"
    if code == "T0412":
        kind = "numbers" if '"n"' in sentence else "strings"
        return code, f"The function's argument must be an array of {kind}"
    sentence = re.sub(r"\bObject\b", "function", sentence)
    sentence = re.sub(r'\$\{"(\w+)"\}', r"$\1", sentence).replace("operator {{token}}", "operator")
    if code in _NUMBERED:
        sentence = re.sub(r'"(-?\d+(?:\.\d+)?)"', r"\1", sentence)
    return code or "D3137", sentence
