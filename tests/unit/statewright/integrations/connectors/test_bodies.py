"""Bodies in every media type, and what cannot be one."""

from __future__ import annotations

import email.parser
import email.policy
from typing import Any

import pytest

from statewright.integrations.connectors.bodies import multipart, written
from statewright.integrations.connectors.model import Body, BodyKind, Encoding
from statewright.integrations.failures import HttpRequestError


@pytest.mark.parametrize(
    ("kind", "value", "content"),
    [
        ("json", {"a": [1, "é"]}, '{"a": [1, "é"]}'),
        ("form", {"a": 1, "b": ["x", "y"], "c": {"d": True}, "e": "a&b ü"}, "a=1&b=x&b=y&c[d]=true&e=a%26b%20%C3%BC"),
        ("form", {"items": [{"price": "p", "quantity": 2}]}, "items[0][price]=p&items[0][quantity]=2"),
        ("text", "plain", "plain"),
        ("text", {"a": 1}, '{"a": 1}'),
        ("binary", "aGk=", "hi"),
        ("binary", {"text": "hi"}, "hi"),
        ("xml", "<a/>", "<a/>"),
    ],
)  # fmt: skip
def test_contents(kind: BodyKind, value: Any, content: str) -> None:
    assert written(Body("x/y", kind), value, "b")[0].decode() == content


def test_xml_follows_the_schemas_hints() -> None:
    schema = {
        "xml": {"name": "pet", "namespace": "urn:p", "prefix": "p"},
        "properties": {
            "id": {"type": "integer", "xml": {"attribute": True}},
            "tags": {"type": "array", "xml": {"wrapped": True}, "items": {"xml": {"name": "tag"}}},
            "name": {"type": "string"},
        },
    }
    value = {"id": 1, "name": "a<b", "tags": ["x", "y"]}
    content, _ = written(Body("application/xml", "xml", xml=schema), value, "b")
    assert content.decode() == '<p:pet xmlns:p="urn:p" id="1"><name>a&lt;b</name><tags><tag>x</tag><tag>y</tag></tags></p:pet>'  # fmt: skip


def test_multipart_is_read_by_pythons_own_parser() -> None:
    fields = {
        "name": 'a"b',
        "meta": {"x": 1},
        "many": [1, 2],
        "file": {"base64": "AAE=", "filename": 'q"\r\n.bin', "content_type": "image/png"},
        "list": ["a"],
    }
    content = multipart(fields, {"list": Encoding("application/json")}, "edge")
    head = b"Content-Type: multipart/form-data; boundary=edge\r\n\r\n"
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
    parts = [
        (
            part.get_param("name", header="content-disposition"),
            part.get_content_type() if part["content-type"] else "",
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    ]
    assert parts == [
        ("name", "", b'a"b'),
        ("meta", "application/json", b'{"x": 1}'),
        ("many", "", b"1"),
        ("many", "", b"2"),
        ("file", "image/png", b"\x00\x01"),
        ("list", "application/json", b'["a"]'),
    ]
    assert b"\r\n.bin" not in content


@pytest.mark.parametrize(("kind", "value"), [("form", "text"), ("multipart", [1]), ("binary", "no base64!"), ("binary", 1)])  # fmt: skip
def test_what_cannot_be_written_so_is_refused(kind: BodyKind, value: Any) -> None:
    with pytest.raises(HttpRequestError) as raised:
        written(Body("x/y", kind), value, "b")
    assert type(raised.value).__name__ == "Http.InvalidRequest"
