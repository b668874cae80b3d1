"""Executions in the console: watched, understood, retried, compared; and that all can use the pages."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.console.journeys import builder, editor, publish, sign_in, status
from tests.support.console import findings
from tests.support.server import Client

LINES = {
    "name": "Lines",
    "triggers": [{"id": "hook", "type": "webhook"}],
    "steps": [
        {"id": "each", "for_each": "{% $trigger.body.lines %}", "as": "line", "steps": [{"id": "twice", "set": "{% $line * 2 %}"}]},
        {"when": "{% $count($each) > 2 %}", "stop": {"status": "failed", "error": "Too.Many", "cause": "There are too many lines."}},
    ],
    "output": "{% $each %}",
}  # fmt: skip


def test_a_webhook_is_watched_understood_mended_and_retried(page: Page, owner: Client) -> None:
    failing = {"id": "call", "use": "http.request", "with": {"url": "http://127.0.0.1:9/"}}
    workflow = owner.publish({**LINES, "name": "Watched", "steps": [failing], "output": 1})
    sign_in(page, owner)
    page.goto(f"/executions?workflow={workflow['id']}")
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    owner.call_webhook(workflow, {"lines": [1]})
    row = page.locator("tbody tr", has_text="Watched")
    expect(row).to_contain_text("The server could not be reached")
    row.get_by_role("link").click()
    expect(page.get_by_role("alert")).to_contain_text("Check the address")
    page.get_by_role("button", name="Show the step “call”").click()
    expect(page.get_by_role("group", name="Called with")).to_contain_text("http://127.0.0.1:9/")
    page.get_by_role("button", name="Retry from here").click()
    page.get_by_role("button", name="Close the step").click()
    expect(page.get_by_text("once", exact=True)).to_be_visible()
    expect(status(page)).to_have_text("failed")
    page.get_by_role("link", name="Watched").click()
    builder(page)
    page.locator(".canvas .step").click()
    page.get_by_label("Name", exact=True).fill("Call it")
    page.get_by_text("More options").click()
    page.get_by_label("When it fails for good").select_option("continue")
    expect(page.locator(".studio-head .saving")).to_have_text("saved")
    publish(page, 2)
    page.goto(f"/executions?workflow={workflow['id']}")
    row.get_by_role("link").click()
    expect(page.locator(".canvas .step .title")).to_have_text("call")
    page.get_by_role("button", name="Run again").click()
    page.get_by_role("dialog").get_by_role("button", name="Run again").click()
    expect(status(page)).to_have_text("succeeded")
    expect(page.locator(".canvas .step .title")).to_have_text("Call it")


def test_rounds_are_turned_over_and_executions_compared(page: Page, owner: Client) -> None:
    workflow = owner.publish(LINES)
    start = f"/v1/workflows/{workflow['id']}/executions"
    runs = [owner.ok("POST", start, {"input": {"lines": lines}})["execution_id"] for lines in ([1, 2], [1, 2, 3])]  # fmt: skip
    for run in runs:
        owner.ended(run)
    sign_in(page, owner)
    page.goto(f"/executions/{runs[1]}")
    page.get_by_role("button", name="twice #2").click()
    expect(page.get_by_role("group", name="Output")).to_have_text("4")
    page.get_by_role("button", name="The next visit").click()
    expect(page.get_by_role("group", name="Output")).to_have_text("6")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("dialog").get_by_role("link").click()
    expect(page.get_by_role("row", name="each")).to_contain_text("2")
    expect(page.get_by_text("There are too many lines.")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Run again").click()
    editor(page, "Input").fill('{"lines": [5]}')
    page.get_by_role("dialog").get_by_role("button", name="Run again").click()
    expect(page.get_by_role("group", name="Output")).to_contain_text("10")


def test_thousands_of_visits_scroll_by(page: Page, owner: Client) -> None:
    each = {"id": "each", "for_each": "{% [1..700] %}", "as": "n", "steps": [{"id": "twice", "set": "{% $n * 2 %}"}]}  # fmt: skip
    workflow = owner.publish({"name": "Many", "triggers": [], "steps": [each]})
    run = owner.ok("POST", f"/v1/workflows/{workflow['id']}/executions", {"input": {}})
    owner.ended(run["execution_id"])
    sign_in(page, owner)
    page.goto(f"/executions/{run['execution_id']}")
    rows = page.get_by_role("group", name="Visits of steps")
    expect(rows.get_by_role("button", name="twice #3 ")).to_be_visible()
    page.wait_for_function(
        "rows => { rows.scrollTo(0, rows.scrollHeight); return rows.textContent.includes('#700'); }",
        arg=rows.element_handle(),
    )
    assert rows.get_by_role("button").count() < 100


def test_the_pages_can_be_used_by_all(page: Page, owner: Client) -> None:
    workflow = owner.publish({**LINES, "name": "For all"})
    owner.call_webhook(workflow, {"lines": [1, 2, 3]})
    sign_in(page, owner)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"/workflows/{workflow['id']}")
        page.locator(".canvas .step").first.click()
        page.get_by_role("button", name="No problems").click()
        assert findings(page) == []
        for tab in ("YAML", "State machine", "Versions"):
            page.get_by_role("tab", name=tab, exact=True).click()
            expect(page.get_by_role("tabpanel")).to_be_visible()
            assert findings(page) == [], tab
        page.get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert findings(page) == []
        page.goto(f"/executions?workflow={workflow['id']}")
        page.locator("tbody tr").get_by_role("link").click()
        page.get_by_role("button", name="twice #1").click()
        expect(page.get_by_role("group", name="Output")).to_be_visible()
        assert findings(page) == []
