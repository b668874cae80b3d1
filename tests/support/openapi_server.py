"""A stand-in for the server that an OpenAPI document describes.

It matches a request to an operation of the document, reads each parameter and the body by the
document's own rules, checks them against the document's schemas, and answers from the schema of the
operation's answer. It shares the reading of references and schemas with the product, and nothing of
how the product writes requests.
"""

from __future__ import annotations

import email.parser
import email.policy
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema_rs

from statewright.integrations.openapi import dialects
from statewright.integrations.openapi.importing import Imported
from statewright.integrations.openapi.library import Library, Spot
from statewright.integrations.openapi.schemas import Schemas
from tests.support.samples import NoSampleError, sample
from tests.support.web import Asked, Reply, Web, web

_BRACKETS = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])+)$")


@dataclass
class StandIn:
    """The server, and what it found wrong with the requests that it got."""

    library: Library
    root: Spot
    found: list[str] = field(default_factory=list)
    answered: dict[str, Any] = field(default_factory=dict)
    """What it answered last, by method and path template."""
    url: str = ""

    def __post_init__(self) -> None:
        self._schemas = Schemas(self.library, lambda spot, detail: None)
        self._routes = [
            (re.compile(_regex(path)), path, self.library.follow(item))
            for path, item in self.root.under("paths").items()
        ]
        self._routes.sort(key=lambda route: (route[1].count("{"), -len(route[1])))

    def answer(self, asked: Asked) -> Reply:
        """Checks a request and answers it."""
        candidates = []
        for pattern, path, item in self._routes:
            match = pattern.fullmatch(asked.target.partition("?")[0])
            spot = item.under(asked.method.lower())
            if match and spot.value is not None:
                problems: list[str] = []
                operation = self.library.follow(spot)
                self._check(asked, match.groupdict(), item, operation, path, problems)
                candidates.append((problems, path, operation))
                if not problems:
                    break
        if not candidates:
            self.found.append(f"{asked.method} {asked.target}: no such operation")
            return Reply(404)
        problems, path, operation = min(candidates, key=lambda c: len(c[0]))
        self.found += [f"{asked.method} {path}: {problem}" for problem in problems]
        if problems:
            return Reply(400, {"Content-Type": "text/plain"}, "; ".join(problems).encode())
        return self._reply(asked.method, path, operation)

    # -- requests ----------------------------------------------------------------------------------

    def _check(self, asked: Asked, path: dict[str, str], item: Spot, operation: Spot, template: str, problems: list[str]) -> None:  # fmt: skip
        declared: dict[tuple[str, str], Spot] = {}
        for owner in (item, operation):
            for element in owner.under("parameters").elements():
                spot = self.library.follow(element)
                declared[spot.text("name"), spot.text("in")] = spot
        names = re.findall(r"{([^{}]+)}", template)
        raw_path = {name: path[f"p{index}"] for index, name in enumerate(names)}
        pairs = [p.partition("=")[::2] for p in urlsplit(asked.target).query.split("&") if p]
        cookies = dict(p.strip().partition("=")[::2] for p in asked.headers.get("cookie", "").split(";"))  # fmt: skip
        used: set[str] = set()
        for (name, place), spot in declared.items():
            raw: Any = {"path": raw_path.get(name), "header": asked.headers.get(name.lower()), "cookie": cookies.get(name), "query": None}.get(place)  # fmt: skip
            if place == "query":
                raw = self._query(name, spot, pairs, used)
            if place in {"path", "header", "cookie", "query"}:
                self._parameter(name, place, spot, raw, problems)
        left = {unquote(key) for key, _ in pairs} - used
        if left:
            problems.append(f"query parameters that are none: {sorted(left)}")
        self._body(asked, operation, declared, problems)

    def _query(self, name: str, spot: Spot, pairs: list[tuple[str, str]], used: set[str]) -> Any:
        style, explode = dialects.style_of(self.root, spot)
        schema = self._schema(dialects.parameter_schema(self.root, spot))
        if style == "deepObject":
            values = [(k, v) for k, v in ((unquote(k), v) for k, v in pairs) if k.startswith(f"{name}[")]  # fmt: skip
            used |= {k for k, _ in values}
            return _deep(name, values) if values else None
        if style == "form" and explode and _kind(schema) == "object" and next(dialects.contents(spot), None) is None:  # fmt: skip
            fields = schema.get("properties", {})
            values = [(unquote(k), unquote(v)) for k, v in pairs if unquote(k) in fields]
            used |= {k for k, _ in values}
            return dict(values) or None
        values = [v for k, v in pairs if unquote(k) == name]
        used.add(name)
        if not values:
            return None
        if _kind(schema) == "array" and explode and next(dialects.contents(spot), None) is None:
            return [unquote(v) for v in values]
        return values[0]

    def _parameter(self, name: str, place: str, spot: Spot, raw: Any, problems: list[str]) -> None:
        if raw is None:
            if spot.get("required") is True and not (place == "header" and name.lower() in {"accept", "content-type", "authorization"}):  # fmt: skip
                problems.append(f"the {place} parameter '{name}' is missing")
            return
        content = next(dialects.contents(spot), None)
        if content is not None:
            schema = self._schema(content[1].under("schema"))
            value = json.loads(unquote(raw))
        else:
            schema = self._schema(dialects.parameter_schema(self.root, spot))
            value = self._decoded(raw, name, place, spot, schema)
        self._valid(schema, value, f"the {place} parameter '{name}'", problems)

    def _decoded(self, raw: Any, name: str, place: str, spot: Spot, schema: Any) -> Any:
        style, explode = dialects.style_of(self.root, spot)
        if isinstance(raw, list | dict):
            return self._coerced(raw, schema)
        text = str(raw)
        if style == "matrix":
            text = text.removeprefix(";")
            if _kind(schema) == "array" and explode:
                return self._coerced([unquote(p.partition("=")[2]) for p in text.split(";")], schema)  # fmt: skip
            if not (_kind(schema) == "object" and explode):
                text = text.partition("=")[2]
        if style == "label":
            text = text.removeprefix(".")
        joint = {"label": "." if explode else ",", "matrix": ";" if explode else ",", "spaceDelimited": "%20", "pipeDelimited": "|", "tabDelimited": "%09"}.get(style, ",")  # fmt: skip
        if _kind(schema) == "array":
            return self._coerced([unquote(p) for p in text.split(joint)], schema)
        if _kind(schema) == "object":
            parts = [unquote(p) for p in text.split(joint)]
            pairs = [p.partition("=")[::2] for p in parts] if explode else zip(parts[::2], parts[1::2], strict=True)  # fmt: skip
            return self._coerced(dict(pairs), schema)
        return self._coerced(unquote(text) if place != "header" else text, schema)

    def _coerced(self, value: Any, schema: Any) -> Any:
        """Text as the type that the schema wants, where it can be one."""
        schema = self._resolved(schema)
        if isinstance(value, list):
            return [self._coerced(item, schema.get("items", {})) for item in value]
        if isinstance(value, dict):
            inner = schema.get("properties", {})
            return {k: self._coerced(v, inner.get(k, {})) for k, v in value.items()}
        if not isinstance(value, str):
            return value
        options = [schema, *schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]  # fmt: skip
        candidates: list[Any] = [value]
        for option in map(self._resolved, options):
            for kind in _kinds(option):
                candidates += _as(kind, value)
        for candidate in reversed(candidates):
            if self._is_valid(schema, candidate):
                return candidate
        return value

    def _body(self, asked: Asked, operation: Spot, declared: dict[tuple[str, str], Spot], problems: list[str]) -> None:  # fmt: skip
        if dialects.is_swagger(self.root):
            self._swagger_body(asked, declared, problems)
            return
        body = self.library.follow(operation.under("requestBody"))
        content = dict(dialects.contents(body))
        if not asked.body:
            if body.get("required") is True:
                problems.append("the body is missing")
            return
        kind = asked.headers.get("content-type", "").partition(";")[0].lower()
        spot = content.get(kind, content.get("*/*"))
        if spot is None:
            problems.append(f"a body of type '{kind}', which is none of {sorted(content)}")
            return
        schema = self._schema(spot.under("schema"))
        self._valid(schema, self._content(asked, kind, schema), "the body", problems)

    def _swagger_body(self, asked: Asked, declared: dict[tuple[str, str], Spot], problems: list[str]) -> None:  # fmt: skip
        kind = asked.headers.get("content-type", "").partition(";")[0].lower()
        whole = next((s for (_, place), s in declared.items() if place == "body"), None)
        fields = {n: s for (n, place), s in declared.items() if place == "formData"}
        if whole is not None and asked.body:
            schema = self._schema(whole.under("schema"))
            self._valid(schema, self._content(asked, kind, schema), "the body", problems)
        elif fields:
            properties = {n: self._schema(dialects.parameter_schema(self.root, s)) for n, s in fields.items()}  # fmt: skip
            required = [n for n, s in fields.items() if s.get("required") is True]
            schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}  # fmt: skip
            self._valid(schema, self._content(asked, kind, schema), "the form", problems)

    def _content(self, asked: Asked, kind: str, schema: Any) -> Any:
        match dialects.kind_of(kind):
            case "json":
                return json.loads(asked.body)
            case "form":
                return self._form(parse_qsl(asked.body.decode(), keep_blank_values=True), schema)
            case "multipart":
                return self._form(list(_parts(asked)), schema)
            case "binary":
                return "aGVsbG8=" if asked.body else ""
        return asked.body.decode()

    def _form(self, pairs: list[tuple[str, str]], schema: Any) -> Any:
        resolved = self._resolved(schema)
        value: dict[str, Any] = {}
        for key, text in pairs:
            match = _BRACKETS.match(key)
            if match and key not in resolved.get("properties", {}):
                name = match[1]
                value[name] = _deep(name, [(k, v) for k, v in pairs if k.startswith(f"{name}[")])
                continue
            inner = self._resolved(resolved.get("properties", {}).get(key, {}))
            if _kind(inner) == "array":
                parsed = _json(text)
                if isinstance(parsed, list):
                    value[key] = parsed
                else:
                    one = parsed if isinstance(parsed, dict) else text
                    value.setdefault(key, []).append(one)
            else:
                parsed = _json(text)
                value[key] = parsed if isinstance(parsed, dict | list) else text
        return self._coerced(value, schema)

    # -- schemas -----------------------------------------------------------------------------------

    def _schema(self, spot: Spot) -> Any:
        found = self._schemas.read(spot) if spot.value is not None else {}
        self._schemas.finish()
        return found

    def _resolved(self, schema: Any) -> Any:
        return self._schemas.resolved(schema) if isinstance(schema, dict) else {}

    def _whole(self, schema: Any) -> Any:
        return {**schema, "$defs": self._needed(schema)}

    def _needed(self, schema: Any) -> Any:
        from statewright.integrations.openapi.schemas import closure

        return closure(schema, self._schemas.definitions)

    def _is_valid(self, schema: Any, value: Any) -> bool:
        return bool(jsonschema_rs.is_valid(self._whole(schema), value))

    def _valid(self, schema: Any, value: Any, what: str, problems: list[str]) -> None:
        for error in jsonschema_rs.iter_errors(self._whole(schema), value):
            problems.append(f"{what}: {error.message[:200]}")
            break

    # -- answers -----------------------------------------------------------------------------------

    def _reply(self, method: str, path: str, operation: Spot) -> Reply:
        responses = dict(operation.under("responses").items())
        codes = sorted(c for c in responses if re.fullmatch(r"2\d\d", c)) or ["200"]
        spot = self.library.follow(responses.get(codes[0], responses.get("default", operation.under("no"))))  # fmt: skip
        status = int(codes[0])
        if dialects.is_swagger(self.root):
            schema_spot, media_type = spot.under("schema"), "application/json"
            if schema_spot.value is None:
                return Reply(status)
        else:
            first = next(dialects.contents(spot), None)
            if first is None or status == 204:
                return Reply(status)
            media_type, schema_spot = first[0].replace("*/*", "application/json"), first[1].under("schema")  # fmt: skip
        schema = self._schema(schema_spot)
        try:
            value = sample(schema, self._needed(schema))
        except NoSampleError:
            value = {}
        self.answered[f"{method} {path}"] = value
        kind = dialects.kind_of(media_type)
        body = json.dumps(value) if kind == "json" or not isinstance(value, str) else value
        return Reply(status, {"Content-Type": media_type}, body.encode() if method != "HEAD" else b"")  # fmt: skip


def _regex(path: str) -> str:
    parts = re.split(r"{[^{}]+}", path)
    joined = re.escape(parts[0])
    for index, part in enumerate(parts[1:]):
        joined += f"(?P<p{index}>[^/?#]*?|[^?#]+?)" + re.escape(part)
    return joined


def _kinds(schema: Any) -> list[str]:
    kinds = schema.get("type", []) if isinstance(schema, dict) else []
    return kinds if isinstance(kinds, list) else [kinds]


def _kind(schema: Any) -> str:
    if isinstance(schema, dict) and not _kinds(schema) and "properties" in schema:
        return "object"
    return next((k for k in _kinds(schema) if k != "null"), "")


def _as(kind: str, text: str) -> list[Any]:
    match kind:
        case "integer" | "number":
            found = _json(text)
            return [found] if isinstance(found, int | float) and not isinstance(found, bool) else []
        case "boolean":
            return [{"true": True, "false": False}[text]] if text in {"true", "false"} else []
        case "null":
            return [None] if text == "" else []
        case "object" | "array":
            found = _json(text)
            return [found] if isinstance(found, dict | list) else []
    return []


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _deep(name: str, pairs: list[tuple[str, str]]) -> Any:
    found: Any = {}
    for key, text in pairs:
        parts = re.findall(r"\[([^\[\]]*)\]", key)
        here = found
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            if part == "":
                here.setdefault("", []).append(unquote(text))
                break
            if last:
                here[part] = unquote(text)
            else:
                here = here.setdefault(part, {})
    return _lists(found)


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {""}:
            return value[""]
        return {k: _lists(v) for k, v in value.items()}
    return value


def _parts(asked: Asked) -> Iterator[tuple[str, str]]:
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + asked.body)
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        yield name, "aGVsbG8=" if part.get_filename() else text


@contextmanager
def described_by(library: Library, root: Spot) -> Iterator[tuple[StandIn, Web]]:
    """Serves what a document describes."""
    stand_in = StandIn(library, root)
    with web(stand_in.answer) as served:
        stand_in.url = served.url
        yield stand_in, served


def inputs_of(imported: Imported, operation: Any) -> dict[str, Any]:
    """Inputs that an operation's form accepts.

    Raises:
        NoSampleError: none could be made up.
    """
    from statewright.integrations.openapi.schemas import closure

    schema = dict(operation.inputs)
    made: dict[str, Any] = sample(schema, closure(schema, imported.definitions))
    made.pop("content_type", None) if len(operation.bodies) > 1 else None
    return made
