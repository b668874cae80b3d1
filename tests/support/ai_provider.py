"""A stand-in for OpenAI and Anthropic: both wire protocols, whole and streamed, and their failures.

Answers come from a script: each request takes the next :class:`Reply`; when none is left, the
function given. It runs in the test's process; the product's reaches it over HTTP.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Reply:
    """What to answer. ``stop``: end, length, refusal; ``raw`` is sent as the body as it is."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    stop: str = "end"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: str | None = None
    broken: bool = False
    """Hangs up in the middle of a stream."""
    tokens: tuple[int, int] = (100, 20)


@dataclass
class AIStandIn:
    """The server: its address, what it was asked, what it will answer."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    replies: deque[Reply] = field(default_factory=deque)
    fallback: Callable[[dict[str, Any]], Reply] = lambda body: Reply("OK")

    def will(self, *replies: Reply | str) -> None:
        """Answers so, one after the other; forgets what was planned before."""
        self.replies.clear()
        self.replies.extend(Reply(r) if isinstance(r, str) else r for r in replies)

    def base(self, provider: str) -> str:
        return f"{self.url}/v1" if provider == "openai" else self.url

    def auth(self, provider: str, **more: Any) -> dict[str, Any]:
        """A connection's settings that lead here."""
        return {
            "kind": "ai_provider",
            "provider": provider,
            "model": "model-x",
            "base_url": self.base(provider),
            "key": "sk-very-secret-key-0123456789",
            **more,
        }


def prompt_of(body: dict[str, Any]) -> str:
    """All that a request says, as one text."""
    return json.dumps([body.get("system", ""), body["messages"]], ensure_ascii=False)


@contextmanager
def ai_stand_in() -> Iterator[AIStandIn]:
    stand_in = AIStandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(200, json.dumps({"data": []}).encode(), {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            stand_in.asked.append(body)
            stand_in.headers.append({k.lower(): v for k, v in self.headers.items()})
            reply = stand_in.replies.popleft() if stand_in.replies else stand_in.fallback(body)
            protocol = OPENAI if self.path.endswith("/chat/completions") else ANTHROPIC
            if reply.status != 200:
                told = {
                    "error": {
                        "type": "x",
                        "message": f"status {reply.status} for {self.headers.get('authorization')}",
                    }
                }
                self._send(reply.status, json.dumps(told).encode(), reply.headers)
            elif reply.raw is not None:
                self._send(200, reply.raw.encode(), {})
            elif body.get("stream"):
                self._stream(protocol[1](reply, body), reply)
            else:
                self._send(200, json.dumps(protocol[0](reply, body)).encode(), {})

        def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def _stream(self, events: list[tuple[str, Any]], reply: Reply) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            self.close_connection = True
            for name, data in events[: len(events) // 2 if reply.broken else None]:
                text = data if isinstance(data, str) else json.dumps(data)
                named = f"event: {name}\n" if name else ""
                self.wfile.write(f"{named}data: {text}\n\n".encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()


def _pieces(text: str) -> list[str]:
    return [text[i : i + 7] for i in range(0, len(text), 7)]


# -- OpenAI ------------------------------------------------------------------------------------


def _openai_stop(reply: Reply) -> str:
    if reply.stop == "refusal":
        return "stop"
    return {"length": "length"}.get(reply.stop, "tool_calls" if reply.calls else "stop")


def _openai_calls(reply: Reply) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call_{i}",
            "index": i,
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for i, (name, arguments) in enumerate(reply.calls)
    ]


def _openai_usage(reply: Reply) -> dict[str, int]:
    asked, said = reply.tokens
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _openai(reply: Reply, body: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
    if reply.stop == "refusal":
        message |= {"content": None, "refusal": reply.text}
    if reply.calls:
        message["tool_calls"] = _openai_calls(reply)
    choice = {
        "index": 0,
        "message": message,
        "finish_reason": _openai_stop(reply),
        "logprobs": None,
    }
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [choice],
        "usage": _openai_usage(reply),
    }


def _openai_stream(reply: Reply, body: dict[str, Any]) -> list[tuple[str, Any]]:
    def chunk(delta: dict[str, Any], stop: str | None = None, **more: Any) -> tuple[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": stop}
        return "", {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": body["model"],
            "choices": [choice],
            **more,
        }

    field_ = "refusal" if reply.stop == "refusal" else "content"
    events = [chunk({"role": "assistant"})]
    events += [chunk({field_: piece}) for piece in _pieces(reply.text)]
    if reply.calls:
        events.append(chunk({"tool_calls": _openai_calls(reply)}))
    events.append(chunk({}, _openai_stop(reply)))
    last = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": body["model"],
        "choices": [],
        "usage": _openai_usage(reply),
    }
    return [*events, ("", last), ("", "[DONE]")]


# -- Anthropic ---------------------------------------------------------------------------------


def _anthropic_blocks(reply: Reply, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Where a tool has to be used, the text is its input: as the model would be made to say it."""
    forced = body.get("tool_choice", {}).get("name")
    if forced and not reply.calls and reply.stop != "refusal":
        try:
            given = json.loads(reply.text)
        except ValueError:
            return [{"type": "text", "text": reply.text}]
        return [
            {
                "type": "tool_use",
                "id": "toolu_0",
                "name": forced,
                "input": given if isinstance(given, dict) else {"value": given},
            }
        ]
    blocks: list[dict[str, Any]] = [{"type": "text", "text": reply.text}] if reply.text else []
    return blocks + [
        {"type": "tool_use", "id": f"toolu_{i}", "name": name, "input": arguments}
        for i, (name, arguments) in enumerate(reply.calls)
    ]


def _anthropic_stop(reply: Reply, blocks: list[dict[str, Any]]) -> str:
    named = {"length": "max_tokens", "refusal": "refusal"}
    return named.get(reply.stop) or (
        "tool_use" if any(b["type"] == "tool_use" for b in blocks) else "end_turn"
    )


def _anthropic(reply: Reply, body: dict[str, Any]) -> dict[str, Any]:
    blocks = _anthropic_blocks(reply, body)
    asked, said = reply.tokens
    return {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": blocks,
        "stop_reason": _anthropic_stop(reply, blocks),
        "stop_sequence": None,
        "usage": {"input_tokens": asked, "output_tokens": said},
    }


def _anthropic_stream(reply: Reply, body: dict[str, Any]) -> list[tuple[str, Any]]:
    whole = _anthropic(reply, body)
    start = {**whole, "content": [], "stop_reason": None}
    events: list[tuple[str, Any]] = [("message_start", {"type": "message_start", "message": start})]
    for index, block in enumerate(whole["content"]):
        empty = {**block, "text": ""} if block["type"] == "text" else {**block, "input": {}}
        events.append(
            (
                "content_block_start",
                {"type": "content_block_start", "index": index, "content_block": empty},
            )
        )
        text, kind, name = (
            (block["text"], "text_delta", "text")
            if block["type"] == "text"
            else (json.dumps(block["input"]), "input_json_delta", "partial_json")
        )
        events += [
            (
                "content_block_delta",
                {
                    "type": "content_block_delta",
                    "index": index,
                    "delta": {"type": kind, name: piece},
                },
            )
            for piece in _pieces(text)
        ]
        events.append(("content_block_stop", {"type": "content_block_stop", "index": index}))
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    events.append(
        (
            "message_delta",
            {"type": "message_delta", "delta": delta, "usage": {"output_tokens": reply.tokens[1]}},
        )
    )
    return [*events, ("message_stop", {"type": "message_stop"})]


OPENAI = (_openai, _openai_stream)
ANTHROPIC = (_anthropic, _anthropic_stream)
