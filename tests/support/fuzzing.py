"""The whole API under requests that schemathesis makes up, judged by the API's own description."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import Failure, FailureGroup

from tests.support.planting import MARK, Planted

load_all_checks()
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
PATIENCE = 60.0
LONG_POLLS = ("wait",)
"""Parameters by which an answer takes its time."""
ORDER = {"get": 0, "post": 1, "put": 1, "patch": 1, "delete": 2}
"""What takes things away comes last."""


@dataclass
class Tally:
    """What was asked, by whom what was reached, and what is wrong."""

    asked: int = 0
    reached: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Fuzzer:
    """Asks one operation after the other, as the owner of what the ids name, as the owner of
    another workspace, and as nobody."""

    url: str
    mine: Planted
    stranger: Planted
    seed: int
    examples: int
    tally: Tally
    thorough: bool = True
    """Every request by everybody. Else an example stands for the requests that are right, and the
    stranger sends one, to what has an address."""

    def attack(self, operation: Any) -> None:
        """Sends requests to one operation."""
        secured = bool(operation.definition.raw.get("security"))
        for number, case in enumerate(self._cases(operation)):
            case.path_parameters = self.mine.filled(dict(case.path_parameters or {}))
            for name in LONG_POLLS:
                (case.query or {}).pop(name, None)
            if self.thorough or (number == 0 and "{" in operation.path):
                self._ask(case, self.stranger)  # first: there may be nothing left afterwards
            self._ask(case, self.mine)
            if not secured and (self.thorough or number == 0):
                self._ask(case, None)
        if secured and self.thorough:
            self._ask(case, None)

    def _cases(self, operation: Any) -> list[Case]:
        """The description's example, and made-up requests, the same ones for the same seed: as
        they should be, and as not."""
        made = list(_samples(operation))
        for mode in self._modes(operation, sampled=bool(made)):

            @seed(self.seed)
            @settings(
                max_examples=self.examples,
                phases=[Phase.generate],
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def collect(case: Case) -> None:
                made.append(case)

            with suppress(Unsatisfiable):  # nothing of this kind can be sent there
                collect()
        return made

    def _modes(self, operation: Any, *, sampled: bool) -> tuple[GenerationMode, ...]:
        """What to make up. Where there is only a path, any text will do, and hypothesis looks long
        for one that does not."""
        if self.thorough:
            return tuple(GenerationMode)
        raw = operation.definition.raw
        queries = any(p.get("in") == "query" for p in raw.get("parameters", []))
        wrong = (GenerationMode.NEGATIVE,) if queries or "requestBody" in raw else ()
        return wrong if sampled else (GenerationMode.POSITIVE, *wrong)

    def _ask(self, case: Case, who: Planted | None) -> None:
        headers = {} if who is None else {"Authorization": who.owner.http.headers["Authorization"]}
        case.headers = {k: v for k, v in (case.headers or {}).items() if k != "Authorization"}
        try:
            answer = case.call(base_url=self.url, headers=headers, timeout=PATIENCE)
        except (requests.exceptions.InvalidHeader, UnicodeError):
            return  # what cannot be sent at all
        self.tally.asked += 1
        for problem in _wrong(case, answer):
            self._note(case, who, answer, problem)
        if who is self.mine and answer.status_code < 400:
            self.tally.reached.add(case.operation.label)
        if who is not self.mine and MARK in answer.text and not _is_open(case):
            self._note(case, who, answer, "shows another workspace's things")
        if who is None and case.operation.definition.raw.get("security"):
            if answer.status_code != 401:
                self._note(case, who, answer, "answers without credentials")
        elif who is not None and answer.status_code == 401:
            who.sign_in_again()

    def _note(self, case: Case, who: Planted | None, answer: Any, problem: str) -> None:
        asker = "nobody" if who is None else "the owner" if who is self.mine else "a stranger"
        command = case.as_curl_command()
        said = answer.text[:300]
        self.tally.wrong.append(
            f"{case.operation.label} by {asker}: {problem}\n  {command[:600]}\n  {answer.status_code} {said}"
        )


def operations(document: dict[str, Any], tag: str | None = None) -> list[Any]:
    """The operations of an OpenAPI document, those last that take things away."""
    schema = schemathesis.openapi.from_dict(document)
    found = [result.ok() for result in schema.get_all_operations()]
    kept = [o for o in found if tag is None or tag in o.definition.raw["tags"]]
    return sorted(kept, key=lambda operation: ORDER[operation.method])


def _samples(operation: Any) -> Iterator[Case]:
    """The request that the description gives as its example."""
    raw = operation.definition.raw
    content = raw.get("requestBody", {}).get("content", {}).get("application/json", {})
    given = {
        parameter["name"]: parameter["example"]
        for parameter in raw.get("parameters", [])
        if parameter.get("in") == "path" and "example" in parameter
    }
    needed = {p["name"] for p in raw.get("parameters", []) if p.get("in") == "path"}
    if needed > given.keys() or ("requestBody" in raw and "example" not in content):
        return
    more = {"body": content["example"], "media_type": "application/json"} if content else {}
    yield operation.Case(path_parameters=given, headers={}, query={}, cookies={}, **more)


def _wrong(case: Case, answer: Any) -> list[str]:
    """What schemathesis has to say about an answer."""
    try:
        case.validate_response(answer, checks=[CHECKS.get_one(name) for name in CHECKED])
    except FailureGroup as group:
        return [" ".join(str(failure).split())[:300] for failure in group.exceptions]
    except Failure as failure:
        return [" ".join(str(failure).split())[:300]]
    return []


def _is_open(case: Case) -> bool:
    """Whether the path holds a secret that lets anybody in."""
    return "{token}" in case.operation.path
