"""AWS Step Functions' wire protocol over HTTP: boto3 and the AWS CLI drive the engine through it.

A request is a POST with the header ``X-Amz-Target: AWSStepFunctions.<Operation>`` and a JSON object
of parameters; an error is ``{"__type": code, "message": …}``. Parameters and answers are those of
botocore's service model. Signatures are not looked at: whoever reaches the port may do everything.
SDKs put "sync-" before the host for StartSyncExecution and TestState; boto3 leaves that with
``Config(inject_host_prefix=False)``, boto3 and the AWS CLI with the environment variable
``AWS_DISABLE_HOST_PREFIX_INJECTION=true``.
https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import orjson
import uvicorn
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.validate import ParamValidator

from asl.api import StepFunctions
from asl.asgi import Application
from asl.errors import ApiError, UnavailableError
from asl.randomness import random_uuid

MAX_BODY = 2 * 1024 * 1024
"""Room for the largest parameter, a definition of 1 MB, with its quotes escaped."""
THREADS = 64
LONG_POLLS = frozenset({"GetActivityTask", "StartSyncExecution", "TestState"})
"""Operations that wait for up to minutes. Each gets a thread of its own, so that they cannot use
up the pool in which all others are answered."""
STOP_SECONDS = 3
"""How long requests under way may take to end when the server is stopped."""
_MAX_MESSAGE = 2_000
_log = logging.getLogger("asl")


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. ``body`` is JSON."""

    status: int
    body: bytes
    request_id: str


@dataclass(frozen=True, slots=True)
class _Operation:
    model: OperationModel
    method: Callable[..., Any]
    accepted: frozenset[str]
    needed: frozenset[str]


class Wire:
    """Turns requests into calls of :class:`asl.api.StepFunctions`, and answers into JSON.

    An operation is there if the engine has a method of its name in snake case.
    """

    def __init__(self, states: StepFunctions):
        # Not botocore's session: it reads the environment and the user's AWS configuration.
        model = ServiceModel(Loader().load_service_model("stepfunctions", "service-2"))
        self._prefix = str(model.metadata["targetPrefix"])
        self._names = frozenset(model.operation_names)
        self._operations: dict[str, _Operation] = {}
        for name in self._names:
            method = getattr(states, xform_name(name), None)
            if method is not None:
                self._operations[name] = _inspect(model.operation_model(name), method)

    @property
    def operations(self) -> frozenset[str]:
        """The names of the operations that can be called."""
        return frozenset(self._operations)

    def answer(self, target: str, body: bytes) -> Response:
        """Answers one request, whatever bytes it is made of. Never raises.

        Args:
            target: the header ``X-Amz-Target``; empty if there is none.
            body: the request's body.
        """
        request_id = _new_id()
        try:
            answer = _perform(self._operation(target), body)
            return Response(200, orjson.dumps(answer), request_id)
        except ApiError as error:
            return refusal(error.code, error.message, request_id=request_id)
        except UnavailableError as error:
            return refusal("ServiceUnavailable", str(error), 503, request_id)
        except Exception:
            _log.exception("request %s (%.100r) could not be answered", request_id, target)
            message = f"The server failed; its log says why under request {request_id}"
            return refusal("InternalFailure", message, 500, request_id)

    def waits(self, target: str) -> bool:
        """Whether the answer may take minutes."""
        return target.partition(".")[2] in LONG_POLLS

    def _operation(self, target: str) -> _Operation:
        prefix, _, name = target.partition(".")
        if prefix != self._prefix or name not in self._names:
            asked = f"X-Amz-Target '{target[:100]}'" if target else "a request without X-Amz-Target"
            raise ApiError("UnknownOperationException", f"No operation is named by {asked}")
        operation = self._operations.get(name)
        if operation is None:
            raise ApiError("UnknownOperationException", f"{name} is not supported by this server")
        return operation


def refusal(code: str, message: str, status: int = 400, request_id: str | None = None) -> Response:
    """An error answer."""
    # orjson refuses lone surrogates, which a message may quote from a header
    text = message.encode("utf-8", "replace").decode()
    body = orjson.dumps({"__type": code, "message": text})
    return Response(status, body, request_id or _new_id())


def _inspect(model: OperationModel, method: Callable[..., Any]) -> _Operation:
    parameters = inspect.signature(method).parameters.values()
    needed = (each.name for each in parameters if each.default is each.empty)
    return _Operation(model, method, frozenset(each.name for each in parameters), frozenset(needed))


def _perform(operation: _Operation, body: bytes) -> Any:
    model = operation.model
    parameters = _read(body)
    shape = model.input_shape
    if shape is not None:
        parameters = _given(parameters, shape)
        _check(parameters, shape)
    # The engine may take fewer parameters than AWS, or need one that AWS lets another replace.
    for verb, names in (
        ("does not support", parameters.keys() - operation.accepted),
        ("needs", operation.needed - parameters.keys()),
    ):
        if names:
            listed = ", ".join(f"'{name}'" for name in sorted(names))
            raise ApiError("ValidationException", f"{model.name} {verb} {listed} here")
    answer = operation.method(**parameters)
    return {} if model.output_shape is None else _shown(answer or {}, model.output_shape)


# -- parameters -----------------------------------------------------------------------------------


def _read(body: bytes) -> dict[str, Any]:
    try:
        parameters = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise ApiError("SerializationException", f"The body is not JSON: {error}") from None
    if not isinstance(parameters, dict):
        raise ApiError("SerializationException", "The body is not a JSON object")
    return parameters


def _given(value: Any, shape: Shape | None) -> Any:
    """The value without the members that are null: the protocol takes them as not given."""
    members = getattr(shape, "members", None)
    if members is not None and isinstance(value, dict):
        return {
            name: _given(item, members.get(name))
            for name, item in value.items()
            if item is not None
        }
    if shape is not None and shape.type_name == "list" and isinstance(value, list):
        return [_given(item, shape.member) for item in value]  # type: ignore[attr-defined]
    return value


def _check(parameters: dict[str, Any], shape: Shape) -> None:
    """Checks types, required members and minima as botocore does, then what it leaves to AWS."""
    try:
        report = _Validator().validate(parameters, shape)
        problems = report.generate_report()
    except RecursionError:
        raise ApiError("ValidationException", "The parameters are nested too deeply") from None
    if problems:
        raise ApiError("ValidationException", problems[:_MAX_MESSAGE])
    violations = list(_violations(parameters, shape, ""))
    if violations:
        plural = "" if len(violations) == 1 else "s"
        found = f"{len(violations)} validation error{plural} detected"
        message = f"{found}: {'; '.join(violations)}"
        raise ApiError("ValidationException", message[:_MAX_MESSAGE])


class _Validator(ParamValidator):
    """botocore's checks, for JSON: there ``true`` is not a number."""

    def _validate_integer(self, param: Any, shape: Shape, errors: Any, name: str) -> None:
        if isinstance(param, bool):
            errors.report(name, "invalid type", param=param, valid_types=["<class 'int'>"])
        else:
            super()._validate_integer(param, shape, errors, name)  # type: ignore[misc]

    _validate_long = _validate_integer


def _violations(value: Any, shape: Shape, place: str) -> Iterator[str]:
    """The maxima and enumerations that a value does not keep to, in AWS's words."""
    limits = shape.metadata
    match shape.type_name:
        case "structure":
            for name, item in value.items():
                inner = f"{place}.{name}" if place else name
                yield from _violations(item, shape.members[name], inner)  # type: ignore[attr-defined]
        case "list":
            for number, item in enumerate(value, 1):
                yield from _violations(item, shape.member, f"{place}.{number}.member")  # type: ignore[attr-defined]
    size = len(value) if isinstance(value, str | list) else value
    constraint = None
    if value not in limits.get("enum", [value]):
        constraint = f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]"
    elif "max" in limits and size > limits["max"]:
        what = "value" if size is value else "length"
        constraint = f"Member must have {what} less than or equal to {limits['max']}"
    if constraint is not None:
        quoted = "" if limits.get("sensitive") else f" '{str(value)[:500]}'"
        yield f"Value{quoted} at '{place}' failed to satisfy constraint: {constraint}"


# -- answers --------------------------------------------------------------------------------------


def _shown(value: Any, shape: Any) -> Any:
    """A value as the protocol writes it: no nulls, nothing that the model does not name."""
    match shape.type_name:
        case "structure":
            members = shape.members
            return {
                name: _shown(item, members[name])
                for name, item in value.items()
                if item is not None and name in members
            }
        case "list":
            return [_shown(item, shape.member) for item in value]
        case "map":
            return {name: _shown(item, shape.value) for name, item in value.items()}
        case "timestamp":
            return value.timestamp()
        case _:
            return value


def _new_id() -> str:
    return random_uuid()


# -- HTTP -----------------------------------------------------------------------------------------


class App(Application):
    """The ASGI application."""

    def __init__(self, wire: Wire):
        super().__init__("asl-wire", THREADS, MAX_BODY)
        self._wire = wire

    async def respond(self, scope: dict[str, Any], body: bytes | None, send: Any) -> None:
        """What the operation answers."""
        if body is None:
            message = f"A request may have {MAX_BODY} bytes at the most"
            response = refusal("RequestEntityTooLargeException", message, 413)
        elif scope["method"] != "POST":
            message = f"{scope['method'][:20]} is not supported: every operation is a POST"
            response = refusal("UnknownOperationException", message)
        else:
            response = await self._answer(dict(scope["headers"]), body)
        await _write(response, send)

    async def _answer(self, headers: dict[bytes, bytes], body: bytes) -> Response:
        target = headers.get(b"x-amz-target", b"").decode("latin-1")
        if self._wire.waits(target):
            return await asyncio.wrap_future(self._in_own_thread(target, body))
        response: Response = await self._threads.call(self._wire.answer, target, body)
        return response

    def _in_own_thread(self, target: str, body: bytes) -> Future[Response]:
        future: Future[Response] = Future()
        future.set_running_or_notify_cancel()  # from here on it cannot be cancelled any more

        def run() -> None:
            future.set_result(self._wire.answer(target, body))

        threading.Thread(target=run, name="asl-long-poll", daemon=True).start()
        return future


async def _write(response: Response, send: Any) -> None:
    headers = [
        (b"content-type", b"application/x-amz-json-1.0"),
        (b"content-length", str(len(response.body)).encode()),
        (b"x-amzn-requestid", response.request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises:
        OSError: the port is in use, or the address is not this machine's.
    """
    # The protocol is named: asyncio turns Nagle off only where it is.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise OSError(str(error)) from error
    listener.listen(1024)
    return listener


class Server:
    """Serves an engine on a socket that listens."""

    def __init__(self, states: StepFunctions, listener: socket.socket):
        self._listener = listener
        self._app = App(Wire(states))
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._app,
                log_level="warning",
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )

    def run(self) -> None:
        """Serves until :meth:`stop`, or until a signal where this is the main thread."""
        try:
            self._server.run(sockets=[self._listener])
        finally:
            self._app.close()

    def stop(self) -> None:
        """Makes :meth:`run` return; called from any thread."""
        self._server.should_exit = True
