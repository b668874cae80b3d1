"""Lambda without containers: each execution environment is a process on this machine.

The process is a fork of one that has imported what all functions import (``nursery.py``), runs
AWS's own runtime interface client, and talks to it over the Lambda runtime API:
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
Left out of what Lambda does: the sandbox, layers (what they hold is on the Python path) and the
declared runtime and architecture.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import signal
import tempfile
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from http.server import ThreadingHTTPServer
from typing import Any

from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from statewright_localstack.births import Births
from statewright_localstack.runtime_api import runtime_api

_log = logging.getLogger(__name__)
_EXIT = {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited"}


class ProcessesPlugin(RuntimeExecutorPlugin):
    """Chosen by ``LAMBDA_RUNTIME_EXECUTOR=processes``."""

    name = "processes"

    def load(self, *args: Any, **kwargs: Any) -> type[RuntimeExecutor]:
        return ProcessExecutor


class ProcessExecutor(RuntimeExecutor):
    """One execution environment."""

    births = Births()

    def start(self, env_vars: dict[str, Any]) -> None:
        """Starts the process; returns once it asks for its first event."""
        self.env = {name: str(value) for name, value in env_vars.items()}
        self.log = tempfile.NamedTemporaryFile("ab", prefix="lambda-", suffix=".log")  # noqa: SIM115
        self._spawn()

    def _spawn(self) -> None:
        self.todo: queue.Queue[Any] = queue.Queue()
        self.ready: Future[bool] = Future()
        self.result: Future[tuple[bytes, bool]] | None = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), runtime_api(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.function_version.config.code.prepare_for_execution()
        code = str(self.function_version.config.code.get_unzipped_code_location())
        api = f"127.0.0.1:{self.server.server_port}"
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            **self.env,
            "AWS_LAMBDA_RUNTIME_API": api,
            "LAMBDA_TASK_ROOT": code,
        }
        self.child = self.births.bear(env, code, self.log.name)
        threading.Thread(target=self._reap, args=(self.child, self.ready), daemon=True).start()
        self.ready.result()

    def _reap(self, child: Any, ready: Future[bool]) -> None:
        child.wait()
        gone = json.dumps(_EXIT).encode()
        if not ready.done():
            _log.warning("A function did not start: %s", self._read(0))
        with contextlib.suppress(Exception):  # it may have begun or failed before
            ready.set_exception(StatusErrorException("init failed", payload=gone))
        if child is self.child:
            self.finish(gone, True)

    def begun(self) -> None:
        """The process asks for an event."""
        if not self.ready.done():
            self.ready.set_result(True)

    def could_not_begin(self, body: bytes) -> None:
        """The handler's module cannot be imported."""
        _log.warning("A function did not start: %s", body.decode())
        if not self.ready.done():
            self.ready.set_exception(StatusErrorException("init failed", payload=body))

    def finish(self, payload: bytes, is_error: bool) -> None:
        """An event's outcome."""
        if self.result is not None and not self.result.done():
            self.result.set_result((payload, is_error))

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Hands an event over and waits for its outcome, at most as long as the time limit."""
        if self.child.ended():
            self._shutdown()
            self._spawn()
        begin, self.result = self._size(), Future()
        timeout = self.function_version.config.timeout
        request, started = payload["invoke-id"], time.time()
        self.todo.put((payload, int((started + timeout) * 1000)))
        try:
            body, is_error = self.result.result(timeout)
        except FutureTimeoutError:
            self._shutdown()
            said = f"RequestId: {request} Error: Task timed out after {timeout:.2f} seconds"
            timed_out = {"errorType": "Sandbox.Timedout", "errorMessage": said}
            body, is_error = json.dumps(timed_out).encode(), True
        took = (time.time() - started) * 1000
        logs = (
            f"START RequestId: {request}\n{self._read(begin)}END RequestId: {request}\n"
            f"REPORT RequestId: {request}\tDuration: {took:.2f} ms\n"
        )
        return InvocationResult(request, body, is_error=is_error, logs=logs)

    def _size(self) -> int:
        return os.stat(self.log.name).st_size

    def _read(self, begin: int) -> str:
        with open(self.log.name, "rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace")

    def _shutdown(self) -> None:
        self.child.kill(signal.SIGKILL)
        self.todo.put(None)
        self.server.shutdown()
        self.server.server_close()

    def stop(self) -> None:
        """Ends the process."""
        self._shutdown()
        self.log.close()

    def get_address(self) -> str:
        """Where the process finds LocalStack."""
        return "127.0.0.1"

    get_endpoint_from_executor = get_address

    def get_runtime_endpoint(self) -> str:
        """LocalStack's own runtime API, which is not used."""
        return ""

    def get_logs(self) -> str:
        """All that the process has written."""
        return self._read(0)

    @classmethod
    def prepare_version(cls, function_version: Any) -> None:
        """Nothing: the code is unpacked when the first process starts."""

    @classmethod
    def cleanup_version(cls, function_version: Any) -> None:
        """Nothing is kept beside the code, which LocalStack removes."""
