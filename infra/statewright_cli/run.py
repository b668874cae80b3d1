"""``run``: compiles a workflow and runs it in this process, with a table that grows as it goes."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.live import Live

from asl.commands import Dispatch
from asl.definition import parse_definition as parse_asl
from asl.errors import InvalidDefinitionError
from asl.execution import Status
from asl.history import render
from asl.memory import MemoryJournal, MemoryMachines
from asl.payload import Payload
from asl.ports import Accepted, Announcement, Succeeded, TaskError, TaskOutcome
from asl.registry import MachineRecord
from asl.runner import Runner
from localcloud.clock import SystemClock
from statewright.errors import StatewrightError
from statewright.integrations.calls import performing
from statewright.integrations.failures import HttpRequestError
from statewright.integrations.reach import parse_reach
from statewright.workflows.compiler import compile_definition
from statewright.workflows.step_view import step_runs
from statewright_cli.files import complain, problems, read_definition
from statewright_cli.table import steps_table

console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:run"
REFRESH_SECONDS = 0.1
_HERE = parse_reach("0.0.0.0/0,::/0")
"""Whoever runs a file on the own machine may call what the machine can reach."""


class LocalTasks:
    """Performs actions without a server: HTTP for real, mail and events shown instead of sent."""

    def __init__(self, say: Callable[[str], None]):
        self._say = say

    def __call__(self, dispatch: Dispatch) -> TaskOutcome:
        """Performs one call."""
        parameters = dispatch.parameters.value
        name = parameters.get("FunctionName", dispatch.resource.arn)
        payload = parameters.get("Payload", {})
        match name:
            case "${Function:http-request}":
                try:
                    answer = performing.perform(payload["with"], payload["key"], _HERE)
                except HttpRequestError as error:
                    return TaskError(type(error).__name__, str(error))
                return Succeeded(Payload({"Payload": answer, "StatusCode": 200}))
            case "${Function:send-email}":
                mail = payload["with"]
                self._say(f"mail to {mail['to']}: {mail['subject']}")
                return Succeeded(Payload({"Payload": {"message_id": "not-sent"}}))
            case "${Function:send-notification}":
                message = payload["with"]
                about = message.get("subject") or message.get("template") or message.get("text")
                self._say(f"{', '.join(message['channels'])} to {message['to']}: {about}")
                return Succeeded(Payload({"notification_id": "not-sent"}))
            case "${Function:ask-approval}":
                self._say(f"approval needed: {payload['with']['title']}")
                return Accepted(Payload({}))
        if dispatch.resource.service == "events":
            self._say(f"event {parameters['Entries'][0]['DetailType']}")
            return Succeeded(Payload({"FailedEntryCount": 0, "Entries": []}))
        return TaskError("NotAvailable", f"{name} needs a server: use `statewright serve`")


class _Ends:
    """Notes that the execution has ended."""

    def __init__(self) -> None:
        self.event = threading.Event()

    def __call__(self, announcements: Sequence[Announcement]) -> None:
        if any(a.execution.status is not Status.RUNNING for a in announcements):
            self.event.set()


def run_file(file: Path, text: str, variables: str) -> None:
    """Runs a file to its end; the exit code says whether it succeeded."""
    definition = read_definition(file)
    try:
        artefact = compile_definition(definition)
        parse_asl(artefact.text())
    except StatewrightError as error:
        complain(file, error)
    except InvalidDefinitionError as error:
        problems.print(error.message, style="red")
        raise typer.Exit(1) from None
    trigger = {
        "type": "manual",
        "id": "command line",
        "body": _json("--input", text),
        "headers": {},
        "query": {},
        "received_at": datetime.now(UTC).isoformat(),
    }
    start = {"trigger": trigger, "vars": _json("--vars", variables)}
    shown = definition.model_dump(mode="json", by_alias=True, exclude_unset=True)
    _run(artefact.text(), start, shown, artefact.bindings)


def _json(option: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        problems.print(f"{option} is not JSON: {error}", style="red")
        raise typer.Exit(2) from None


def _run(asl: str, start: Any, definition: Any, bindings: dict[str, str]) -> None:
    clock, journal, machines, ends = SystemClock(), MemoryJournal(), MemoryMachines(), _Ends()
    runner = Runner(journal, machines, LocalTasks(console.print), ends, clock)
    record = machines.create(MachineRecord(_ARN, "run", "STANDARD", "", asl, 0, clock.now()))
    runner.open()
    name = _ARN.replace("stateMachine", "execution") + f":{time.monotonic_ns()}"

    def table() -> Any:
        execution = journal.load(name)
        if execution is None:
            return ""
        events = [render(entry) for entry in journal.history(execution, 0, 25_000)]
        runs = step_runs(definition, bindings, events)
        title = f"{definition['name']}: {execution.status.value.lower()}"
        return steps_table([run.model_dump(mode="json") for run in runs], title)

    try:
        with Live(get_renderable=table, console=console, refresh_per_second=1 / REFRESH_SECONDS):
            runner.start(record, name, Payload(start))
            ends.event.wait()
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    finally:
        runner.close()
    _report(journal, name)


def _report(journal: MemoryJournal, name: str) -> None:
    execution = journal.load(name)
    assert execution is not None
    if execution.status is Status.SUCCEEDED and execution.output is not None:
        console.print_json(execution.output.text.decode())
        return
    failure = execution.failure
    if failure is not None:
        problems.print(f"{failure.error}: {failure.cause or ''}", style="red", markup=False)
    raise typer.Exit(1)
