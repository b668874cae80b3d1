"""The peers in the engine's bench, each in an environment of its own that the bench installs.

LocalStack and moto speak the Step Functions protocol and keep everything in memory; their clients
are boto3's, as ours would be. DBOS has no state machines: its workflow calls five durable steps in
a row, which is the case of five tasks, in the same PostgreSQL as ours, with the same settings.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import boto3
import engine_cases
import harness
import psycopg
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from engine_cases import Case
from engine_load import System, in_threads
from psycopg.conninfo import conninfo_to_dict

READY_SECONDS = 120
PATIENCE_SECONDS = 600
POLL_SECONDS = 0.02
LOCALSTACK, MOTO, DBOS = "localstack", "moto", "dbos"
NAMES = (LOCALSTACK, MOTO, DBOS)
LOCALSTACK_HINTS = Path(__file__).resolve().parents[2] / "shared" / "localstack"


class PeerError(Exception):
    """A peer cannot be measured here; the message is the sentence that says why."""


# -- installing -----------------------------------------------------------------------------------


def _environment(cache: Path, name: str, python: str, *packages: str) -> Path:
    """A virtual environment with the packages; made once, kept in the cache folder.

    Raises:
        PeerError: it cannot be made.
    """
    folder = cache / name
    if not (folder / "installed").exists():
        cache.mkdir(parents=True, exist_ok=True)
        _uv("venv", "--quiet", "--clear", "--python", python, str(folder))
        _uv("pip", "install", "--quiet", "--python", str(folder / "bin" / "python"), *packages)
        (folder / "installed").touch()
    return folder / "bin" / "python"


def _uv(*arguments: str) -> None:
    uv = shutil.which("uv")
    if uv is None:
        raise PeerError("uv is not installed")
    ran = subprocess.run([uv, *arguments], capture_output=True, text=True, check=False)
    if ran.returncode:
        reason = (ran.stderr.strip() or ran.stdout.strip()).splitlines()
        raise PeerError(f"uv {arguments[0]} failed: {reason[0] if reason else ran.returncode}")


# -- servers that speak the protocol --------------------------------------------------------------


class Wire:
    """A server of the Step Functions protocol. A :class:`engine_load.System`."""

    def __init__(self, name: str, url: str, cases: set[str]):
        self.name = name
        self.cases = cases
        self._loads = 0
        self.states = boto3.client(
            "stepfunctions",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="peer",
            aws_secret_access_key="peer",
            config=Config(max_pool_connections=64, retries={"max_attempts": 0}),
        )

    def load(self, case: Case, clients: int, count: int) -> tuple[float, list[float]]:
        """See :class:`engine_load.System`."""
        self._loads += 1
        made = self.states.create_state_machine(
            name=f"{case.name}-{self._loads}", definition=case.text, roleArn=engine_cases.ROLE
        )
        machine = made["stateMachineArn"]

        def start(number: int) -> None:
            name, text = f"{self._loads}-{number}", engine_cases.INPUT
            self.states.start_execution(stateMachineArn=machine, name=name, input=text)

        began = time.perf_counter()
        starts = in_threads(clients, count, start)
        self._await_ends(machine)
        took = time.perf_counter() - began
        if self._some(machine, "FAILED"):
            raise RuntimeError(f"executions of {case.name} failed in {self.name}")
        return took, starts

    def _await_ends(self, machine: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._some(machine, "RUNNING"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"executions do not end in {self.name}")
            time.sleep(POLL_SECONDS)

    def _some(self, machine: str, status: str) -> bool:
        found = self.states.list_executions(
            stateMachineArn=machine, statusFilter=status, maxResults=1
        )
        return bool(found["executions"])


@contextmanager
def _process(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server for a while; it is told to end, and after some time made to."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if "dbos" in command[-1] else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise PeerError(f"its server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise PeerError("its server does not answer")


@contextmanager
def localstack(cache: Path, python: str) -> Iterator[System]:
    """The last LocalStack that needs no account, as a plain process; JSONata by a plugin."""
    frozen = LOCALSTACK_HINTS / "requirements-frozen.txt"
    if not frozen.exists():
        raise PeerError(f"{frozen} is not there")
    interpreter = _environment(cache, LOCALSTACK, python, "-r", str(frozen))
    plugin = cache / "localstack-plugin"
    if not plugin.exists():
        shutil.copytree(LOCALSTACK_HINTS / "plugin", plugin)
        _uv("pip", "install", "--quiet", "--python", str(interpreter), "--no-deps", str(plugin))
    address = f"127.0.0.1:{harness.free_port()}"
    files = cache / "localstack-files"
    files.mkdir(exist_ok=True)
    told = {
        "GATEWAY_LISTEN": address,
        "LOCALSTACK_HOST": address,
        "FILESYSTEM_ROOT": str(files),
        "OVERRIDE_IN_DOCKER": "0",
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "SQS_ENDPOINT_STRATEGY": "path",
        "PROVIDER_OVERRIDE_DYNAMODB": "moto",
        "EAGER_SERVICE_LOADING": "0",
        "LS_LOG": "error",
        "TZ": "UTC",
    }
    with _process([str(interpreter), "-m", "localstack.runtime.main"], **told) as process:
        _await_answer(f"http://{address}/_localstack/health", process)
        yield _warm(Wire("localstack 2026.3.0", f"http://{address}", {"choice", "choice-jsonpath"}))


@contextmanager
def moto(cache: Path, python: str) -> Iterator[System]:
    """moto's server, told to run what it is given. JSONata does not work in it as it comes."""
    interpreter = _environment(cache, MOTO, python, "moto[server,stepfunctions]==5.2.5")
    port = harness.free_port()
    command = [str(interpreter), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _process(command) as process:
        url = f"http://127.0.0.1:{port}"
        _await_answer(f"{url}/moto-api/", process)
        run = json.dumps({"stepfunctions": {"execute_state_machine": True}}).encode()
        with urllib.request.urlopen(f"{url}/moto-api/config", run, timeout=30):
            pass
        yield _warm(Wire("moto 5.2.5", url, {"choice-jsonpath"}))


def _warm(peer: Wire) -> Wire:
    """The peer once it has run something: it loads much only when it is first asked."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            peer.load(engine_cases.CHOICE_JSONPATH, 1, 2)
            return peer
        except (BotoCoreError, ClientError) as error:
            if time.monotonic() > deadline:
                raise PeerError(f"its server does not run anything: {error}") from None


# -- DBOS -----------------------------------------------------------------------------------------


class Steps:
    """DBOS in a process of its own, told by lines what to run. A :class:`engine_load.System`."""

    name = "dbos 3.4.0, durable"
    cases = frozenset({"tasks"})

    def __init__(self, process: subprocess.Popen[bytes]):
        self._process = process

    def load(self, case: Case, clients: int, count: int) -> tuple[float, list[float]]:
        """See :class:`engine_load.System`."""
        answer = self.ask({"clients": clients, "count": count})
        return answer["seconds"], answer["starts"]

    def ask(self, order: dict[str, Any]) -> Any:
        """One order and its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise PeerError("its process ended")
        return json.loads(line)


@contextmanager
def dbos(cache: Path, python: str, url: str) -> Iterator[System]:
    """DBOS with its tables in a database beside ours."""
    interpreter = _environment(cache, DBOS, python, "dbos==3.4.0")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS dbos WITH (FORCE)")
        connection.execute("CREATE DATABASE dbos")
    known = conninfo_to_dict(url)
    address = f"postgresql://{known['user']}@/dbos?host={known['host']}"
    script = Path(__file__).with_name("engine_peer_dbos.py")
    command = [str(interpreter), str(script)]
    with _process(command, DBOS_URL=address) as process:
        steps = Steps(process)
        steps.ask({"clients": 1, "count": 2})
        yield steps


def opened(name: str, cache: Path, url: str, pythons: dict[str, str]) -> Any:
    """The peer of that name, not yet running."""
    openers: dict[str, Callable[[], Any]] = {
        LOCALSTACK: lambda: localstack(cache, pythons.get(LOCALSTACK, "3.13")),
        MOTO: lambda: moto(cache, pythons.get(MOTO, "3.11")),
        DBOS: lambda: dbos(cache, pythons.get(DBOS, "3.11"), url),
    }
    return openers[name]()


@contextmanager
def running(name: str, cache: Path, url: str, pythons: dict[str, str]) -> Iterator[System | None]:
    """The peer, or None with a sentence where it cannot be measured here."""
    with ExitStack() as closing:
        try:
            peer: System | None = closing.enter_context(opened(name, cache, url, pythons))
        except PeerError as error:
            print(f"{name} is left out: {error}", flush=True)
            peer = None
        yield peer
