"""Definitions with verdicts of linters, a second opinion: they are not recordings of AWS."""

from __future__ import annotations

import json
import re

from asl.definition import check_definition
from tests.conformance.cases import Case
from tests.conformance.corpus import filled

_RESOURCE = re.compile(r"The resource provided .* is not recognized|Task needs a Resource")
_WHY = (
    (_RESOURCE, "AWS takes the ARN of a function, an activity or an integration only"),
    (re.compile("Not a variable name"), "AWS takes letters, digits and underscores only"),
    (re.compile("'RoleArn' is required"), "AWS's Credentials have a RoleArn"),
    (re.compile("Duplicate State name"), "AWS wants names unique in the whole state machine"),
    (re.compile("'QueryLanguage' can not be"), "AWS refuses JSONPath below JSONata"),
    (re.compile("needs the processing mode"), "AWS reads items for a Distributed Map only"),
    (re.compile("valid JSONPath"), "Jayway, which AWS uses, has no scripts in paths"),
)
_LENIENT = {
    "aslv.invalid-math-add": "the argument is looked at when the function is called",
    "aslv.invalid-json-surround-syntax-extra-spaces": "AWS goes by the first and last two "
    "characters: any space may stand inside",
    "aslv.invalid-jsonata-surround-syntax-no-spaces": "AWS goes by the first and last two "
    "characters: no space is needed",
}


def judge(case: Case) -> str:
    """Compares the verdicts; returns where they differ and why, or nothing."""
    _, findings = check_definition(json.dumps(filled(case["definition"])))
    if bool(findings) is not bool(case["valid"]):
        return ""
    if not findings:
        return f"taken, the linter refuses it: {_LENIENT.get(case['id'], 'unexplained')}"
    messages = [finding.message for finding in findings]
    # what is wrong besides placeholders is of more interest
    first = next((each for each in messages if not _RESOURCE.search(each)), messages[0])
    why = next((why for words, why in _WHY if words.search(first)), "unexplained")
    return f"refused ({first[:60]}), the linter takes it: {why}"
