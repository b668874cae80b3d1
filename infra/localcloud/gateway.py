"""Amazon API Gateway's REST API: chalice's emulation, with routes from the template's OpenAPI body.

chalice gives routing and authorizers. What its events lack and API Gateway sends is added here: the
resource, multi-value headers and query, the stage, a text or base64 body.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import re
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

from chalice.app import Chalice, ChaliceAuthorizer
from chalice.config import Config
from chalice.local import (
    ForbiddenError,
    InvalidAuthorizerError,
    LambdaEventConverter,
    LocalGateway,
    MatchResult,
    NotAuthorizedError,
    RouteMatcher,
)

from localcloud.functions import Function, LambdaHost
from localcloud.ids import new_id

STAGE = "local"
KEPT_POLICIES = 10_000
_FUNCTION = re.compile(r":function:([\w-]+)(?::\w+)?/invocations")
_METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
_ANY = "x-amazon-apigateway-any-method"
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. Header names are in lower case."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    address: str


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response."""

    status: int
    headers: Headers
    body: bytes


class Gateway:
    """Answers HTTP requests by invoking functions."""

    def __init__(self, api: dict[str, Any], host: LambdaHost, keep_policies: float | None = None):
        body = api["DefinitionBody"]
        self._host = host
        self.least_packed: int | None = api.get("MinimumCompressionSize")
        self._problems: dict[str, Any] = body["x-amazon-apigateway-gateway-responses"]
        self._functions: dict[tuple[str, str], Function] = {}
        self.watch: Callable[[str, str, int, float], None] = lambda *_: None
        """Sees method, route, status and seconds of every request that a function answers."""
        self.log: Callable[[dict[str, Any], int, float], None] = lambda *_: None
        """Takes event, status and seconds of each of them, for the access log."""
        app = Chalice(app_name="local", configure_logs=False)
        ttl = _ttl(body) if keep_policies is None else keep_policies
        authorizer = _Authorizer(_authorizer_function(body, host), host, ttl)
        for path, methods in body["paths"].items():
            for method in _METHODS:
                if method in methods or _ANY in methods:
                    operation = methods.get(method) or methods[_ANY]
                    self._add(app, path, method.upper(), operation, authorizer)
        self._gateway = _RestGateway(app, self._invoke)
        self._paths = _Routes(list(app.routes))

    def _add(
        self, app: Chalice, path: str, method: str, operation: dict[str, Any], authorizer: Any
    ) -> None:
        uri = operation["x-amazon-apigateway-integration"]["uri"]
        self._functions[path, method] = self._host.find(_function_name(uri))
        guard = authorizer if operation.get("security") else None
        app.route(path, name=f"{method} {path}", methods=[method], authorizer=guard)(_unused)

    def has(self, path: str) -> bool:
        """Whether any route has this path."""
        try:
            self._paths.match_route(path)
        except ValueError:
            return False
        return True

    def handle(self, request: Request) -> Response:
        """Answers one request."""
        try:
            answer = self._gateway.handle_request(
                request.method, request.path, _Carrier(request), request.body
            )
        except _NotRoutedError:
            return self._problem("MISSING_AUTHENTICATION_TOKEN")
        except (NotAuthorizedError, _DeniedError):
            return self._problem("UNAUTHORIZED")
        except InvalidAuthorizerError:  # the authorizer itself failed
            return self._problem("DEFAULT_5XX")
        except ForbiddenError as error:
            missing = b"Missing Authentication Token" in (error.body or b"")
            scheme = b"Authorization header requires" in (error.body or b"")
            kind = "MISSING_AUTHENTICATION_TOKEN" if missing or scheme else "ACCESS_DENIED"
            return self._problem(kind)
        return _response(answer)

    def _invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        function = self._functions.get((event["resource"], event["httpMethod"]))
        if function is None:
            raise _NotRoutedError
        began = time.monotonic()
        answer = self._answered(function, event)
        took, status = time.monotonic() - began, int(answer["statusCode"])
        self.watch(event["httpMethod"], event["resource"], status, took)
        self.log(event, status, took)
        return answer

    def _answered(self, function: Function, event: dict[str, Any]) -> dict[str, Any]:
        answer, failure = self._host.invoke_here(function, event)
        if failure is not None or not isinstance(answer, dict) or "statusCode" not in answer:
            problem = self._problem("DEFAULT_5XX")
            return {"statusCode": 502, "headers": dict(problem.headers), "body": problem.body}
        return answer

    def timed_out(self) -> Response:
        """What API Gateway answers where a function overran the integration's time limit."""
        return self._problem("INTEGRATION_TIMEOUT")

    def _problem(self, kind: str) -> Response:
        """A gateway response of the template.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
        """
        spec = self._problems[kind]
        (content_type, body), *_ = spec["responseTemplates"].items()
        headers = [("Content-Type", content_type)]
        for name, value in spec.get("responseParameters", {}).items():
            told = new_id() if value == "context.requestId" else value.strip("'")
            headers.append((name.split(".", 2)[2], told))
        return Response(int(spec["statusCode"]), headers, body.encode())


class _Routes(RouteMatcher):
    """chalice's matching, which compares a path with every route, told where to look: by the number
    of its parts and by its first two. A greedy parameter (``{route+}``) takes the rest of a path.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-set-up-simple-proxy.html
    """

    def __init__(self, routes: list[str]):
        super().__init__(routes)
        self._near: dict[tuple[int, str, str], list[list[str]]] = {}
        self._others: dict[tuple[int, str], list[list[str]]] = {}
        self._greedy = [route.split("/") for route in self.route_urls if route.endswith("+}")]
        for route in self.route_urls:  # sorted: fixed parts come before captured ones
            parts = route.split("/")
            first, second = [*parts, ""][1:3]
            if route.endswith("+}"):
                continue
            if "{" in first or "{" in second:
                known = "" if "{" in first else first
                self._others.setdefault((len(parts), known), []).append(parts)
            else:
                self._near.setdefault((len(parts), first, second), []).append(parts)

    def match_route(self, url: str) -> MatchResult:
        """The route that a path, without its query, takes."""
        parts = (url if url == "/" else url.removesuffix("/")).split("/")
        first, second = [*parts, "", ""][1:3]
        count = len(parts)
        near = self._near.get((count, first, second), ())
        further = self._others.get((count, first), ()), self._others.get((count, ""), ())
        for route in chain(near, *further):
            captured = _captured(route, parts)
            if captured is not None:
                return MatchResult("/".join(route), captured, {})
        return self._match_greedy(url, parts)

    def _match_greedy(self, url: str, parts: list[str]) -> MatchResult:
        for route in self._greedy:
            last = len(route) - 1
            taken = [*parts[:last], "/".join(parts[last:])]
            pairs = list(zip(route, taken, strict=False))
            if taken[-1] and all(own == part or own.startswith("{") for own, part in pairs):
                captured = {own[1:-1].rstrip("+"): p for own, p in pairs if own.startswith("{")}
                return MatchResult("/".join(route), captured, {})
        raise ValueError(f"No matching route found for: {url}")


def _captured(route: list[str], parts: list[str]) -> dict[str, str] | None:
    """The parameters of a path that takes a route of as many parts; None where it does not."""
    captured = {}
    for own, part in zip(route, parts, strict=True):
        if own.startswith("{"):
            captured[own[1:-1]] = part
        elif own != part:
            return None
    return captured


class _NotRoutedError(Exception):
    """No route has this path and method."""


class _DeniedError(Exception):
    """The authorizer does not know the caller."""


class _Carrier(dict[str, str]):
    """A request's headers as chalice wants them, bringing the request along."""

    def __init__(self, request: Request):
        super().__init__(request.headers)
        self.request = request


class _Authorizer(ChaliceAuthorizer):
    """The template's Lambda authorizer, where chalice looks for one of its own.

    As API Gateway does, it keeps a policy for the token that it was made for
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html).
    """

    def __init__(self, function: Function, host: LambdaHost, ttl: float):
        super().__init__("authorizer", _unused)
        self._function = function
        self._host = host
        self._ttl = ttl
        self._kept: dict[str, tuple[float, Any]] = {}

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        token, now = event["authorizationToken"], time.monotonic()
        until, answer = self._kept.get(token, (0.0, None))
        if now < until:
            return answer
        answer, failure = self._host.invoke_here(self._function, event)
        if failure is None:
            if len(self._kept) >= KEPT_POLICIES:
                self._kept.clear()
            self._kept[token] = (now + self._ttl, answer)
        elif b'"errorMessage":"Unauthorized"' in failure.payload:
            raise _DeniedError
        return answer


class _RestGateway(LocalGateway):
    """chalice's gateway, with complete events that go to our functions."""

    def __init__(self, app: Chalice, invoke: Callable[[dict[str, Any]], dict[str, Any]]):
        super().__init__(app, Config())
        self._app_object = _Application(app.routes, invoke)
        self.event_converter = LambdaEventConverter(_Routes(list(app.routes)))

    def _generate_lambda_context(self) -> Any:
        return _NO_CONTEXT  # the Lambda host makes the one that functions see

    def _generate_lambda_event(
        self, method: str, path: str, headers: _Carrier, body: bytes
    ) -> dict[str, Any]:
        event: dict[str, Any] = super()._generate_lambda_event(method, path, headers, None)
        _complete(event, headers.request)
        return event


class _NoContext:
    """What chalice reads of a context when it refuses a request."""

    aws_request_id = ""


_NO_CONTEXT = _NoContext()


class _Application:
    """Stands where chalice expects its application: the same routes, the event as it is."""

    def __init__(self, routes: Any, invoke: Callable[[dict[str, Any]], dict[str, Any]]):
        self.routes = routes
        self._invoke = invoke

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        return self._invoke(event)


def _complete(event: dict[str, Any], request: Request) -> None:
    many_headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        many_headers.setdefault(name, []).append(value)
    many: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        many.setdefault(name, []).append(value)
    context = event["requestContext"]
    event["resource"] = context["resourcePath"]
    event["path"] = request.path
    event["httpMethod"] = request.method
    event["multiValueHeaders"] = many_headers
    event["queryStringParameters"] = {name: values[-1] for name, values in many.items()} or None
    event["multiValueQueryStringParameters"] = many or None
    event["stageVariables"] = None
    event["pathParameters"] = event["pathParameters"] or None
    event["body"], event["isBase64Encoded"] = _body(request.body)
    context["stage"] = STAGE
    context["requestId"] = new_id()
    context["identity"] = {"sourceIp": request.address}


def _body(raw: bytes) -> tuple[str | None, bool]:
    if not raw:
        return None, False
    try:
        return raw.decode(), False
    except UnicodeDecodeError:
        return b64encode(raw).decode(), True


def _unused(*_: Any, **__: Any) -> None:
    """chalice wants a view for each route; requests never reach it."""


def _ttl(body: dict[str, Any]) -> float:
    scheme = next(iter(body["components"]["securitySchemes"].values()))
    return float(scheme["x-amazon-apigateway-authorizer"]["authorizerResultTtlInSeconds"])


def _authorizer_function(body: dict[str, Any], host: LambdaHost) -> Function:
    scheme = next(iter(body["components"]["securitySchemes"].values()))
    return host.find(_function_name(scheme["x-amazon-apigateway-authorizer"]["authorizerUri"]))


def _function_name(uri: str) -> str:
    match = _FUNCTION.search(uri)
    assert match is not None, uri
    return match[1]


def _response(answer: dict[str, Any]) -> Response:
    headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers += [(name, str(value)) for value in values]
    body = answer.get("body") or b""
    raw = body.encode() if isinstance(body, str) else body
    if answer.get("isBase64Encoded"):
        raw = b64decode(raw)
    return Response(int(answer["statusCode"]), headers, raw)
