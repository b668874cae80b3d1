"""Files looked at, by folders; their rows taken into tables."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.integrations.test_files import put
from tests.support.server import Client, Server

COLUMNS = {
    "number": {"type": "number", "required": True},
    "city": {"type": "text"},
    "due": {"type": "date"},
}


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    client = Client(server, "owner@imports.example").register()
    client.ok("POST", "/v1/tables", {"name": "orders", "columns": COLUMNS, "key": ["number"]})
    return client


def imported(owner: Client, file: str, **more: Any) -> dict[str, Any]:
    wanted = {"file": file, "columns": {"number": "No.", "city": "City", "due": "Due"}, **more}
    return dict(owner.ok("POST", "/v1/tables/orders/imports", wanted))


def test_folders_are_what_names_have_in_common(owner: Client) -> None:
    for name in ["b/1.txt", "b/c/2.txt", "b/c/3.txt", "b_/4.txt"]:
        put(owner, name, b"12345")
    top = owner.ok("GET", "/v1/file-folders")
    found = {each["name"]: (each["files"], each["size"]) for each in top["folders"]}
    assert found | {"b": (3, 15), "b_": (1, 5)} == found
    assert (top["used"] >= 20, top["quota"]) == (True, 100_000_000_000)
    below = owner.ok("GET", "/v1/file-folders?prefix=b/")["folders"]
    assert [(each["name"], each["files"]) for each in below] == [("c", 2)]
    here = owner.ok("GET", "/v1/files?prefix=b/&deep=false")["items"]
    assert [file["name"] for file in here] == ["b/1.txt"]
    found = owner.ok("GET", "/v1/files?prefix=b/&contains=2.TX")["items"]
    assert [file["name"] for file in found] == ["b/c/2.txt"]


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("p.csv", b"a,b\n1,2\n3\n", {"kind": "rows", "columns": ["a", "b"], "rows": [{"a": "1", "b": "2"}, {"a": "3", "b": None}]}),
        ("long.csv", b"a\n" + b"1\n" * 101, {"kind": "rows", "more": True}),
        ("p.jsonl", b'{"a": 1}\n[2]\n', {"columns": ["a", "value"], "rows": [{"a": 1}, {"value": [2]}]}),
        ("p.txt", "ä".encode() * 60_000, {"kind": "text", "text": "ä" * 50_000, "more": True}),
        ("p.json", b"{}", {"kind": "text", "text": "{}", "more": False}),
        ("empty.csv", b"", {"kind": "rows", "rows": [], "columns": []}),
        ("p.bin", b"\x00", {"kind": "none", "why": None}),
        ("no.txt", b"\x00\x01", {"kind": "none", "why": "the content is no text"}),
        ("no.xlsx", b"no sheet", {"kind": "none"}),
    ],
)  # fmt: skip
def test_a_file_shows_how_it_begins(
    owner: Client, name: str, content: bytes, shown: dict[str, Any]
) -> None:
    found = owner.ok("GET", f"/v1/files/{put(owner, name, content)['id']}/preview")
    assert found | shown == found


def test_rows_go_into_a_table_and_those_that_do_not_fit_are_told(owner: Client) -> None:
    lines = ["No.,City,Due", "1,Rome,2026-11-23", "x,Paris,", "2,Oslo,tomorrow", "1,Bonn,", "3,,"]
    put(owner, "orders.csv", "\n".join(lines).encode())
    checked = imported(owner, "orders.csv", check=True)
    assert (checked["read"], checked["kept"], checked["wrong"], checked["next"]) == (5, 2, 3, None)
    assert [(each["row"], each["column"], each["detail"]) for each in checked["errors"]] == [
        (3, "number", "“x” is no number such as 12.5"),
        (4, "due", "“tomorrow” is no day such as 2026-11-23"),
        (5, None, "has the same key as row 2"),
    ]
    assert owner.ok("GET", "/v1/tables/orders")["rows"] == 0
    assert imported(owner, "orders.csv")["kept"] == 2
    again = imported(owner, "orders.csv")
    assert (again["kept"], again["errors"][0]["detail"]) == (0, "a row of this key is in the table already")  # fmt: skip
    put(owner, "more.csv", b"No.,City,Due\n1,Kiel,\n7,Graz,\n7,,2026-01-01\n")
    first = imported(owner, "more.csv", mode="update", limit=1)
    assert (first["kept"], first["next"]) == (1, 1)
    rest = imported(owner, "more.csv", mode="update", skip=first["next"])
    assert (rest["kept"], rest["next"]) == (2, None)
    rows = owner.ok("GET", "/v1/tables/orders/rows")["items"]
    values = {row["values"]["number"]: row["values"] for row in rows}
    assert (values[1]["city"], values[7]["due"], sorted(values)) == ("Kiel", "2026-01-01", [1, 3, 7])  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"file": "none.csv", "columns": {"number": "No."}}, 404),
        ({"file": "../x.csv", "columns": {"number": "No."}}, 422),
        ({"file": "plain.txt", "columns": {"number": "No."}}, 422),
        ({"file": "broken.xlsx", "columns": {"number": "No."}}, 422),
        ({"file": "broken.xlsx", "columns": {"nothing": "No."}}, 422),
        ({"file": "broken.xlsx", "columns": {}}, 422),
    ],
)
def test_what_cannot_be_imported(owner: Client, wanted: dict[str, Any], status: int) -> None:
    put(owner, "plain.txt", b"x", replace=True)
    put(owner, "broken.xlsx", b"x", replace=True)
    answer = owner.request("POST", "/v1/tables/orders/imports", wanted)
    assert (answer.status_code, answer.json()["title"] != "") == (status, True), answer.text
    bare = {"name": "bare", "columns": {"number": {"type": "number"}}}
    owner.request("POST", "/v1/tables", bare)
    answer = owner.request("POST", "/v1/tables/bare/imports", {**wanted, "mode": "update"})
    assert answer.status_code in {404, 422}
