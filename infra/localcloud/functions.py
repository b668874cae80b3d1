"""The Lambda host: functions run in this process, by handler, with Lambda's semantics.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import importlib
import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from localcloud.calls import running
from localcloud.errors import AwsError, TemplateError
from localcloud.ids import new_id

MAX_PAYLOAD = 6_291_456
"""Synchronous request and response, bytes each."""
CONCURRENCY = 256
OTHER_TIMEOUT = 30.0
Handler = Callable[[Any, Any], Any]
_log = logging.getLogger("localcloud.functions")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the template."""

    name: str
    arn: str
    module: str
    attribute: str
    timeout: float
    memory: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation gave. ``error`` is None, or ``Unhandled`` with an error payload."""

    payload: bytes
    error: str | None = None


class Context:
    """The context object that a handler gets.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_version = "$LATEST"
    client_context = None
    identity = None

    def __init__(self, function: Function):
        self.function_name = function.name
        self.invoked_function_arn = function.arn
        self.memory_limit_in_mb = function.memory
        self.log_group_name = f"/aws/lambda/{function.name}"
        self.log_stream_name = "local"
        self._deadline = time.monotonic() + function.timeout

    @cached_property
    def aws_request_id(self) -> str:
        """The invocation's id."""
        return new_id()

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's time limit."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class LambdaHost:
    """Invokes functions. A function that overruns its time limit is abandoned, not killed."""

    def __init__(self) -> None:
        self._functions: dict[str, Function] = {}
        self._handlers: dict[str, Handler] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(CONCURRENCY, "lambda")
        self.watch: Callable[[str, str], None] = lambda *_: None
        """Sees the name and the outcome of every invocation."""
        self.begin: Callable[[], None] = lambda: None
        """Called before each invocation: whoever records calls lets nothing be kept from others."""
        self.elsewhere: Callable[[str], Handler | None] = lambda _: None
        """The handler of a function that the template does not have: another stack's."""

    def add(self, function: Function) -> None:
        """Makes a function known. Its module is imported when it is first called."""
        self._functions[function.name] = function

    def names(self) -> list[str]:
        """The names of all functions."""
        return sorted(self._functions)

    def functions(self) -> list[Function]:
        """All functions of the template."""
        return list(self._functions.values())

    def close(self) -> None:
        """Takes no more invocations."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def find(self, name: str) -> Function:
        """The function of a name or an ARN.

        Raises:
            AwsError: ResourceNotFoundException.
        """
        short = name.rsplit(":function:", maxsplit=1)[-1].split(":", maxsplit=1)[0]
        function = self._functions.get(short) or self._other(short)
        if function is None:
            raise AwsError("ResourceNotFoundException", f"Function not found: {name}", 404)
        return function

    def _other(self, name: str) -> Function | None:
        """A function of another stack, as it is now: it may change while this runs."""
        handler = self.elsewhere(name)
        if handler is None:
            return None
        self._handlers[name] = handler
        return Function(name, name, "", "", OTHER_TIMEOUT, 256)

    def handler(self, function: Function) -> Handler:
        """The function's handler, imported once."""
        known = self._handlers.get(function.name)
        if known is not None:
            return known
        with self._lock:
            try:
                module = importlib.import_module(function.module)
                handler: Handler = getattr(module, function.attribute)
            except (ImportError, AttributeError) as error:
                raise TemplateError(f"{function.name}: no handler: {error}") from error
            self._handlers[function.name] = handler
        return handler

    def invoke(self, name: str, payload: bytes) -> Outcome:
        """Invokes a function and waits for it, at most as long as its time limit."""
        if len(payload) > MAX_PAYLOAD:
            raise AwsError(
                "RequestTooLargeException",
                f"Request must be smaller than {MAX_PAYLOAD} bytes for InvokeFunction",
                413,
            )
        return self.invoke_event(name, orjson.loads(payload))

    def invoke_event(self, name: str, event: Any) -> Outcome:
        """Invokes a function with an event that is its own from now on, and is not too large."""
        function = self.find(name)
        context = Context(function)
        running = self._threads.submit(self._run, function, event, context)
        try:
            return running.result(function.timeout)
        except FutureTimeoutError:
            running.cancel()
            return _failure(
                "Sandbox.Timedout",
                f"RequestId: {context.aws_request_id} Error: Task timed out after "
                f"{function.timeout:.2f} seconds",
            )

    def invoke_here(self, function: Function, event: Any) -> tuple[Any, Outcome | None]:
        """Invokes in this thread, without a time limit of its own (the caller keeps it).

        Returns:
            The handler's answer, and None; or None and the failure.
        """
        try:
            answer = self._answer(function, event, Context(function))
            self.watch(function.name, "succeeded")
            return answer, None
        except Exception as error:
            return None, self._failed(function, error)

    def _run(self, function: Function, event: Any, context: Context) -> Outcome:
        try:
            payload = orjson.dumps(self._answer(function, event, context))
        except Exception as error:
            return self._failed(function, error)
        if len(payload) > MAX_PAYLOAD:
            return _failure(
                "Function.ResponseSizeTooLarge",
                f"Response payload size exceeded the maximum ({MAX_PAYLOAD} bytes).",
            )
        self.watch(function.name, "succeeded")
        return Outcome(payload)

    def _answer(self, function: Function, event: Any, context: Context) -> Any:
        """Runs the handler; what it asks AWS for is known to be this function's."""
        token = running.set(function.name)
        try:
            handler = self.handler(function)
            self.begin()
            return handler(event, context)
        finally:
            running.reset(token)

    def _failed(self, function: Function, error: Exception) -> Outcome:
        self.watch(function.name, "failed")
        _log.info("%s failed: %s: %s", function.name, type(error).__name__, error)
        trace = traceback.format_exception(error)[-5:]
        return _failure(type(error).__name__, str(error), stackTrace=trace)


def _failure(kind: str, message: str, **more: Any) -> Outcome:
    """The error payload of the Python runtime."""
    return Outcome(orjson.dumps({"errorMessage": message, "errorType": kind, **more}), "Unhandled")
