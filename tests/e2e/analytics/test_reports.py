"""Saved reports, files of figures and dashboards, over HTTP on a running server."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import httpx
import pypdfium2
import pytest

from tests.support.server import Client, Server, until

QUERY = {"dataset": "executions", "measures": ["count", "succeeded"], "dimensions": ["workflow"], "period": {"last": 2}}  # fmt: skip
HOSTILE = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    """An owner whose one workflow has run three times."""
    client = Client(server, "owner@reports.example").register()
    definition = {
        "name": HOSTILE,
        "triggers": [{"id": "h", "type": "webhook"}],
        "steps": [{"id": "one", "set": 1}],
    }
    workflow = client.publish(definition)
    for _ in range(3):
        client.call_webhook(workflow, {})
    until(lambda: client.ok("POST", "/v1/analytics/queries", QUERY)["totals"]["values"] == [3, 3], "the figures")  # fmt: skip
    return client


@pytest.fixture(scope="module")
def viewer(owner: Client) -> Client:
    email = "viewer@reports.example"
    owner.ok("POST", "/v1/invitations", {"email": email, "role": "viewer"})
    secret = owner.mailed_secret(email, "Join 'Test'")
    joined = {"token": secret, "name": "V", "password": "long enough pw"}
    answer = httpx.post(f"{owner.server.url}/v1/auth/invitations/accept", json=joined)
    return Client(owner.server, email).use(answer.json())


def made(client: Client, wanted: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """An export, once it is made, with its file's content."""
    export = client.ok("POST", "/v1/exports", wanted)

    def done() -> Any:
        found = client.ok("GET", f"/v1/exports/{export['id']}")
        return found if found["status"] in {"succeeded", "failed"} else None

    found = until(done, "the export")
    if found["status"] == "failed":
        return found, b""
    answer = httpx.get(found["url"], follow_redirects=True, timeout=30)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == found["bytes"]
    return found, answer.content


def test_a_report_is_saved_shared_changed_and_run(owner: Client, viewer: Client) -> None:
    new = {"name": "Own", "query": QUERY}
    report = owner.ok("POST", "/v1/reports", new)
    path = f"/v1/reports/{report['id']}"
    assert viewer.request("GET", path).status_code == 404
    assert viewer.request("POST", "/v1/reports", new).status_code == 403
    changed = {**new, "shared": True, "lock_number": report["lock_number"]}
    assert owner.ok("PUT", path, changed)["lock_number"] == 2
    assert owner.request("PUT", path, changed).status_code == 409
    result = viewer.ok("GET", f"{path}/result")
    assert [row["values"] for row in result["answer"]["rows"]] == [[3, 3]]
    assert report["id"] in [one["id"] for one in viewer.ok("GET", "/v1/reports")["items"]]
    owner.ok("DELETE", path)
    assert owner.request("GET", path).status_code == 404


def test_a_report_that_is_granted_shows_its_figures_and_nothing_else(owner: Client) -> None:
    report = owner.ok("POST", "/v1/reports", {"name": "Granted", "query": QUERY, "shared": True})
    other = owner.ok("POST", "/v1/reports", {"name": "Other", "query": QUERY, "shared": True})
    email = "guest@reports.example"
    owner.ok("POST", "/v1/invitations", {"email": email, "role": "guest"})
    joined = {
        "token": owner.mailed_secret(email, "Join 'Test'"),
        "name": "G",
        "password": "long enough pw",
    }
    session = httpx.post(f"{owner.server.url}/v1/auth/invitations/accept", json=joined).json()
    grant = {
        "user_id": session["user_id"],
        "role": "viewer",
        "scope_kind": "report",
        "scope_id": report["id"],
    }
    owner.ok("POST", "/v1/grants", grant)
    guest = Client(owner.server, email).use(session)
    found = guest.ok("GET", f"/v1/reports/{report['id']}/result")
    assert found["answer"]["totals"]["values"] == [3, 3]
    assert guest.request("GET", f"/v1/reports/{other['id']}").status_code == 404
    assert guest.request("POST", "/v1/analytics/queries", QUERY).status_code == 403
    overview = guest.ok("GET", "/v1/dashboards/overview/data")
    assert all(w["answer"]["totals"]["values"][0] in {0, None} for w in overview["widgets"])
    assert (
        guest.request("POST", "/v1/exports", {"format": "csv", "query": QUERY}).status_code == 403
    )


BAD: list[tuple[dict[str, Any], int]] = [
    ({"schedule": {"cron": "* * * * *", "recipients": ["a@example.com"]}}, 422),
    ({"schedule": {"cron": "0 0 31 2 *", "recipients": ["a@example.com"]}}, 422),
    ({"schedule": {"cron": "0 8 * * 1", "recipients": []}}, 422),
    ({"schedule": {"cron": "0 8 * * 1", "time_zone": "No/Where", "recipients": ["a@example.com"]}}, 422),
    ({"name": "two\nlines"}, 422),
    ({"name": ""}, 422),
    ({"query": {**QUERY, "measures": ["nothing"]}}, 422),
    ({"query": {**QUERY, "sql": "SELECT 1"}}, 422),
    ({"query": {**QUERY, "period": {"since": "0001-01-01", "until": "9999-12-31"}}}, 422),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "status"), BAD, ids=range(len(BAD)))
def test_bad_reports_are_refused(owner: Client, wrong: dict[str, Any], status: int) -> None:
    answer = owner.request("POST", "/v1/reports", {"name": "Bad", "query": QUERY, **wrong})
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"]


def test_files_of_a_query_in_every_format(owner: Client) -> None:
    found, content = made(owner, {"format": "csv", "title": "Läufe", "query": QUERY})
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    assert rows == [["Workflow", "Executions", "Succeeded"], ["'" + HOSTILE, "3", "3"]]
    assert found["rows_done"] == 1
    _, content = made(owner, {"format": "jsonl", "query": QUERY})
    assert json.loads(content) == {"workflow": HOSTILE, "count": 3.0, "succeeded": 3.0}
    _, content = made(owner, {"format": "xlsx", "query": {**QUERY, "chart": "bar"}})
    assert content.startswith(b"PK")
    _, content = made(owner, {"format": "pdf", "title": "Läufe", "dashboard": "overview"})
    with pypdfium2.PdfDocument(content) as document:
        text = document[0].get_textpage().get_text_range()
    assert "Läufe" in text
    assert "Outcomes by day" in "".join(text)


def test_single_facts_are_exported_and_the_one_who_asked_is_told(owner: Client) -> None:
    wanted = {
        "format": "csv",
        "title": "Facts",
        "records": {"dataset": "executions", "period": {"last": 2}},
    }
    found, content = made(owner, wanted)
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert len(rows) == found["rows_done"] == found["rows_expected"] == 3
    assert {row["Status"] for row in rows} == {"succeeded"}
    until(lambda: "'Facts' is ready" in [letter.subject for letter in owner.letters()], "the mail")


def test_what_cannot_be_exported_is_said(owner: Client) -> None:
    assert owner.request("POST", "/v1/exports", {"format": "csv"}).status_code == 422
    assert (
        owner.request("POST", "/v1/exports", {"format": "csv", "dashboard": "overview"}).status_code
        == 422
    )
    assert (
        owner.request("POST", "/v1/exports", {"format": "pdf", "dashboard": "nope"}).status_code
        == 404
    )
    unknown = {"format": "csv", "records": {"dataset": "users"}}
    assert owner.request("POST", "/v1/exports", unknown).status_code == 422
    token = "eyJhbGciOiJIUzI1NiJ9.e30.x"
    assert httpx.get(f"{owner.server.url}/shared/exports/{token}").status_code == 401


def test_dashboards_have_figures_tags_and_links(owner: Client, viewer: Client) -> None:
    path = "/v1/dashboards/overview/data?time_zone=Asia/Kathmandu&locale=ne"
    answer = owner.request("GET", path)
    data = answer.json()
    assert (data["time_zone"], data["locale"]) == ("Asia/Kathmandu", "ne")
    assert data["widgets"][0]["answer"]["totals"]["values"][0] == 3
    tag = {"If-None-Match": answer.headers["etag"]}
    assert owner.request("GET", path, headers=tag).status_code == 304
    other = "/v1/dashboards/overview/data"
    assert owner.request("GET", other, headers=tag).status_code == 200
    widget = {"title": "Runs", "query": {**QUERY, "chart": "bar"}, "width": 12}
    own = owner.ok("POST", "/v1/dashboards", {"name": "Own", "widgets": [widget]})
    assert viewer.request("GET", f"/v1/dashboards/{own['id']}").status_code == 404
    link = owner.ok("POST", f"/v1/dashboards/{own['id']}/links", {"days": 1})
    shared = httpx.get(link["url"])
    assert shared.status_code == 200
    assert shared.json()["widgets"][0]["answer"]["rows"][0]["values"] == [3, 3]
    assert "url" not in {
        k for k, v in owner.ok("GET", f"/v1/dashboards/{own['id']}/links")[0].items() if v
    }
    owner.ok("DELETE", f"/v1/dashboards/{own['id']}/links/{link['id']}")
    assert httpx.get(link["url"]).status_code == 404
    assert httpx.get(link["url"][:-3] + "abc").status_code == 401


def test_every_ready_dashboard_can_be_shown_and_printed(owner: Client) -> None:
    for dashboard in owner.ok("GET", "/v1/dashboards"):
        data = owner.ok("GET", f"/v1/dashboards/{dashboard['id']}/data")
        assert [w["problem"] for w in data["widgets"]] == [None] * len(data["widgets"])


def test_an_executions_end_changes_the_dashboard(owner: Client) -> None:
    path = "/v1/dashboards/overview/data"
    before = owner.request("GET", path)
    workflow = owner.ok("GET", "/v1/workflows")["items"][0]
    owner.call_webhook(owner.ok("GET", f"/v1/workflows/{workflow['id']}"), {})
    tag = {"If-None-Match": before.headers["etag"]}
    count = before.json()["widgets"][0]["answer"]["totals"]["values"][0]

    def changed() -> bool:
        answer = owner.request("GET", path, headers=tag)
        return answer.status_code == 200 and answer.json()["widgets"][0]["answer"]["totals"]["values"][0] == count + 1  # fmt: skip

    until(changed, "the new figures")
