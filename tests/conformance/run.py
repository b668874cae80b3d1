"""Every case of every suite, one verdict each; nothing that the engine does stops the harness."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conformance import api_script, api_single, corpus, executions, jsonata_suite, lint
from tests.conformance.cases import Case, Suite, Verdict, load
from tests.conformance.normalise import shortened
from tests.conformance.recording import Recording

SECONDS = 20
"""The longest that one case may take."""


class TooSlowError(Exception):
    """A case went on for too long."""


def run_file(file: Path, kinds: set[str] | None = None) -> list[Verdict]:
    """Runs a file of cases; only those of some kinds, if given."""
    engine = logging.getLogger("asl")
    before = engine.level
    engine.setLevel(logging.CRITICAL)  # cases make tasks fail by the hundred
    try:
        return list(run_suite(load(file), kinds))
    finally:
        engine.setLevel(before)


def run_suite(suite: Suite, kinds: set[str] | None = None) -> Iterator[Verdict]:
    """Runs the cases of one schema."""
    match suite.name:
        case "jsonata":
            for case in suite.cases:
                category = "2.0.6" if case.get("passes_2_0_6") else "newer than 2.0.6"
                judged = _guarded(jsonata_suite.judge, case, suite.datasets)
                yield Verdict(jsonata_suite.id_of(case), "jsonata", category, judged)
        case "corpus":
            for case in suite.cases:
                judged = _guarded(corpus.judge, case)
                yield Verdict(f"corpus.{case['id']}", "corpus", case["query_language"], judged)
        case "lint":
            for case in suite.cases:
                judged = _guarded(lint.judge, case)
                yield Verdict(f"lint.{case['id']}", "lint", case["source"], judged)
        case _:
            yield from _run_asl(suite.cases, kinds)


def _run_asl(cases: list[Case], kinds: set[str] | None) -> Iterator[Verdict]:
    by_id = {case["id"]: case for case in cases}
    for case in cases:
        kind = case["kind"]
        if kinds is not None and kind not in kinds:
            continue
        recording = Recording(case)
        if kind == "execution":
            judged = _guarded(executions.judge, case, recording)
        elif kind == "api_script":
            twin = by_id.get(case["id"].removesuffix("!api"), {})
            outcomes = (twin.get("mocks") or {}).get("task_outcomes")
            judged = _guarded(api_script.judge, case, recording, outcomes)
        else:
            judged = _guarded(api_single.judge, case, recording)
        reason = f"{judged} [recorded {recording.month}]" if judged else ""
        yield Verdict(case["id"], kind, case["category"], reason, recording.left_out)


def _guarded(judge: Callable[..., str], case: Case, *more: Any) -> str:
    """A judge's reason; an exception or a hang of the engine is a reason too."""
    try:
        with _time_limit():
            return shortened(judge(case, *more))
    except TooSlowError:
        return f"no answer within {SECONDS} seconds"
    except Exception as error:
        return shortened(f"raised {type(error).__name__}: {error}")


@contextmanager
def _time_limit() -> Iterator[None]:
    def ring(*_: Any) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
