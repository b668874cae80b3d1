"""What people make besides workflows: consented connections, dashboards, messages, drafts by words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console.journeys import publish
from tests.support.ai_provider import AIStandIn, ai_stand_in
from tests.support.console import enter, findings
from tests.support.oauth_services import CLIENT_ID, CLIENT_SECRET
from tests.support.process import running
from tests.support.server import Client

DRAFT = {
    "name": "Order score",
    "triggers": [{"id": "shop", "type": "webhook"}],
    "input": {
        "type": "object",
        "required": ["total"],
        "properties": {"total": {"type": "number"}},
    },
    "steps": [
        {
            "id": "large",
            "choose": [
                {"when": "{% $trigger.body.total > 100 %}", "steps": [{"id": "a", "set": "large"}]},
                {"otherwise": [{"id": "b", "set": "small"}]},
            ],
        }
    ],
    "output": "{% $a ? $a : $b %}",
}


@pytest.fixture(scope="module")
def model() -> Iterator[AIStandIn]:
    with ai_stand_in() as running_model:
        yield running_model


def test_a_connection_is_consented_to_in_a_window_of_its_own(page: Page, owner: Client) -> None:
    base = f"http://localhost:{owner.server.port}"  # the callback's own address
    with running("tests.support.oauth_services", "/") as service:
        auth = {
            "kind": "oauth2",
            "base_url": service,
            "authorize_url": f"{service}/authorize",
            "token_url": f"{service}/token",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        made = owner.ok("POST", "/v1/connections", {"name": "agreed", "title": "Agreed", "auth": auth})  # fmt: skip
        enter(page, owner)
        page.context.add_cookies([{**one, "domain": "localhost"} for one in page.context.cookies()])  # type: ignore[list-item, typeddict-item]
        page.goto(f"{base}/connections/{made['id']}")
        expect(page.locator("header .chip")).to_have_text("not tested")
        with page.expect_popup() as popup:
            page.get_by_role("button", name="Agree at the provider").click()
        popup.value.wait_for_event("close")
        expect(page.locator("header .chip")).to_have_text("works")
        expect(page.get_by_role("button", name="Agree again")).to_be_visible()


def test_a_dashboard_is_made_changed_and_shared(page: Page, owner: Client) -> None:
    enter(page, owner)
    page.goto("/dashboards")
    page.get_by_role("button", name="New dashboard").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Our week")
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("button", name="Add a chart").click()
    chart = page.get_by_role("dialog", name="Chart")
    chart.get_by_label("Title").fill("How often it fails")
    chart.get_by_role("button", name="Failure rate").click()
    chart.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Change How often it fails").click()
    page.get_by_role("menuitem", name="Move before").click()
    page.get_by_role("button", name="Save", exact=True).click()
    charts = page.locator(".widget h2")
    expect(charts).to_have_text(["How often it fails", "Executions by day"])
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_role("dialog").get_by_label("Link", exact=True).inner_text()
    stranger = page.context.browser.new_context()  # type: ignore[union-attr]
    seen = stranger.new_page()
    seen.goto(link)
    expect(seen.get_by_role("heading", name="Our week")).to_be_visible()
    expect(seen.locator(".widget h2")).to_have_text(["How often it fails", "Executions by day"])
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("dialog").get_by_text("revoked", exact=True)).to_be_visible()
    seen.reload()
    expect(seen.get_by_role("alert")).to_be_visible()
    stranger.close()


def test_a_message_is_written_in_two_languages_and_tried(page: Page, owner: Client) -> None:
    enter(page, owner)
    page.goto("/notifications/templates/new")
    page.get_by_label("Name", exact=True).fill("order-shipped")
    page.get_by_label("Subject").fill("{{ order }} is on its way")
    page.get_by_role("textbox", name="Text").fill("Hello {{ name }}!")
    page.get_by_role("button", name="Create").click()
    preview = page.get_by_role("complementary", name="Preview")
    preview.get_by_label("Data").fill('{"order": "A-1", "name": "Ada"}')
    expect(preview).to_contain_text("A-1 is on its way")
    expect(preview).to_contain_text("Hello Ada!")
    page.get_by_label("Another language").fill("de")
    page.get_by_label("Another language").blur()
    page.get_by_label("Subject").fill("{{ order }} ist unterwegs")
    page.get_by_role("button", name="Save a version").click()
    expect(preview).to_contain_text("A-1 ist unterwegs")
    expect(page.locator("header .chip")).to_have_text("version 2")
    [kept] = [one for one in owner.ok("GET", "/v1/notification-templates")["items"] if one["name"] == "order-shipped"]  # fmt: skip
    sent = owner.ok("GET", f"/v1/notification-templates/{kept['id']}")
    assert sorted(sent["bodies"]) == ["de", "en"]


def test_a_message_stands_in_a_layout_and_takes_the_data_that_it_says(
    page: Page, owner: Client
) -> None:
    enter(page, owner)
    page.goto("/notifications/templates/new")
    page.get_by_label("It is").select_option("A layout around messages")
    page.get_by_label("Name", exact=True).fill("letterhead")
    page.get_by_label("HTML").fill("<h1>Our shop</h1>{{ content }}")
    page.get_by_role("button", name="Create").click()
    # Frames of no origin that are out of sight are not laid out: what they say counts.
    frame = page.get_by_role("complementary", name="Preview").frame_locator("iframe")
    letter = frame.locator("body")
    expect(letter).to_contain_text("Our shopWhat the message says")
    page.goto("/notifications/templates/new")
    page.get_by_label("Name", exact=True).fill("order-paid")
    page.get_by_label("Subject").fill("{{ order }} is paid")
    page.get_by_label("HTML, for e-mails").fill("<p>{{ total }} paid</p>")
    page.get_by_role("button", name="Create").click()
    expect(letter).to_contain_text(re.compile("total. paid"))
    page.get_by_label("Layout of e-mails").select_option("letterhead")
    expect(letter).to_contain_text("Our shop")
    data = page.get_by_role("region", name="Data")
    data.get_by_role("button", name="Add a field").click()
    data.get_by_label("Data field 1").fill("total")
    data.get_by_label("Data field 1").blur()
    data.get_by_label("Type of total").select_option("number")
    data.get_by_role("checkbox", name="needed").check()
    page.get_by_text("The texts also take order.").get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    expect(letter).to_contain_text("1 paid")
    assert findings(page) == []
    page.get_by_role("button", name="Save a version").click()
    expect(page.get_by_text("Not saved yet")).to_have_count(0)
    [kept] = [one for one in owner.ok("GET", "/v1/notification-templates")["items"] if one["name"] == "order-paid"]  # fmt: skip
    stored = owner.ok("GET", f"/v1/notification-templates/{kept['id']}")
    assert (stored["layout"], stored["data_schema"]) == ("letterhead", {
        "type": "object", "required": ["total"],
        "properties": {"total": {"type": "number"}, "order": {"type": "string"}},
    })  # fmt: skip
    page.get_by_role("button", name="Edit as JSON Schema").click()
    expect(page.get_by_role("textbox", name="Data, as JSON Schema")).to_contain_text("required")


def test_words_become_a_draft_that_is_published(
    page: Page, owner: Client, model: AIStandIn
) -> None:
    owner.ok("POST", "/v1/connections", {"name": "model", "title": "Model", "auth": model.auth("openai")})  # fmt: skip
    answer = {
        "definition": DRAFT,
        "samples": {},
        "input": {"total": 400},
        "evidence": [{"step": "large", "words": "larger than 100"}],
        "assumptions": ["Totals are in one currency."],
        "questions": ["Who is told of large ones?"],
    }
    model.will(json.dumps(answer))
    enter(page, owner)
    page.goto("/assistant")
    page.get_by_label("What should happen").fill("Tell orders larger than 100 from small ones")
    page.get_by_role("button", name="Draft it").click()
    expect(page.get_by_text("Tried out")).to_be_visible()
    expect(page.get_by_text("Who is told of large ones?")).to_be_visible()
    expect(page.locator(".preview .block")).to_have_count(1)
    page.get_by_role("button", name="Make the workflow").click()
    expect(page.locator(".canvas .block")).to_have_count(1)
    publish(page, 1)
    [made] = [one for one in owner.ok("GET", "/v1/workflows")["items"] if one["name"] == "Order score"]  # fmt: skip
    run = owner.ok("POST", f"/v1/workflows/{made['id']}/executions", {"input": {"total": 400}})
    assert owner.ended(run["execution_id"])["output"] == "large"
