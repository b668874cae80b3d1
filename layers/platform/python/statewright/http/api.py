"""The resolver of one endpoint: Powertools' REST resolver with the product's habits."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import ResponseBuilder
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as RouteNotFound
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from statewright.auth import audit
from statewright.db import Session, narrowed, witnessed
from statewright.errors import (
    InProgressError,
    MalformedError,
    MethodNotAllowedError,
    NotFoundError,
    RateLimitedError,
    StatewrightError,
    TooLargeError,
    UnauthenticatedError,
    UnsupportedMediaTypeError,
)
from statewright.gateway import idempotency, limits
from statewright.http.caller import Caller, Origin
from statewright.http.finish import finish, header
from statewright.http.problems import from_validation, problem
from statewright.http.scopes import scopes_of
from statewright.logs import within

MAX_BODY = 1_000_000
"""The most bytes that a request's body may have."""
_JSON = "application/json"
_PARAMETER = re.compile(r"{\w+\+?}")

logger = Logger(service="statewright", level="INFO")


class _Request(threading.local):
    """What the resolver knows of the request that this thread answers."""

    def __init__(self) -> None:
        self.event: Any = None
        self.context: dict[str, Any] = {}


class _Builder(ResponseBuilder):
    """An answer as API Gateway takes it: packing and other origins are the gateway's part and
    :func:`~statewright.http.finish.finish`'s, so that no route has settings for them."""

    def _route(self, event: Any, cors: Any) -> None:
        return


class Api(APIGatewayRestResolver):
    """Routes, validates and answers one endpoint.

    Powertools keeps the current event in class attributes, which is right in Lambda, where a
    process serves one request at a time. Here they belong to the thread, so that a process may
    also serve many (docs/decisions/0003).

    Args:
        permission: what the caller must be allowed to do; None for an endpoint that anyone may
            call (it then has no authorizer in front of it).
        validate: check parameters and body against the function's annotations. Off only where the
            body is somebody else's format.
    """

    def __init__(self, permission: str | None, *, validate: bool = True):
        self._request = _Request()
        self._first = threading.Lock()
        self._warm = False
        super().__init__(enable_validation=validate)
        self._validates = validate
        self._response_builder_class = _Builder
        self.permission = permission
        self.exception_handler(StatewrightError)(self.refusal)
        self.exception_handler(RequestValidationError)(_refuse_input)
        self.exception_handler(RouteNotFound)(_no_route)
        self.exception_handler(RecursionError)(_too_deep)
        self.exception_handler(UnicodeDecodeError)(_not_text)
        self.exception_handler(Exception)(_own_fault)

    @property
    def current_event(self) -> APIGatewayProxyEvent:
        """The event that this thread answers."""
        return self._request.event

    @property
    def context(self) -> dict[str, Any]:
        """Powertools' notes on the request that this thread answers."""
        return self._request.context

    @context.setter
    def context(self, value: dict[str, Any]) -> None:
        self._request.context = value

    def refusal(self, error: StatewrightError) -> Response[str]:
        """What a client is told that is refused."""
        return _refuse(error)

    def caller(self) -> Caller:
        """Who is asking. Checked to have the endpoint's permission before the route ran."""
        return _caller(self.current_event.raw_event)

    def origin(self) -> Origin:
        """Where the request came from: for endpoints that nobody needs to sign in for."""
        return _origin(self.current_event.raw_event)

    def header(self, name: str) -> str | None:
        """A header that the client sent, by its name in lower case."""
        headers = self.current_event.raw_event.get("headers") or {}
        return next((v for k, v in headers.items() if k.lower() == name), None)

    def cookie(self, name: str) -> str | None:
        """A cookie that the browser sent."""
        headers = self.current_event.raw_event.get("headers") or {}
        try:
            sent = SimpleCookie(headers.get("cookie") or headers.get("Cookie") or "")
        except CookieError:
            return None
        return sent[name].value if name in sent else None

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        """Answers one API Gateway proxy event."""
        with within(request_id=str(event["requestContext"].get("requestId", ""))):
            return self._respond(event, context)

    def _respond(self, event: Any, context: Any) -> dict[str, Any]:
        told: dict[str, str] = {}
        try:
            told = limits.admit(event)
            scopes = self._admit(event)
            claimed = self._claim(event)
            if isinstance(claimed, dict):
                return finish(event, claimed, told)
            answer = self._route(event, context, scopes)
            if claimed is not None:
                claimed.settle(answer)
        except StatewrightError as error:
            answer = _plain(self.refusal(error))
            told = error.told if isinstance(error, RateLimitedError) and error.told else told
        return finish(event, answer, told)

    def _claim(self, event: dict[str, Any]) -> idempotency.Claim | dict[str, Any] | None:
        """The turn to answer a POST that may be sent twice, or the answer that it had before."""
        if event["httpMethod"] != "POST" or self.permission is None:
            return None
        key = header(event, "idempotency-key")
        return None if key is None else idempotency.claim(_caller(event), key, event)

    def _route(self, event: Any, context: Any, scopes: list[str] | None) -> dict[str, Any]:
        if event["httpMethod"] == "HEAD":  # the gateway leaves the body out
            event = event | {"httpMethod": "GET"}
        if event.get("resource", "").endswith("+}"):  # any number of parts, where a rule takes one
            event = event | {"path": _PARAMETER.sub("_", event["resource"])}
        self._request.event = APIGatewayProxyEvent(event)
        with ExitStack() as within:
            if scopes is not None:
                within.enter_context(narrowed(scopes))
            if self.permission is not None and event["httpMethod"] != "GET":
                within.enter_context(witnessed(self._note(event)))
            return _without_null(self._answer(event, context))

    def _note(self, event: dict[str, Any]) -> Callable[[Session], None]:
        """Puts what a request changes into the audit log, where the use case does not do it."""
        function = next(iter([*self._static_routes, *self._dynamic_routes])).func.__name__
        return audit.request_note(_caller(event), function, event.get("pathParameters") or {})

    def _answer(self, event: Any, context: Any) -> dict[str, Any]:
        try:
            if self._warm:
                return super().resolve(event, context)
            with self._first:  # Powertools assembles its middleware at the first call
                answer = super().resolve(event, context)
                self._warm = True
                return answer
        finally:
            self.processed_stack_frames.clear()

    def _admit(self, event: dict[str, Any]) -> list[str] | None:
        """Refuses what must not be looked at at all.

        Returns:
            The parts of the workspace that the caller's permission covers; None for all of it.
        """
        body = event.get("body")
        if body is not None and len(body) > MAX_BODY:
            raise TooLargeError(f"A body may have {MAX_BODY:,} bytes at the most.")
        scopes = self._scopes(event)
        kind = (header(event, "content-type") or _JSON).partition(";")[0].strip().lower()
        if kind != _JSON and self._reads_json:
            raise UnsupportedMediaTypeError(f"A body is {_JSON} here, not {kind[:100]!r}.")
        return scopes

    def _scopes(self, event: dict[str, Any]) -> list[str] | None:
        if self.permission is None:
            return None
        caller = _caller(event)
        return None if caller.require(self.permission) else scopes_of(caller, self.permission)

    @cached_property
    def _reads_json(self) -> bool:
        """Whether the endpoint has a model of its body; Powertools would take forms for it, too."""
        routes = [*self._static_routes, *self._dynamic_routes]
        return self._validates and any(route.dependant.body_params for route in routes)

    def handler(self) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
        """The Lambda entry point of this endpoint."""
        return self.resolve


def _caller(event: dict[str, Any]) -> Caller:
    return Caller.from_authorizer(event["requestContext"].get("authorizer") or {}, _origin(event))


def _origin(event: dict[str, Any]) -> Origin:
    headers = event.get("headers") or {}
    agent = headers.get("user-agent") or headers.get("User-Agent") or ""
    address = event["requestContext"].get("identity", {}).get("sourceIp", "")
    return Origin(str(address), str(agent)[:300])


def _without_null(answer: dict[str, Any]) -> dict[str, Any]:
    """Powertools sends a route's None as JSON; an answer without content has no body at all."""
    if answer["statusCode"] == 204:
        kept = {
            name: values
            for name, values in answer.get("multiValueHeaders", {}).items()
            if name.lower() != "content-type"
        }
        return {"statusCode": 204, "multiValueHeaders": kept, "body": "", "isBase64Encoded": False}
    return answer


def _plain(response: Response[str]) -> dict[str, Any]:
    headers = {name: [value] for name, value in response.headers.items()}
    return {
        "statusCode": response.status_code,
        "multiValueHeaders": {"Content-Type": [response.content_type], **headers},
        "body": response.body,
        "isBase64Encoded": False,
    }


def _refuse(error: StatewrightError) -> Response[str]:
    headers = {}
    if isinstance(error, UnauthenticatedError):
        headers["WWW-Authenticate"] = error.scheme
    if isinstance(error, MethodNotAllowedError) and error.allowed:
        headers["Allow"] = error.allowed
    if isinstance(error, RateLimitedError | InProgressError):
        headers["Retry-After"] = str(error.retry_after)
    return problem(error, headers)


def _refuse_input(error: RequestValidationError) -> Response[str]:
    return problem(from_validation(error.errors()))


def _no_route(error: RouteNotFound) -> Response[str]:
    return problem(NotFoundError("There is nothing at this address."))


def _too_deep(error: RecursionError) -> Response[str]:
    return problem(MalformedError("The body is nested too deeply."))


def _not_text(error: UnicodeDecodeError) -> Response[str]:
    return problem(MalformedError("The body is not UTF-8 text."))


def _own_fault(error: Exception) -> Response[str]:
    """Our mistake: told to the log in full, to the client not at all."""
    details = error.errors() if isinstance(error, ResponseValidationError) else None
    logger.exception("an endpoint failed", details=details)
    return problem(StatewrightError("The fault is ours and has been logged."))
