"""The callers: they start executions, hold task tokens, stop executions, and note what they heard."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.crash.machines import BY_NAME, KINDS, Kind
from tests.crash.wire import PATIENCE, Answer, Wire

STARTERS = 3
MOST_UNDER_WAY = 60
POLL = 0.05
_PREFIX = "arn:aws:states:us-east-1:000000000000:"


@dataclass
class Heard:
    """What the callers were told, and what they did not expect to be told."""

    started: dict[str, tuple[Kind, int]] = field(default_factory=dict)
    """ARN → kind and n, of each execution that the engine said it had started."""
    tokens: dict[str, int] = field(default_factory=dict)
    """Key → n, of each task whose result the engine said it had taken."""
    unanswered: int = 0
    failed: list[str] = field(default_factory=list)
    """Errors that were answered with 5xx."""
    longest: float = 0.0
    """The longest that one attempt took, in seconds."""
    surprises: list[str] = field(default_factory=list)


class Load:
    """Threads that call the engine until they are told to stop."""

    def __init__(self, url: str, ports: list[int], seed: int):
        self.heard = Heard()
        self._url = url
        self._seed = seed
        self._ports = ports
        self._wire = Wire(ports)
        self._lock = threading.Lock()
        self._room = threading.Event()
        self._no_more_starts = threading.Event()
        self._over = threading.Event()
        self._starters = [self._thread(self._start_many, n) for n in range(STARTERS)]
        self._others = [
            self._thread(work) for work in (self._watch, self._answer_tokens, self._work_activities)
        ]

    def begin(self) -> None:
        for thread in [*self._starters, *self._others]:
            thread.start()

    def stop_starting(self) -> None:
        """No new executions; tokens and activities go on being answered."""
        self._no_more_starts.set()
        self._room.set()
        self._join(self._starters)

    def end(self) -> None:
        self.stop_starting()
        self._over.set()
        self._join(self._others)

    def _thread(self, work: Callable[..., None], *arguments: Any) -> threading.Thread:
        def run() -> None:
            try:
                work(*arguments)
            except Exception as error:
                self._surprise(f"{work.__name__} ended with {type(error).__name__}: {error}")

        return threading.Thread(target=run, daemon=True)

    def _join(self, threads: list[threading.Thread]) -> None:
        for thread in threads:
            thread.join(PATIENCE + 10)
            if thread.is_alive():
                self._surprise("a caller hangs")

    def _surprise(self, what: str) -> None:
        with self._lock:
            self.heard.surprises.append(what)

    def meet_absence(self) -> None:
        """Calls the engine, while its database is away, and notes what it says."""
        answer = Wire(self._ports).call("ListActivities")
        with self._lock:
            if answer.status < 500:
                self.heard.surprises.append(f"an answer without a database: {answer}")
            else:
                self.heard.failed.append(f"{answer.code}: {answer.body.get('message')}")

    # -- starting -----------------------------------------------------------------------------

    def _start_many(self, number: int) -> None:
        chance = random.Random(f"{self._seed}/{number}")
        weights = [kind.weight for kind in KINDS]
        n = number
        while not self._no_more_starts.is_set():
            self._room.wait()
            n += STARTERS
            self._start(chance.choices(KINDS, weights)[0], n)

    def _start(self, kind: Kind, n: int) -> None:
        arn = f"{_PREFIX}execution:{kind.name}:{kind.name}-{n}"
        answer = self._insist(
            "StartExecution",
            stateMachineArn=f"{_PREFIX}stateMachine:{kind.name}",
            name=f"{kind.name}-{n}",
            input=json.dumps({"n": n}),
        )
        # Exists: an attempt without an answer has started it, and it has ended meanwhile.
        known = answer.code == "ExecutionAlreadyExists" and answer.unsure
        if not known and answer.body.get("executionArn") != arn:
            self._surprise(f"start of {arn}: {answer}")
            return
        with self._lock:
            self.heard.started[arn] = (kind, n)
        if kind is BY_NAME["stopped"]:
            self._insist("StopExecution", executionArn=arn, error="Enough", cause="of this")

    def _insist(self, operation: str, **parameters: Any) -> Answer:
        answer = self._wire.insist(operation, **parameters)
        with self._lock:
            self.heard.unanswered += answer.unanswered
            self.heard.failed += answer.failed
            self.heard.longest = max(self.heard.longest, answer.longest)
        return answer

    def _watch(self) -> None:
        """Keeps the starters from running away from the engine."""
        while not self._over.wait(POLL):
            found = self._rows("SELECT count(*) FROM asl.executions WHERE status = 0")
            if found and found[0][0] < MOST_UNDER_WAY:
                self._room.set()
            elif found and not self._no_more_starts.is_set():
                self._room.clear()

    def _rows(self, query: str, *parameters: Any) -> list[Any]:
        """The rows, or none while the database is away."""
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                cursor = connection.execute(query.encode(), parameters)
                return cursor.fetchall() if cursor.description else []
        except psycopg.OperationalError:
            return []

    # -- answering ----------------------------------------------------------------------------

    def _answer_tokens(self) -> None:
        query = "SELECT key, token, n FROM crash.tokens WHERE NOT key = ANY(%s) LIMIT 50"
        while not self._over.wait(POLL):
            for key, token, n in self._rows(query, list(self.heard.tokens)):
                self._answer_token(key, token, n)

    def _answer_token(self, key: str, token: str, n: int) -> None:
        operation, result = "SendTaskSuccess", {"output": json.dumps({"n": n * 2})}
        if n % 5 == 0:
            operation, result = "SendTaskFailure", {"error": "Refused"}
        answer = self._insist(operation, taskToken=token, **result)
        with self._lock:
            self.heard.tokens[key] = n
        if answer.code is not None and not (answer.code == "TaskTimedOut" and answer.unsure):
            self._surprise(f"the token of {key}: {answer}")
        if n % 3 == 0:
            again = self._insist(operation, taskToken=token, **result)
            if again.code != "TaskTimedOut":
                self._surprise(f"the token of {key} could be used twice: {again}")

    def _work_activities(self) -> None:
        activity = f"{_PREFIX}activity:work"
        while not self._over.is_set():
            task = self._insist("GetActivityTask", activityArn=activity).body
            if "taskToken" in task:
                output = json.dumps({"n": json.loads(task["input"])["n"] + 10})
                # Late, where its time ran out meanwhile: then it was given to a worker again.
                self._insist("SendTaskSuccess", taskToken=task["taskToken"], output=output)
