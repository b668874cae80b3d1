"""Forms and files: pages that anybody can fill in, and uploads that start a workflow once."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pytest

from tests.e2e.triggers.conftest import Workspace
from tests.support.server import until

SCHEMA = {
    "type": "object",
    "required": ["name", "days"],
    "properties": {
        "name": {"type": "string", "title": "Your <name>", "description": "As in your passport", "minLength": 2},
        "days": {"type": "integer", "minimum": 1, "maximum": 30},
        "rate": {"type": "number"},
        "from": {"type": "string", "format": "date"},
        "kind": {"enum": ["holiday", "sick"], "default": "holiday"},
        "half": {"type": "boolean"},
        "why": {"type": "string", "maxLength": 1000},
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}},
        "lines": {"type": "array", "items": {"type": "integer"}},
        "hidden": {"type": "object"},
    },
}  # fmt: skip


def publish(owner: Workspace, name: str, **form: Any) -> dict[str, Any]:
    trigger = {"id": "ask", "type": "form", "title": "Time off", "description": "Tell <us>.", "thanks": "We have it.", **form}  # fmt: skip
    return owner.publish({"name": name, "triggers": [trigger], "input": SCHEMA, "steps": [{"id": "a", "set": 1}], "output": "{% $trigger.body %}"})  # fmt: skip


def path_of(owner: Workspace, workflow: dict[str, Any]) -> str:
    return "/forms/" + str(owner.trigger(workflow, "ask")["url"]).rsplit("/", 1)[1]


def submission(page: str) -> str:
    found = re.search(r'name="_submission" value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def post(owner: Workspace, path: str, fields: dict[str, Any]) -> httpx.Response:
    return httpx.post(f"{owner.server.url}{path}", data=fields, timeout=60)


def test_a_page_is_shown_corrected_and_sent_once(owner: Workspace) -> None:
    found = publish(owner, "Time off")
    path = path_of(owner, found)
    page = httpx.get(f"{owner.server.url}{path}", headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "Your &lt;name&gt;" in page.text
    assert "Tell &lt;us&gt;." in page.text
    for part in ('type="date"', 'type="number" step="1"', 'step="any"', "<select", "rows=6", 'value="holiday" selected'):  # fmt: skip
        assert part in page.text, part
    assert 'name="hidden"' not in page.text
    fields = {"name": "A", "days": "x", "why": 'a "quoted" <b>', "_submission": submission(page.text)}  # fmt: skip
    wrong = post(owner, path, fields)
    assert wrong.status_code == 422
    assert "is not a whole number" in wrong.text
    assert 'id="days-wrong"' in wrong.text
    assert "&quot;quoted&quot; &lt;b&gt;" in wrong.text
    assert not owner.executions_of(found)
    fields |= {"days": "3", "_submission": submission(wrong.text)}
    assert 'id="name-wrong"' in post(owner, path, fields).text, "the schema's own rules, too"
    right = {
        **fields, "name": "Ada", "rate": "1,5", "from": "2026-07-01", "half": "on",
        "kind": "sick", "tags": ["a", "b"], "lines": "1\r\n\r\n2", "extra": "not asked for",
    }  # fmt: skip
    for _ in range(2):
        thanks = post(owner, path, right)
        assert (thanks.status_code, "We have it." in thanks.text) == (200, True)
    (execution,) = owner.started(found)
    assert owner.ended(execution["id"])["output"] == {
        "name": "Ada", "days": 3, "rate": 1.5, "from": "2026-07-01", "kind": "sick", "half": True,
        "why": 'a "quoted" <b>', "tags": ["a", "b"], "lines": [1, 2],
    }  # fmt: skip
    assert len(owner.executions_of(found)) == 1


def test_a_page_that_was_not_ours_is_shown_again(owner: Workspace) -> None:
    found, other = publish(owner, "Ours"), publish(owner, "Others")
    foreign = submission(httpx.get(f"{owner.server.url}{path_of(owner, other)}").text)
    for token in ("", "forged", foreign):
        answer = post(owner, path_of(owner, found), {"name": "Ada", "days": "1", "_submission": token})  # fmt: skip
        assert answer.status_code == 422
        assert "send it again" in answer.text
        assert 'value="Ada"' in answer.text
    assert not owner.executions_of(found)


def test_a_signed_link_opens_its_form_once(owner: Workspace) -> None:
    found = publish(owner, "Signed", access="signed")
    assert httpx.get(f"{owner.server.url}{path_of(owner, found)}").status_code == 404
    links = f"/v1/workflows/{found['id']}/triggers/ask/links"
    path = "/forms/" + owner.ok("POST", links, {})["url"].rsplit("/", 1)[1]
    for name in ("Ada", "Bob"):  # the second time, nothing more starts
        page = httpx.get(f"{owner.server.url}{path}").text
        sent = post(owner, path, {"name": name, "days": "1", "_submission": submission(page)})
        assert sent.status_code == 200
    assert owner.ended(owner.started(found)[0]["id"])["output"]["name"] == "Ada"
    assert len(owner.executions_of(found)) == 1
    assert httpx.get(f"{owner.server.url}{path[:-2]}xx").status_code == 401
    assert owner.request("POST", links, {"hours": 0}).status_code == 422
    assert owner.request("POST", links.replace("/ask/", "/none/"), {}).status_code == 404


@pytest.fixture(scope="module")
def open_form(owner: Workspace) -> str:
    return f"{owner.server.url}{path_of(owner, publish(owner, 'Open'))}"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"name": "Ada", "days": 2}', "application/json", 202),
        (b'{"name": "Ada"}', "application/json", 422),
        (b"{", "application/json", 400),
        (b"&".join(b"a=1" for _ in range(3000)), "application/x-www-form-urlencoded", 400),
        (b"name=" + b"x" * 1_100_000, "application/x-www-form-urlencoded", 413),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_sent_to_a_form(open_form: str, content: bytes, kind: str, status: int) -> None:
    answer = httpx.post(open_form, content=content, headers={"content-type": kind}, timeout=60)
    assert answer.status_code == status, answer.text[:300]


def uploads(owner: Workspace, name: str, **trigger: Any) -> tuple[dict[str, Any], str]:
    file = {"id": "orders", "type": "file", "max_size": 12_000_000, "content_types": ["text/csv"], **trigger}  # fmt: skip
    found = owner.publish({"name": name, "triggers": [file], "steps": [{"id": "a", "set": 1}], "output": "{% $trigger.body %}"})  # fmt: skip
    return found, f"/v1/workflows/{found['id']}/triggers/orders/uploads"


def test_an_uploaded_file_starts_the_workflow_once(owner: Workspace) -> None:
    found, path = uploads(owner, "Orders")
    content = b"id,total\n" + b"1,2\n" * 2_800_000  # more than the API itself takes
    wanted = {"name": "März (1)/../orders.csv", "size": len(content), "content_type": "text/csv"}
    upload = owner.ok("POST", path, wanted)
    assert upload["method"] == "PUT"
    for _ in range(2):
        sent = httpx.put(upload["url"], content=content, headers=upload["headers"], timeout=60)
        assert sent.status_code == 200, sent.text
    (execution,) = owner.started(found)
    body = owner.ended(execution["id"])["output"]
    assert body["file"] == upload["file"]
    assert (body["size"], body["content_type"]) == (len(content), "text/csv")
    assert body["name"].endswith("orders.csv")
    assert "/.." not in body["file"]
    until(lambda: owner.trigger(found, "orders")["last_started_at"], "the note of it")
    assert len(owner.executions_of(found)) == 1


def test_a_signature_covers_what_was_agreed(owner: Workspace) -> None:
    found, path = uploads(owner, "Guarded")
    upload = owner.ok("POST", path, {"name": "a.csv", "size": 3, "content_type": "text/csv"})
    url, headers = upload["url"], upload["headers"]

    def put(address: str, content: bytes = b"abc", **changed: str) -> int:
        kind = changed.get("kind", headers["Content-Type"])
        return httpx.put(address, content=content, headers={"Content-Type": kind}).status_code

    assert put(url, b"abcd") == 403
    assert put(url, kind="text/html") == 403
    assert put(url.replace("a.csv", "b.csv")) == 403
    assert put(url.partition("?")[0]) == 403
    assert put(re.sub(r"Expires=\d+", "Expires=99999", url)) == 403
    assert put(re.sub(r"X-Amz-Date=\d{8}", "X-Amz-Date=20200101", url)) == 403
    assert httpx.get(url).status_code == 403, "signed for PUT only"
    assert httpx.delete(url).status_code == 403
    assert not owner.executions_of(found)
    assert put(url) == 200
    owner.started(found)


@pytest.fixture(scope="module")
def choosy(owner: Workspace) -> str:
    return uploads(owner, "Choosy")[1]


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"name": "a", "size": 0}, "/size"),
        ({"name": "a", "size": 20_000_000, "content_type": "text/csv"}, "/size"),
        ({"name": "a", "size": 5, "content_type": "text/html"}, "/content_type"),
        ({"name": "", "size": 5, "content_type": "text/csv"}, "/name"),
        ({"name": "a", "size": 5, "content_type": "x\r\ny"}, "/content_type"),
    ],
)
def test_files_that_are_not_taken(owner: Workspace, choosy: str, wanted: Any, pointer: str) -> None:
    answer = owner.request("POST", choosy, wanted)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
