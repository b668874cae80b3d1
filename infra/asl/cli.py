"""``asl``: runs one state machine here, or serves the engine to any Step Functions client.

``asl run machine.asl.json --input '{}'`` keeps everything in memory and prints the output.
``asl serve --port 8083`` speaks AWS's protocol: ``aws stepfunctions --endpoint-url …``.
"""

from __future__ import annotations

import argparse
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from asl.adapters.file_log import FileLog
from asl.adapters.s3_objects import S3Objects
from asl.commands import Dispatch
from asl.engine import Engine, collect_seldom
from asl.errors import RUNTIME, ApiError, InvalidDefinitionError
from asl.execution import Status
from asl.memory import MemoryJournal, MemoryLog, MemoryMachines
from asl.payload import Payload
from asl.ports import Accepted, Announcement, Journal, Succeeded, TaskError, TaskOutcome
from asl.registry import Machines
from asl.signals import leave_in_order

CONNECTIONS = 24
CONNECT_SECONDS = 10
_ROLE = "arn:aws:iam::000000000000:role/asl"
_ATTEMPTS = re.compile(r"(\d+)(?:-(\d+))?")
_MOCK_HELP = """a JSON file of results by state name. A result may be any value; {"Return": value}
or {"Throw": {"Error": …, "Cause": …}}; or these by attempt, as AWS Step Functions Local has them:
{"0": {"Throw": …}, "1-2": {"Return": …}}"""

_LOGS_HELP = """a file for the events of state machines with a loggingConfiguration, as CloudWatch
Logs shows them, one JSON object a line"""


class CommandError(Exception):
    """The command cannot be performed. The message is what the user reads."""


class SystemClock:
    """The machine's time. Implements :class:`asl.ports.Clock`."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000


class MockedTasks:
    """Gives tasks the results of a file. Implements :class:`asl.ports.TaskDispatcher`.

    Args:
        results: by state name, in the forms that ``--mock`` takes.
        tokens_wait: a ``.waitForTaskToken`` task without a result waits for SendTaskSuccess or
            SendTaskFailure; otherwise it is refused, as every other task without a result.
    """

    def __init__(self, results: Mapping[str, Any], *, tokens_wait: bool):
        self._results = results
        self._tokens_wait = tokens_wait

    def __call__(self, dispatch: Dispatch) -> TaskOutcome:
        """The task's outcome."""
        if dispatch.state in self._results:
            return _mocked(self._results[dispatch.state], dispatch)
        if self._tokens_wait and dispatch.resource.pattern == "token":
            return Accepted(Payload({}))
        # States.Runtime: no Catch may take the refusal for a failure of the task.
        return TaskError(
            RUNTIME,
            f"The state '{dispatch.state}' calls {dispatch.resource.arn}, and asl performs no "
            "tasks by itself: give its result with --mock results.json",
        )


def _mocked(entry: Any, dispatch: Dispatch) -> TaskOutcome:
    attempt = dispatch.retry_count
    if isinstance(entry, dict) and entry and all(_ATTEMPTS.fullmatch(key) for key in entry):
        try:
            entry = next(entry[key] for key in entry if attempt in _attempts(key))
        except StopIteration:
            cause = f"--mock has no result for attempt {attempt} of '{dispatch.state}'"
            return TaskError(RUNTIME, cause)
    match entry:
        case {"Return": value} if len(entry) == 1:
            return Succeeded(Payload(value))
        case {"Throw": dict() as thrown} if len(entry) == 1:
            return TaskError(thrown.get("Error"), thrown.get("Cause"))
        case _:
            return Succeeded(Payload(entry))


def _attempts(key: str) -> range:
    first, last = _ATTEMPTS.fullmatch(key).groups()  # type: ignore[union-attr]
    return range(int(first), int(last or first) + 1)


# -- run ------------------------------------------------------------------------------------------


class _Watch:
    """Notes that the execution has ended, or that the engine itself has failed."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.bug: Exception | None = None

    def announce(self, announcements: Sequence[Announcement]) -> None:
        """Takes status changes."""
        if any(each.execution.status is not Status.RUNNING for each in announcements):
            self.over.set()

    def report(self, error: Exception) -> None:
        """Takes a failure of the engine. In memory nothing gets better by trying again."""
        self.bug = error
        self.over.set()


def run(machine: Path, text: str, mock: Path | None) -> int:
    """Runs a state machine to its end and prints its output.

    Returns:
        The exit code: 0 if the execution succeeded, else 1.
    """
    definition, results = _read(machine), _results(mock)
    journal, machines, clock, watch = MemoryJournal(), MemoryMachines(), SystemClock(), _Watch()
    tasks = MockedTasks(results, tokens_wait=False)
    engine = Engine(
        journal,
        machines,
        tasks,
        watch.announce,
        clock,
        MemoryLog(),
        report=watch.report,
        objects=S3Objects(),
    )
    states = engine.api
    created = states.create_state_machine("run", definition, _ROLE)
    engine.open()
    try:
        started = states.start_execution(created["stateMachineArn"], input=text)
        watch.over.wait()
    finally:
        engine.close()
    if watch.bug is not None:
        raise watch.bug
    ended = states.describe_execution(started["executionArn"])
    if ended["status"] == Status.SUCCEEDED.value:
        _say(ended["output"])
        return 0
    _complain(": ".join(filter(None, (ended.get("error"), ended.get("cause")))) or ended["status"])
    return 1


# -- serve ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens and keeps its data. ``database_url`` empty: in memory.

    ``logs`` is the file for the events of state machines that have a log group.
    """

    host: str
    port: int
    database_url: str = ""
    logs: Path | None = None


def serve(place: Place, mock: Path | None) -> int:
    """Serves until interrupted."""
    from asl.server import Server, listen

    leave_in_order()
    results = _results(mock)
    with ExitStack() as closing:
        try:
            listener = listen(place.host, place.port)
        except OSError as error:
            raise CommandError(f"{place.host}:{place.port} cannot be used: {error}") from None
        closing.callback(listener.close)
        journal, machines = _stores(place.database_url, closing.callback)
        tasks = MockedTasks(results, tokens_wait=True)
        log = _file_log(place.logs, closing.callback)
        clock, objects = SystemClock(), S3Objects()
        engine = Engine(journal, machines, tasks, _announce_to_nobody, clock, log, objects=objects)
        engine.open()
        closing.callback(engine.close)
        collect_seldom()
        server = Server(engine.api, listener)
        kept = "PostgreSQL" if place.database_url else "memory"
        _say(f"asl serves on http://{place.host}:{listener.getsockname()[1]}, data in {kept}")
        try:
            server.run()
        except KeyboardInterrupt:
            _say("stopped")
    return 0


def _stores(url: str, on_close: Callable[[Callable[[], Any]], Any]) -> tuple[Journal, Machines]:
    if not url:
        return MemoryJournal(), MemoryMachines()
    import psycopg

    from asl.adapters.postgres_journal import PostgresJournal, create_schema
    from asl.adapters.postgres_machines import PostgresMachines
    from asl.adapters.postgres_pool import open_pool

    try:  # once without the pool, which would go on trying and not say why
        psycopg.connect(url, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.Error as error:
        raise CommandError(f"The database cannot be used: {error}") from None
    pool = open_pool(url, CONNECTIONS)
    on_close(pool.close)
    create_schema(pool)
    machines = PostgresMachines(pool)
    journal = PostgresJournal(pool, machines)
    on_close(journal.close)
    return journal, machines


def _file_log(file: Path | None, on_close: Callable[[Callable[[], Any]], Any]) -> FileLog:
    try:
        log = FileLog(file)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error}") from None
    on_close(log.close)
    return log


def _announce_to_nobody(announcements: Sequence[Announcement]) -> None:
    """There is no event bus here."""


# -- the command line -----------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "run":
            return run(options.machine, options.input, options.mock)
        place = Place(options.host, options.port, options.database_url, options.logs)
        return serve(place, options.mock)
    except InvalidDefinitionError as error:
        for finding in error.findings:
            _complain(f"{finding.code}: {finding.message} at {finding.location}")
    except ApiError as error:
        _complain(f"{error.code}: {error.message}")
    except CommandError as error:
        _complain(str(error))
    except KeyboardInterrupt:
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("asl", description="The States Language engine.")
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="run a state machine here and print its output")
    running.add_argument("machine", type=Path, help="the definition, JSON")
    running.add_argument("--input", default="{}", help="the execution's input, JSON")
    serving = commands.add_parser("serve", help="speak AWS Step Functions' protocol over HTTP")
    serving.add_argument("--port", type=int, default=8083, help="0 takes a free one")
    serving.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    serving.add_argument("--database-url", default="", help="PostgreSQL; without it, in memory")
    serving.add_argument("--logs", type=Path, help=_LOGS_HELP)
    for command in (running, serving):
        command.add_argument("--mock", type=Path, help=_MOCK_HELP)
    return parser


def _results(mock: Path | None) -> dict[str, Any]:
    if mock is None:
        return {}
    try:
        results = orjson.loads(_read(mock))
    except orjson.JSONDecodeError as error:
        raise CommandError(f"{mock} is not JSON: {error}") from None
    if not isinstance(results, dict):
        raise CommandError(f"{mock} is not a JSON object of results by state name")
    return results


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _complain(line: str) -> None:
    sys.stderr.write(f"{line}\n")
