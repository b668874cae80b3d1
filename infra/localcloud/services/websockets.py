"""Amazon API Gateway's WebSocket API: connections, the functions of its routes, messages.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api.html
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from asl.asgi import Threads
from localcloud.errors import AwsError
from localcloud.functions import LambdaHost
from localcloud.ids import new_id

MAX_MESSAGE = 131_072
"""Bytes of a message, in either direction."""
MAX_WAITING = 1000
"""Messages that wait for a slow client; with one more it is cut off."""
LONGEST = 7200.0
"""Seconds that a connection may last."""
STAGE = "live"
SOCKETS = "apigatewaymanagementapi"
"""The management API's id as a service of boto3."""
_CONNECT, _DISCONNECT, _DEFAULT = "$connect", "$disconnect", "$default"
_log = logging.getLogger("localcloud.websockets")


@dataclass(slots=True)
class Connection:
    """A client. ``close``: the code to close with, once the messages before have been sent."""

    id: str
    loop: asyncio.AbstractEventLoop
    context: dict[str, Any]
    headers: dict[str, str]
    began: float
    waiting: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(MAX_WAITING))

    def put(self, data: bytes | None) -> None:
        """Takes a message to send; None ends the connection. In the connection's own loop."""
        try:
            self.waiting.put_nowait(data)
        except asyncio.QueueFull:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(None)


class WebSockets:
    """One WebSocket API, its routes to functions, and its connections."""

    def __init__(self, host: LambdaHost):
        self._host = host
        self._routes: dict[str, str] = {}
        self._integrations: dict[str, str] = {}
        self._authorizer = ""
        self._selector = "action"
        self._connections: dict[str, Connection] = {}
        self.resources: list[tuple[str, str, dict[str, Any]]] = []
        """What :meth:`add` took."""

    # -- from the template ------------------------------------------------------------------------

    def add(self, kind: str, name: str, properties: dict[str, Any]) -> None:
        """Takes a resource ``AWS::ApiGatewayV2::<kind>``."""
        self.resources.append((kind, name, properties))
        match kind:
            case "Api":
                self._selector = properties["RouteSelectionExpression"].rpartition(".")[2]
            case "Integration":
                self._integrations[name] = _function_of(properties["IntegrationUri"])
            case "Route":
                self._routes[properties["RouteKey"]] = properties["Target"].rpartition("/")[2]
            case "Authorizer":
                self._authorizer = _function_of(properties["AuthorizerUri"])
            case _:
                pass  # stages and deployments: there is one stage, always deployed

    # -- the management API -----------------------------------------------------------------------

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {
            "PostToConnection": self.post_to_connection,
            "DeleteConnection": self.delete_connection,
            "GetConnection": self.get_connection,
        }

    def post_to_connection(self, ConnectionId: str, Data: Any = b"") -> dict[str, Any]:
        """Sends a message to a client."""
        data = Data.encode() if isinstance(Data, str) else bytes(Data)
        if len(data) > MAX_MESSAGE:
            raise AwsError(
                "PayloadTooLargeException", "The data has exceeded the maximum size", 413
            )
        self._in_loop(ConnectionId, data)
        return {}

    def delete_connection(self, ConnectionId: str) -> dict[str, Any]:
        """Ends a connection."""
        self._in_loop(ConnectionId, None)
        return {}

    def get_connection(self, ConnectionId: str) -> dict[str, Any]:
        """Who a connection is with."""
        found = self._find(ConnectionId)
        return {"ConnectedAt": found.began, "Identity": found.context["identity"]}

    def _find(self, connection_id: str) -> Connection:
        found = self._connections.get(connection_id)
        if found is None or found.loop.is_closed():
            raise AwsError("GoneException", "The connection is not there any more", 410)
        return found

    def _in_loop(self, connection_id: str, data: bytes | None) -> None:
        found = self._find(connection_id)
        found.loop.call_soon_threadsafe(found.put, data)

    # -- clients ----------------------------------------------------------------------------------

    async def serve(self, scope: dict[str, Any], receive: Any, send: Any, threads: Threads) -> None:
        """One client, from its opening handshake to its end."""
        await receive()  # websocket.connect
        connection = _connection(scope)
        refused, headers = await threads.call(self._admit, connection, _arn(_CONNECT))
        if refused:
            await _refuse(scope, send, refused)
            return
        protocol = headers.get("Sec-WebSocket-Protocol")
        self._connections[connection.id] = connection
        try:
            await send({"type": "websocket.accept", "subprotocol": protocol})
            async with asyncio.timeout(LONGEST):
                await self._talk(connection, receive, send, threads)
        except TimeoutError:
            await send({"type": "websocket.close", "code": 1001})
        finally:
            del self._connections[connection.id]
            threads.call(self._invoke, connection, _DISCONNECT, None)

    async def _talk(
        self, connection: Connection, receive: Any, send: Any, threads: Threads
    ) -> None:
        writing = asyncio.ensure_future(_write(connection, send))
        try:
            while not writing.done():
                reading = asyncio.ensure_future(receive())
                await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
                if not reading.done():
                    reading.cancel()
                    return
                message = reading.result()
                if message["type"] == "websocket.disconnect":
                    return
                text = message.get("text") or (message.get("bytes") or b"").decode(errors="replace")
                await threads.call(self._invoke, connection, self._route_of(text), text)
        finally:
            writing.cancel()

    def _route_of(self, text: str) -> str:
        try:
            wanted = orjson.loads(text)[self._selector]
        except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
            return _DEFAULT
        known = isinstance(wanted, str) and wanted in self._routes and not wanted.startswith("$")
        return wanted if known else _DEFAULT

    def _admit(self, connection: Connection, arn: str) -> tuple[int, dict[str, str]]:
        """Asks the authorizer, then the route $connect.

        Returns:
            The status to refuse with, or 0, and the answer's headers.
        """
        request = {"type": "REQUEST", "methodArn": arn, **_event(connection, _CONNECT, None)}
        policy, failure = self._host.invoke_here(self._host.find(self._authorizer), request)
        if failure is not None:
            return (401 if b'"errorMessage":"Unauthorized"' in failure.payload else 500), {}
        caller = {**policy["context"], "principalId": policy["principalId"]}
        connection.context["authorizer"] = caller
        answer = self._invoke(connection, _CONNECT, None)
        status = int(answer["statusCode"])
        return (0 if status == 200 else status), answer.get("headers", {})

    def _invoke(self, connection: Connection, route: str, text: str | None) -> dict[str, Any]:
        name = self._integrations[self._routes[route]]
        event = _event(connection, route, text)
        answer, failure = self._host.invoke_here(self._host.find(name), event)
        if failure is None and isinstance(answer, dict):
            return answer
        _log.warning("the route %s failed", route)
        if text is not None:
            problem = {
                "message": "Internal server error",
                "connectionId": connection.id,
                "requestId": event["requestContext"]["requestId"],
            }
            connection.loop.call_soon_threadsafe(connection.put, orjson.dumps(problem))
        return {"statusCode": 500}


def _connection(scope: dict[str, Any]) -> Connection:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    address = (scope.get("client") or ("127.0.0.1",))[0]
    identity = {"sourceIp": address, "userAgent": headers.get("user-agent", "")}
    context = {"stage": STAGE, "apiId": "local", "identity": identity}
    loop = asyncio.get_running_loop()
    return Connection(new_id(), loop, context, headers, time.time())  # noqa: TID251


def _event(connection: Connection, route: str, text: str | None) -> dict[str, Any]:
    """The proxy event of a route.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-websocket-api-mapping-template-reference.html
    """
    kinds = {_CONNECT: "CONNECT", _DISCONNECT: "DISCONNECT"}
    context = {
        **connection.context,
        "routeKey": route,
        "eventType": kinds.get(route, "MESSAGE"),
        "connectionId": connection.id,
        "requestId": new_id(),
    }
    event: dict[str, Any] = {"requestContext": context, "isBase64Encoded": False}
    if text is None:
        event["headers"] = connection.headers
    else:
        event["body"] = text
    return event


async def _write(connection: Connection, send: Callable[[dict[str, Any]], Any]) -> None:
    while (data := await connection.waiting.get()) is not None:
        await send({"type": "websocket.send", "text": data.decode(errors="replace")})
    await send({"type": "websocket.close", "code": 1000})


async def _refuse(scope: dict[str, Any], send: Any, status: int) -> None:
    if "websocket.http.response" in scope.get("extensions", {}):
        headers = [(b"content-type", b"application/json")]
        start = {"type": "websocket.http.response.start", "status": status, "headers": headers}
        await send(start)
        await send({"type": "websocket.http.response.body", "body": b'{"message":"Unauthorized"}'})
    else:
        await send({"type": "websocket.close", "code": 1008})


def _function_of(uri: str) -> str:
    """The function's name in an invocation URI."""
    return uri.rpartition(":function:")[2].partition("/")[0]


def _arn(route: str) -> str:
    return f"arn:aws:execute-api:us-east-1:000000000000:local/{STAGE}/{route}"
