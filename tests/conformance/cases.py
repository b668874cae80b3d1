"""The outside cases: where they lie, and reading a file of them."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = (ROOT / ".." / "shared" / "conformance").resolve()
ASL = FOLDER / "asl_cases.json"
JSONATA = FOLDER / "jsonata_cases.json"
CORPUS = FOLDER / "asl_corpus.json"
LINT = FOLDER / "asl_lint_cases.json"
DEFAULT = (ASL, JSONATA, CORPUS, LINT)

Json = Any
Case = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Suite:
    """One file of cases."""

    name: str
    """``asl``, ``jsonata``, ``corpus`` or ``lint``: the schema of the file, not its name."""
    cases: list[Case]
    datasets: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a case ended. ``reason`` is empty where it passed."""

    id: str
    kind: str
    category: str
    reason: str = ""
    left_out: bool = False
    """Whether it was compared without fields that AWS added after the recording."""

    @property
    def passed(self) -> bool:
        """Whether the engine answered as recorded."""
        return not self.reason


def available() -> bool:
    """Whether the outside cases are on this machine."""
    return ASL.is_file()


def load(file: Path) -> Suite:
    """Reads a file of any of the four schemas, without entries whose answer is kept back."""
    content = json.loads(file.read_text())
    if "definitions" in content:
        return Suite("corpus", content["definitions"], {})
    if "datasets" in content:
        return Suite("jsonata", content["cases"], content["datasets"])
    if all("valid" in case for case in content["cases"]):
        return Suite("lint", content["cases"], {})
    return Suite("asl", [case for case in content["cases"] if _has_answer(case)], {})


def _has_answer(case: Case) -> bool:
    """Whether AWS answered: not kept back, and not refused by boto3 before it was sent."""
    if "steps" in case:
        return True
    return "expected" in case and not is_client_side(case["expected"].get("error_response"))


def is_client_side(refusal: dict[str, Any] | None) -> bool:
    """Whether boto3 itself refused the call, so that AWS never saw it."""
    if refusal is None:
        return False
    message = str(refusal.get("message", ""))
    return bool(refusal.get("client_side")) or message.startswith("Parameter validation failed")


def definition_text(case: Case) -> str:
    """The definition as it was sent to AWS."""
    return str(case["definition_text"]) if "definition_text" in case else _dumps(case["definition"])


def input_text(case: Case) -> str:
    """The input as it was sent to AWS."""
    return str(case["input_text"]) if "input_text" in case else _dumps(case.get("input", {}))


def _dumps(value: Json) -> str:
    return json.dumps(value)


@lru_cache(maxsize=1)
def _comparer() -> Any:
    spec = importlib.util.spec_from_file_location("conformance_compare", FOLDER / "compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def differences(expected: Json, actual: Json) -> list[str]:
    """Where an answer is not as recorded, by the rules of the reference comparer."""
    return sorted(_comparer().diff(expected, actual))
