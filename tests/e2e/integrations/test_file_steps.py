"""``file.*``, and files beside ``http.request``, in running workflows."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import openpyxl
import pytest
from PIL import Image

from tests.e2e.integrations.test_data_steps import run
from tests.e2e.integrations.test_files import fetched, put
from tests.support.server import Client, Server
from tests.support.web import Asked, Reply, Web, web


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@filesteps.example").register()


def by_name(owner: Client, name: str) -> dict[str, Any]:
    return dict(next(f for f in owner.ok("GET", f"/v1/files?prefix={name}")["items"] if f["name"] == name))  # fmt: skip


def content(owner: Client, name: str) -> bytes:
    return fetched(owner, by_name(owner, name)).content


def outputs(owner: Client, *steps: dict[str, Any]) -> dict[str, Any]:
    """What each of some steps gives."""
    name = f"Files: {steps[0]['id']}"
    found = run(owner, name, list(steps), {s["id"]: f"{{% ${s['id']} %}}" for s in steps})
    assert found["status"] == "succeeded", (found.get("error"), found.get("cause"))
    return dict(found["output"])


def use(step: str, action: str, **inputs: Any) -> dict[str, Any]:
    return {"id": step, "use": action, "with": inputs}


def test_rows_go_through_every_format(owner: Client) -> None:
    rows = [{"sku": "A-1", "n": 2, "note": "=1+1"}, {"sku": "Ä", "n": None, "note": 'q"x'}]
    out = outputs(
        owner,
        use("csv", "file.write", file="r/a.csv", rows=rows, columns=["sku", "n", "note"]),
        use("xlsx", "file.convert", file="r/a.csv", to="r/a.xlsx"),
        use("jsonl", "file.convert", file="r/a.xlsx", to="r/a.jsonl"),
        use("json", "file.convert", file="r/a.jsonl", to="r/a.json"),
        use("tsv", "file.convert", file="r/a.json", to="r/a.tsv", columns=["note", "sku", "n"]),
        use("back", "file.read", file="r/a.tsv"),
        use("second", "file.read", file="r/a.xlsx", skip=1, limit=1),
        use("data", "file.read", file="r/a.json"),
        use("listed", "file.list", prefix="r/", limit=2),
        use("copied", "file.copy", file="r/a.csv", to="r2/b.csv"),
        use("gone", "file.delete", file="r2/b.csv"),
        use("link", "file.link", file="r/a.csv", seconds=60),
    )
    assert out["csv"]["content_type"] == "text/csv"
    assert content(owner, "r/a.csv").decode() == 'sku,n,note\r\nA-1,2,=1+1\r\nÄ,,"q""x"\r\n'
    assert [out[step]["count"] for step in ("xlsx", "jsonl", "json", "tsv")] == [2] * 4
    kept = [{"note": "=1+1", "sku": "A-1", "n": "2"}, {"note": 'q"x', "sku": "Ä", "n": ""}]
    assert out["back"] == {"format": "csv", "rows": kept, "count": 2, "more": False}
    assert (out["second"]["rows"][0]["sku"], out["second"]["more"]) == ("Ä", False)
    assert [row["sku"] for row in out["data"]["data"]] == ["A-1", "Ä"]
    sheet = openpyxl.load_workbook(io.BytesIO(content(owner, "r/a.xlsx"))).active
    assert sheet is not None
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=1+1", "s"), "no formula"
    assert [file["file"] for file in out["listed"]["files"]] == ["r/a.csv", "r/a.json"]
    assert (out["copied"]["size"], out["gone"]) == (out["csv"]["size"], {"deleted": True})
    assert httpx.get(out["link"]["url"]).content == content(owner, "r/a.csv")


def test_pictures_archives_and_texts(owner: Client) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (80, 40)).save(picture, "PNG")
    put(owner, "m/a.png", picture.getvalue())
    put(owner, "m/old.txt", "Größe".encode("latin-1"))
    out = outputs(
        owner,
        use("facts", "file.image", file="m/a.png"),
        use("small", "file.image", file="m/a.png", to="m/b.webp", width=20),
        use("zip", "file.zip", files=["m/a.png", "m/b.webp"], to="m.zip", strip="m/"),
        use("inside", "file.unzip", file="m.zip"),
        use("out", "file.unzip", file="m.zip", into="unpacked"),
        use("text", "file.read", file="m/old.txt", encoding="iso-8859-1"),
        use("xml", "file.write", file="m/a.xml", data={"a": {"@b": "c", "d": ["1", "2"]}}),
        use("data", "file.read", file="m/a.xml"),
        use("bytes", "file.read", file="m/old.txt", format="base64"),
    )
    assert (out["facts"]["width"], out["facts"]["format"]) == (80, "png")
    assert (out["small"]["height"], out["small"]["content_type"]) == (10, "image/webp")
    assert [entry["name"] for entry in out["inside"]["files"]] == ["a.png", "b.webp"]
    assert [entry["file"] for entry in out["out"]["files"]] == ["unpacked/a.png", "unpacked/b.webp"]
    assert content(owner, "unpacked/a.png") == picture.getvalue()
    assert out["text"]["text"] == "Größe"
    assert out["data"]["data"] == {"a": {"@b": "c", "d": ["1", "2"]}}
    assert out["bytes"]["content"] == "R3L232U="


def test_failures_have_names(owner: Client) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(30_000_000))
    put(owner, "f/bomb.zip", bomb.getvalue())
    put(owner, "f/a.json", b'{"a": ')
    put(owner, "f/entity.xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')
    put(owner, "f/wide.csv", b"a\n" + b"x" * 90_000 + b"\n" + b"y" * 120_000)
    put(owner, "f/latin.txt", "ä".encode("latin-1"))
    failing = {
        "File.NotFound": [("file.read", {"file": "f/none.csv"}), ("file.copy", {"file": "f/none", "to": "x"})],
        "File.Invalid": [
            ("file.read", {"file": "../other/a.csv"}),
            ("file.read", {"file": "f/a.json"}),
            ("file.read", {"file": "f/entity.xml"}),
            ("file.read", {"file": "f/latin.txt"}),
            ("file.read", {"file": "{% 'f/unknown.' & 'bin' %}"}),
            ("file.write", {"file": "uploads/x/y/z/a.csv", "rows": []}),
            ("file.write", {"file": "f/x.csv", "rows": [{"a": 1}, {"b": 2}]}),
            ("file.image", {"file": "f/a.json"}),
        ],
        "File.TooLarge": [("file.unzip", {"file": "f/bomb.zip", "into": "f/out"}), ("file.read", {"file": "f/wide.csv"})],
        "File.Conflict": [("file.write", {"file": "f/a.json", "data": 1, "replace": False})],
    }  # fmt: skip
    cases = [(name, *case) for name, found in failing.items() for case in found]
    steps = [
        {"id": f"s{i}", "use": action, "with": inputs,
         "on_error": {"steps": [{"id": f"e{i}", "set": "{% $error.name %}"}]}}
        for i, (_, action, inputs) in enumerate(cases)
    ]  # fmt: skip
    found = run(owner, "Failing", steps, [f"{{% $e{i} %}}" for i in range(len(cases))])
    told = [(*case, name) for case, name in zip(cases, found["output"], strict=True)]
    assert [entry for entry in told if entry[0] != entry[3]] == []
    assert owner.ok("GET", "/v1/files?prefix=f/out")["items"] == []


def test_a_file_is_looped_over_in_batches(owner: Client, away: Web) -> None:
    """From an uploaded sheet to a CSV file to a distributed Map: every row once, and the results
    in a file."""
    count = 1_203
    rows = "".join(f'R-{n},"a, b",{n}\n' for n in range(count))
    put(owner, "loop/rows.csv", f"id,note,total\n{rows}".encode())
    each = {
        "id": "each",
        "for_each": {"file": "{% 'loop/' & $trigger.body.name %}", "format": "csv"},
        "as": "rows",
        "batch": {"size": 200},
        "concurrency": 5,
        "steps": [
            {"id": "sum", "set": "{% $sum($rows.($number(total))) %}"},
            use("told", "http.request", url=f"{away.url}/sum", method="POST", body={"count": "{% $count($rows) %}", "sum": "{% $sum %}"}),
        ],
    }  # fmt: skip
    found = run(owner, "Loop", [each], "{% $each.Key %}", {"name": "rows.csv"})
    assert found["status"] == "succeeded", (found.get("error"), found.get("cause"))
    told = [json.loads(asked.body) for asked in away.asked if asked.path == "/sum"]
    assert sorted(one["count"] for one in told) == [3, *[200] * 6]
    assert sum(one["sum"] for one in told) == sum(range(count))
    assert found["output"].endswith("manifest.json")


# -- beside http.request ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def away() -> Iterator[Web]:
    def answer(asked: Asked) -> Reply:
        return Reply(
            200, {"Content-Type": "application/octet-stream"}, asked.body or b"x" * 700_000
        )

    with web(answer) as server:
        yield server


def test_files_come_from_apis_and_go_to_them(owner: Client, away: Web) -> None:
    out = outputs(
        owner,
        use("got", "http.request", url=f"{away.url}/big", save_to="h/big.bin"),
        use("sent", "http.request", url=f"{away.url}/up", method="PUT", body={"file": "h/big.bin"}, body_type="binary", save_to="h/echo.bin"),
        use("form", "http.request", url=f"{away.url}/form", method="POST", body_type="multipart", body={"note": "n", "doc": {"file": "h/big.bin"}}, save_to="h/form.bin"),
    )  # fmt: skip
    assert (out["got"]["status"], out["got"]["file"]["size"]) == (200, 700_000)
    assert content(owner, "h/echo.bin") == b"x" * 700_000
    (form,) = [asked for asked in away.asked if asked.path == "/form"]
    assert b'name="doc"; filename="big.bin"' in form.body
    assert len(form.body) > 700_000
