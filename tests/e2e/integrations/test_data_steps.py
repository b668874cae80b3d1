"""``data.*``, ``table.*`` and ``code.javascript`` in running workflows; tables over HTTP."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.server import Client, Server


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@data.example").register()


def run(owner: Client, name: str, steps: list[dict[str, Any]], output: Any, body: Any = None) -> dict[str, Any]:  # fmt: skip
    workflow = owner.publish(
        {
            "name": name,
            "triggers": [{"id": "h", "type": "webhook"}],
            "steps": steps,
            "output": output,
        }
    )
    return owner.ended(owner.call_webhook(workflow, body or {}).json()["execution_id"])


ITEMS = [{"n": 2, "t": {"k": "b"}}, {"n": 10, "t": {"k": "a"}}, {"n": 2, "t": {"k": "a"}}]


def test_data_actions_compute(owner: Client) -> None:
    owner.ok("POST", "/v1/connections", {"name": "signer", "auth": {"kind": "signing_secret", "secret": "key"}})  # fmt: skip
    b = "{% $trigger.body"
    steps = [
        {"id": "sorted", "use": "data.sort", "with": {"items": b + ".items %}", "by": [{"field": "n", "order": "desc"}, {"field": "t.k"}]}},
        {"id": "parts", "use": "data.split", "with": {"text": b + ".text %}", "separator": ", "}},
        {"id": "one", "use": "data.split", "with": {"text": "alone", "separator": ","}},
        {"id": "found", "use": "data.match", "with": {"text": b + ".text %}", "pattern": "([a-z])(\\d+)/?", "ignore_case": True}},
        {"id": "none", "use": "data.match", "with": {"text": "x", "pattern": "\\d"}},
        {"id": "has", "use": "data.test", "with": {"text": "a/b", "pattern": "a/b"}},
        {"id": "swapped", "use": "data.replace", "with": {"text": b + ".text %}", "pattern": "(\\d+)", "replacement": "<$1>"}},
        {"id": "hashed", "use": "data.hash", "with": {"text": "abc"}},
        {"id": "packed", "use": "data.base64_encode", "with": {"text": "hello { }"}, "output": {"v": "{% $result & '!' %}"}},
        {"id": "unpacked", "use": "data.base64_decode", "with": {"text": "aGVsbG8="}},
        {"id": "groups", "use": "data.aggregate", "with": {"items": b + ".items %}", "by": ["t.k"], "measures": {"sum": {"function": "sum", "field": "n"}}}},
        {"id": "mac", "use": "data.hmac", "connection": "signer", "with": {"text": "abc", "algorithm": "sha1"}},
        {"id": "code", "use": "code.javascript", "with": {"code": "return input.items.filter(i => i.n > 2).length", "input": b + " %}"}},
    ]  # fmt: skip
    names = ["sorted", "parts", "one", "found", "none", "has", "swapped", "hashed", "packed", "unpacked", "groups", "mac", "code"]  # fmt: skip
    body = {"items": ITEMS, "text": "a1, B22"}
    found = run(owner, "Data", steps, {name: f"{{% ${name} %}}" for name in names}, body)
    assert found["status"] == "succeeded", found
    out = found["output"]
    assert [(item["n"], item["t"]["k"]) for item in out["sorted"]] == [
        (10, "a"),
        (2, "a"),
        (2, "b"),
    ]
    assert out["parts"] == ["a1", "B22"]
    assert out["one"] == ["alone"]
    assert [(f["match"], f["groups"]) for f in out["found"]] == [("a1", ["a", "1"]), ("B22", ["B", "22"])]  # fmt: skip
    assert out["none"] == []
    assert out["has"] is True
    assert out["swapped"] == "a<1>, B<22>"
    assert out["hashed"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert out["packed"] == {"v": "aGVsbG8geyB9!"}
    assert out["unpacked"] == "hello"
    assert out["groups"] == [{"t.k": "b", "sum": 2}, {"t.k": "a", "sum": 12}]
    assert out["mac"] == "4fd0b215276ef12f2b3e4c8ecac2811498b656fc"
    assert out["code"] == {"result": 1, "logs": []}
    history = json.dumps(owner.ok("GET", f"/v1/executions/{found['id']}/history"))
    assert history.count("TaskStateEntered") == 3, "the others are computed by the state machine"


def test_failures_have_names_that_a_workflow_catches(owner: Client) -> None:
    steps = [
        {"try": {"steps": [{"id": "bad", "use": "data.xml_parse", "with": {"xml": "<a>"}}],
         "catch": [{"on": ["Data.Invalid"], "as": "e", "steps": [{"id": "why", "set": "{% $e.name %}"}]}]}},
        {"try": {"steps": [{"id": "slow", "use": "code.javascript", "with": {"code": "for(;;);", "seconds": 0.3}}],
         "catch": [{"on": ["Code.Timeout"], "as": "f", "steps": [{"id": "what", "set": "{% $f.name %}"}]}]}},
    ]  # fmt: skip
    found = run(owner, "Failing", steps, ["{% $why %}", "{% $what %}"])
    assert found["output"] == ["Data.Invalid", "Code.Timeout"], found


TABLE = {
    "name": "orders",
    "columns": {
        "number": {"type": "number", "required": True},
        "city": {"type": "text"},
        "paid": {"type": "boolean"},
        "due": {"type": "date"},
        "at": {"type": "datetime"},
        "extra": {"type": "json"},
    },
    "key": ["number"],
}


@pytest.fixture(scope="module")
def table(owner: Client) -> dict[str, Any]:
    return owner.ok("POST", "/v1/tables", TABLE)


def rows(owner: Client, table: str = "orders", **query: Any) -> list[dict[str, Any]]:
    where = json.dumps(query.pop("where", []))
    answer = owner.http.get(f"/v1/tables/{table}/rows", params={"where": where, **query})
    assert answer.status_code == 200, answer.text
    return [row["values"] for row in answer.json()["items"]]


def test_steps_keep_rows(owner: Client, table: dict[str, Any]) -> None:
    new = [
        {"number": 1, "city": "Rome", "at": "2030-01-01T12:00:00+02:00", "extra": {"a": [1]}},
        {"number": 2, "city": "Oslo", "paid": True, "due": "2030-02-01"},
        {"number": 3, "city": "Rome", "paid": True, "due": "2030-01-15"},
    ]
    steps = [
        {"id": "added", "use": "table.insert", "with": {"table": "orders", "rows": new}},
        {"id": "put", "use": "table.upsert", "with": {"table": "orders", "values": {"number": 2, "city": "Bergen"}}},
        {"id": "rome", "use": "table.find", "with": {"table": "orders", "where": [{"column": "city", "value": "Rome"}], "order_by": "number", "descending": True}},
        {"id": "paid", "use": "table.update", "with": {"table": "orders", "where": [{"column": "paid", "op": "empty"}], "values": {"paid": False}}},
        {"id": "gone", "use": "table.delete", "with": {"table": "orders", "where": [{"column": "due", "op": "<", "value": "2030-01-31"}]}},
    ]  # fmt: skip
    found = run(owner, "Rows", steps, {s["id"]: f"{{% ${s['id']} %}}" for s in steps})
    assert found["status"] == "succeeded", found
    out = found["output"]
    assert out["added"]["count"] == 3
    assert [row["number"] for row in out["rome"]["rows"]] == [3, 1]
    assert (out["paid"], out["gone"]) == ({"count": 1}, {"count": 1})
    assert out["put"]["values"] == {
        "number": 2,
        "city": "Bergen",
        "paid": True,
        "due": "2030-02-01",
    }
    assert rows(owner, where=[{"column": "number", "value": 1}]) == [
        {"number": 1, "city": "Rome", "paid": False, "at": "2030-01-01T10:00:00.000000Z", "extra": {"a": [1]}}
    ]  # fmt: skip
    again = run(owner, "Again", [{"id": "a", "use": "table.insert", "with": {"table": "orders", "rows": [{"number": 1}]}}], 1)  # fmt: skip
    assert again["error"] == "Table.Conflict"
    wrong = run(owner, "Wrong", [{"id": "a", "use": "table.insert", "with": {"table": "orders", "rows": [{"number": "1"}]}}], 1)  # fmt: skip
    assert wrong["error"] == "Table.Invalid"
    assert owner.ok("GET", "/v1/tables/orders")["rows"] == 2


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ([{"column": "n", "op": ">", "value": 9}], [10, 100]),
        ([{"column": "n", "op": "!=", "value": 9}, {"column": "n", "op": "<", "value": 50}], [10]),
        ([{"column": "n", "op": "in", "value": [9, 100, 7]}], [9, 100]),
        ([{"column": "t", "op": "contains", "value": "%"}], [10]),
        ([{"column": "t", "op": "starts_with", "value": "a"}], [9]),
        ([{"column": "t", "op": "empty"}], [100]),
        ([{"column": "t", "op": "empty", "value": False}], [9, 10]),
        ([{"column": "t", "value": "' OR 1=1 --"}], []),
        ([{"column": "j", "op": "contains", "value": [2]}], [9]),
        ([], [9, 10, 100]),
    ],
)
def test_conditions(owner: Client, where: list[Any], numbers: list[int]) -> None:
    columns = {"n": {"type": "number"}, "t": {"type": "text"}, "j": {"type": "json"}}
    made = owner.request("POST", "/v1/tables", {"name": "conditions", "columns": columns})
    if made.status_code == 201:
        new = [{"n": 10, "t": "100%"}, {"n": 9, "t": "a_b", "j": [1, 2]}, {"n": 100}]
        owner.ok("POST", "/v1/tables/conditions/rows", {"rows": new})
    assert [row["n"] for row in rows(owner, "conditions", where=where, order_by="n")] == numbers


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/tables", {"name": "Bad", "columns": {"a": {"type": "text"}}}, 422),
        ("POST", "/v1/tables", {"name": "t", "columns": {}}, 422),
        ("POST", "/v1/tables", {"name": "t", "columns": {"a": {"type": "uuid"}}}, 422),
        ("POST", "/v1/tables", {"name": "t", "columns": {"a": {"type": "text"}}, "key": ["b"]}, 422),
        ("POST", "/v1/tables", TABLE, 409),
        ("PATCH", "/v1/tables/orders", {"add": {"number": {"type": "text"}}}, 409),
        ("PATCH", "/v1/tables/orders", {"add": {"new": {"type": "text", "required": True}}}, 422),
        ("POST", "/v1/tables/orders/rows", {"rows": [{"city": "x"}]}, 422),
        ("POST", "/v1/tables/orders/rows", {"rows": [{"number": 50}, {"number": 50}]}, 409),
        ("POST", "/v1/tables/orders/rows", {"rows": [{"number": True}]}, 422),
        ("POST", "/v1/tables/orders/rows", {"rows": [{"number": 51, "due": "soon"}]}, 422),
        ("POST", "/v1/tables/orders/rows", {"rows": [{"number": 51, "at": "2030-01-01T00:00:00"}]}, 422),
        ("POST", "/v1/tables/orders/rows", {"rows": [{"number": 51, "city": "a\u0000b"}]}, 422),
        ("POST", "/v1/tables/orders/rows", {"rows": [{"number": 51, "nothing": 1}]}, 422),
        ("GET", "/v1/tables/orders/rows?where=x", None, 400),
        ("GET", "/v1/tables/orders/rows?where=[{\"column\":\"no\"}]", None, 422),
        ("GET", "/v1/tables/orders/rows?order_by=no", None, 422),
        ("GET", "/v1/tables/orders/rows?cursor=x", None, 400),
        ("GET", "/v1/tables/nothing/rows", None, 404),
        ("PATCH", "/v1/tables/orders/rows/x", {"values": {}}, 404),
        ("DELETE", "/v1/tables/nothing", None, 404),
    ],
)  # fmt: skip
def test_bad_requests_change_nothing(
    owner: Client, table: dict[str, Any], method: str, path: str, body: Any, status: int
) -> None:
    before = owner.ok("GET", "/v1/tables")
    answer = owner.request(method, path, body)
    assert answer.status_code == status, answer.text
    assert owner.ok("GET", "/v1/tables") == before


def test_pages_and_single_rows(owner: Client) -> None:
    owner.ok("POST", "/v1/tables", {"name": "paged", "columns": {"n": {"type": "number"}}})
    owner.ok("POST", "/v1/tables/paged/rows", {"rows": [{"n": n} for n in range(25)]})
    found, cursor = [], ""
    while cursor is not None:
        page = owner.ok("GET", f"/v1/tables/paged/rows?limit=10{cursor and '&cursor=' + cursor}")
        found += page["items"]
        cursor = page["next"]
    assert [row["values"]["n"] for row in found] == list(range(25))
    path = f"/v1/tables/paged/rows/{found[3]['id']}"
    owner.ok("PATCH", path, {"values": {"n": 99}})
    owner.ok("DELETE", f"/v1/tables/paged/rows/{found[4]['id']}")
    assert rows(owner, "paged", where=[{"column": "n", "op": "in", "value": [3, 4, 99]}]) == [
        {"n": 99}
    ]
    assert owner.ok("GET", "/v1/tables/paged")["rows"] == 24
    changed = owner.ok("PATCH", "/v1/tables/paged", {"add": {"t": {"type": "text"}}})
    assert set(changed["columns"]) == {"n", "t"}
    owner.ok("DELETE", "/v1/tables/paged")
    assert owner.request("GET", "/v1/tables/paged").status_code == 404


def test_upserts_at_once_make_one_row(owner: Client, table: dict[str, Any]) -> None:
    step = {"id": "p", "use": "table.upsert", "with": {"table": "orders", "values": {"number": 777, "city": "{% $trigger.body.city %}"}}}  # fmt: skip
    workflow = owner.publish({"name": "Race", "triggers": [{"id": "h", "type": "webhook"}], "steps": [step]})  # fmt: skip
    with ThreadPoolExecutor(10) as threads:
        started = list(threads.map(lambda n: owner.call_webhook(workflow, {"city": str(n)}).json()["execution_id"], range(20)))  # fmt: skip
    assert {owner.ended(execution)["status"] for execution in started} == {"succeeded"}
    assert len(rows(owner, where=[{"column": "number", "value": 777}])) == 1


def test_a_table_belongs_to_its_workspace(
    owner: Client, table: dict[str, Any], server: Server
) -> None:
    stranger = Client(server, "stranger@data.example").register()
    assert stranger.ok("GET", "/v1/tables") == []
    for method, path, body in (
        ("GET", "/v1/tables/orders", None),
        ("GET", "/v1/tables/orders/rows", None),
        ("POST", "/v1/tables/orders/rows", {"rows": [{"number": 1}]}),
        ("DELETE", "/v1/tables/orders", None),
    ):
        assert stranger.request(method, path, body).status_code == 404
