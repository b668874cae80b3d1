"""Connectors in Python: what is known of them, what they do, and what they cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import BaseModel, ValidationError

from statewright.sdk import Connector, Polled, isolated, operation, polling
from statewright.sdk.connector import MisdeclaredError
from statewright.sdk.isolated import Bounds
from statewright.sdk.manifest import Manifest, manifest_of
from statewright.sdk.running import run
from tests.support.web import Asked, Reply, web


class Inner(BaseModel):
    number: int


class Wanted(BaseModel):
    text: str
    inner: Inner | None = None


class Shop(Connector):
    """A shop."""

    name = "shop"
    auth = {"token": {"kind": "bearer"}}

    @operation("Echo")
    def echo(self, wanted: Wanted) -> dict[str, Any]:
        """Says it again."""
        return {"said": wanted.text}

    @operation("Fetch")
    def fetch(self, wanted: Wanted) -> list[Inner]:
        """What the server has."""
        return [
            Inner(**one)
            for one in self.http.get(wanted.text, query={"a": None, "b": [1, 2]}).json()
        ]

    @operation("Fail")
    def fail(self, wanted: Wanted) -> int:
        """Raises."""
        raise RuntimeError(f"with a secret-token in {wanted.text}")

    @operation("Lie")
    def lie(self, wanted: Wanted) -> int:
        """Gives something else than it says."""
        return "seven"  # type: ignore[return-value]

    @polling("New")
    def new(self, cursor: int | None) -> Polled[Inner]:
        """Counts on."""
        return Polled(items=[Inner(number=(cursor or 0) + 1)], cursor=(cursor or 0) + 1)


def do(name: str, inputs: Any, **auth: Any) -> Any:
    return run(Shop, {"operation": name, "inputs": inputs, "auth": auth})


def test_the_manifest_has_forms_and_results_as_schemas() -> None:
    manifest = manifest_of(Shop)
    assert Manifest.model_validate(manifest.model_dump(mode="json")) == manifest
    assert {name for name, one in manifest.operations.items() if one.polls} == {"new"}
    form = {**manifest.operations["echo"].inputs, "$defs": manifest.definitions}
    valid = jsonschema_rs.validator_for(form)
    assert valid.is_valid({"text": "a", "inner": {"number": 1}})
    assert not valid.is_valid({"text": "a", "inner": {"number": "one"}})
    assert not valid.is_valid({})
    imported = manifest.imported()
    assert [one.name for one in imported.operations] == ["echo", "fail", "fetch", "lie", "new"]
    assert {one.method for one in imported.operations} == {"CALL"}


@pytest.mark.parametrize(
    ("name", "inputs", "expected"),
    [
        ("echo", {"text": "hi"}, {"result": {"said": "hi"}}),
        ("new", {}, {"result": {"items": [{"number": 1}], "cursor": 1}}),
        ("new", {"cursor": 4}, {"result": {"items": [{"number": 5}], "cursor": 5}}),
        ("echo", {"text": 1}, "Http.InvalidRequest"),
        ("echo", {}, "Http.InvalidRequest"),
        ("new", {"cursor": "x"}, "Http.InvalidRequest"),
        ("lie", {"text": ""}, "Connector.Error"),
        ("none", {}, "Connector.Error"),
        ("__init__", {}, "Connector.Error"),
        ("fetch", {"text": "/x"}, "Connector.Error"),
    ],
)
def test_what_operations_give(name: str, inputs: Any, expected: Any) -> None:
    found = do(name, inputs)
    if isinstance(expected, str) and expected == "Connector.Error" and name == "fetch":
        assert found["error"]["name"] == "Connection.Invalid", "there is no server"
    else:
        assert found == expected or found["error"]["name"] == expected


def test_no_secret_stands_in_a_failure() -> None:
    found = do("fail", {"text": "x"}, headers={"authorization": "Bearer secret-token"})
    assert found["error"] == {"name": "Connector.Error", "message": "RuntimeError: with a *** in x"}


def test_calls_carry_the_credential_to_its_own_address_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STATEWRIGHT_OUTBOUND_ALLOW", "127.0.0.0/8")
    from statewright.settings import settings

    settings.cache_clear()
    answers = {"/api/ok": Reply(200, {}, b'[{"number": 7}]'), "/api/bad": Reply(422, {}, b"token t0psecret"), "/api/html": Reply(200, {}, b"<p>")}  # fmt: skip

    def answer(asked: Asked) -> Reply:
        return answers[asked.path]

    with web(answer) as there:
        auth = {"base_url": f"{there.url}/api", "headers": {"authorization": "Bearer t0psecret"}, "query": {"key": "k&y"}}  # fmt: skip
        assert do("fetch", {"text": "/ok"}, **auth) == {"result": [{"number": 7}]}
        assert do("fetch", {"text": f"{there.url}/api/ok"}, **auth) == {"result": [{"number": 7}]}
        failed = do("fetch", {"text": "bad"}, **auth)["error"]
        assert failed["name"] == "Http.ClientError"
        assert "t0psecret" not in failed["message"]
        assert do("fetch", {"text": "/html"}, **auth)["error"]["name"] == "Http.InvalidAnswer"
        for address in ("http://127.0.0.1:1/x", "//evil.example/x", f"{there.url}\\@evil.example", "https://evil.example"):  # fmt: skip
            assert do("fetch", {"text": address}, **auth)["error"]["name"] == "Connection.Invalid"
        assert there.asked[0].headers["authorization"] == "Bearer t0psecret"
        assert there.asked[0].query == {"b": ["1", "2"], "key": ["k&y"]}
    settings.cache_clear()


def test_what_is_no_connector() -> None:
    class Empty(Connector):
        name = "empty"

    class Untyped(Connector):
        name = "untyped"

        @operation("x")
        def go(self, wanted):  # type: ignore[no-untyped-def]
            return 1

    class Plain(Connector):
        name = "plain"

        @operation("x")
        def go(self, wanted: int) -> int:
            return wanted

    class Polling(Connector):
        name = "polling"

        @polling("x")
        def go(self, cursor: str | None) -> list[int]:
            return []

    for wrong in (Empty, Untyped, Plain, Polling):
        with pytest.raises(MisdeclaredError):
            manifest_of(wrong)

    class Misnamed(Shop):
        name = "No Name"

    with pytest.raises(ValidationError):
        manifest_of(Misnamed)


@pytest.mark.parametrize(
    "change",
    [
        {"operations": {}},
        {"operations": {"go": {"title": "x", "inputs": {"type": "array"}, "result": {}}}},
        {"operations": {"go": {"title": "x", "inputs": {"type": "object", "properties": 5}, "result": {}}}},
        {"operations": {"go": {"title": "x", "inputs": {"type": "object"}, "result": {"type": "x"}}}},
        {"connector": "../x"},
        {"server": "file:///etc/passwd"},
        {"definitions": {"A": {"type": 5}}},
        {"code": "import os"},
    ],
)  # fmt: skip
def test_a_manifest_that_somebody_else_wrote(change: dict[str, Any]) -> None:
    whole = manifest_of(Shop).model_dump(mode="json")
    with pytest.raises(ValidationError):
        Manifest.model_validate({**whole, **change})


HOSTILE = """
import os
from pydantic import BaseModel
from statewright.sdk import Connector, operation

class In(BaseModel):
    code: str

class Hostile(Connector):
    name = "hostile"

    @operation("Runs what it gets")
    def go(self, wanted: In) -> str:
        names = {"os": os}
        exec(wanted.code, names)
        return str(names.get("found", ""))
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("connectors") / "hostile.py"
    file.write_text(HOSTILE)
    return file


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("found = 7", {"result": "7"}),
        ("print('noise' * 100000); found = 'quiet'", {"result": "quiet"}),
        ("found = sorted(n for n in os.environ if n != 'LC_CTYPE')", {"result": "['STATEWRIGHT_OUTBOUND_ALLOW']"}),
        ("found = 'x' * 300_000", "Connector.TooLarge"),
        ("x = bytearray(4 * 1024 ** 3)", "Connector.OutOfMemory"),
        ("while True: pass", "Connector.Timeout"),
        ("import time; time.sleep(60)", "Connector.Timeout"),
        ("if os.fork(): os._exit(0)\nimport time; time.sleep(60)", "Connector.Timeout"),
        ("os._exit(3)", "Connector.Error"),
        ("os.kill(os.getpid(), 11)", "Connector.Error"),
        ("f = open('grown', 'w'); f.write('x'); f.flush()", "Connector.Error"),
        ("raise SystemExit(1)", "Connector.Error"),
        ("[os.write(n, b'[1]') for n in range(3, 20) if n == 3]; os._exit(0)", "Connector.Error"),
    ],
)  # fmt: skip
def test_its_process_has_limits(
    hostile: Path, code: str, expected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolated, "_START_SECONDS", 0.0)
    job = {"operation": "go", "inputs": {"code": code}}
    quick = code.startswith(("while", "import time", "if os.fork"))
    found = isolated.run(hostile, job, bounds=Bounds(seconds=4.0 if quick else 30.0))
    assert found == expected or found["error"]["name"] == expected, found


@pytest.mark.parametrize("text", ["", "import nothing_of_that_name", "x = (", "raise SystemExit"])
def test_a_file_that_is_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.py"
    file.write_text(text)
    assert isolated.describe(file)["error"]["name"] == "Connector.Error"
