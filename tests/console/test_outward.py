"""What a workspace offers to other programs, and keeps: webhooks out, APIs, tables, folders."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import Page, expect
from standardwebhooks import Webhook

from tests.console.journeys import editor, publish, status
from tests.support.console import enter
from tests.support.server import Client, until
from tests.support.web import Reply, web


def test_an_endpoint_is_made_tried_sent_again_and_turned_off(page: Page, owner: Client) -> None:
    with web(lambda asked: Reply(204)) as there:
        enter(page, owner)
        page.goto("/webhooks")
        page.get_by_role("tab", name="Sent").click()
        page.get_by_role("button", name="New endpoint").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Address").fill(f"{there.url}/told")
        dialog.get_by_label("What it is for").fill("On-call")
        dialog.get_by_role("checkbox", name="Everything").uncheck()
        dialog.get_by_role("button", name="failed").click()
        dialog.get_by_role("button", name="Create").click()
        secret = dialog.get_by_label("Signing secret", exact=True).inner_text()
        dialog.get_by_role("button", name="I have copied it").click()
        expect(page.get_by_role("heading", name="On-call")).to_be_visible()
        page.get_by_role("button", name="Send a test").click()
        until(lambda: there.asked, "the test's call")
        asked = there.asked[0]
        assert Webhook(secret).verify(asked.body, asked.headers)["type"] == "webhook.test"
        row = page.get_by_role("row", name="webhook.test")
        expect(row).to_contain_text("taken")
        row.get_by_role("button").click()
        expect(dialog).to_contain_text("204")
        dialog.get_by_role("button", name="Send it again").click()
        until(lambda: len(there.asked) == 2, "the call again")
        dialog.get_by_role("button", name="Close").click()
        page.get_by_role("switch", name="On").click()
        expect(page.locator("header .chip")).to_have_text("off")
        [endpoint] = owner.ok("GET", "/v1/webhooks")
        assert (endpoint["enabled"], endpoint["events"]) == (False, ["execution.failed"])


def test_a_workflow_becomes_an_api_that_is_called(page: Page, owner: Client) -> None:
    definition = {"name": "Quote", "steps": [{"id": "price", "set": "{% $trigger.body.total + 1 %}"}], "output": "{% $price %}"}  # fmt: skip
    made = owner.ok("POST", "/v1/workflows", {"definition": definition})
    enter(page, owner)
    page.goto(f"/workflows/{made['id']}")
    page.get_by_role("button", name="Add a trigger").click()
    page.get_by_role("menuitem", name="API").click()
    panel = page.get_by_role("complementary", name="Workflow")
    panel.get_by_label("Path").fill("/quotes/{kind}")
    panel.get_by_label("Who may call it").select_option("public")
    panel.get_by_role("region", name="Body").get_by_role("button", name="Add a field").click()
    panel.get_by_label("Body field 1").fill("total")
    panel.get_by_label("Body field 1").blur()
    panel.get_by_label("Type of total").select_option("number")
    editor(page, "Answer's body").fill('{"price": "{% $output %}"}')
    expect(status(page)).to_have_text("saved")
    publish(page, 1)
    page.goto("/apis")
    page.get_by_role("button", name="POST /v1/quotes/{kind}").click()
    expect(page.get_by_role("tab", name="Python")).to_be_visible()
    expect(page.get_by_role("dialog").locator("pre").first).to_contain_text("curl -X POST")
    home = f"{owner.server.url}/apis/{owner.session['workspace_id']}/v1/quotes"
    assert httpx.post(f"{home}/small", json={"total": 41}, timeout=60).json() == {"price": 42}
    assert httpx.post(f"{home}/small", json={"total": "x"}, timeout=60).status_code == 422


def test_senders_of_a_webhook_prove_themselves(page: Page, owner: Client) -> None:
    auth = {"kind": "signing_secret", "secret": "a secret of the shop"}
    owner.ok("POST", "/v1/connections", {"name": "shop-hook", "title": "Shop hook", "auth": auth})
    definition = {"name": "Proven", "triggers": [{"id": "hook", "type": "webhook"}], "steps": [{"id": "a", "set": 1}]}  # fmt: skip
    made = owner.ok("POST", "/v1/workflows", {"definition": definition})
    enter(page, owner)
    page.goto(f"/workflows/{made['id']}")
    page.get_by_label("Senders prove themselves by").select_option("Shopify")
    page.get_by_label("Secret", exact=True).select_option("Shop hook")
    page.get_by_label("Calls are kept").select_option("for 30 days")
    expect(status(page)).to_have_text("saved")
    publish(page, 1)
    workflow = owner.ok("GET", f"/v1/workflows/{made['id']}")
    [trigger] = workflow["definition"]["triggers"]
    assert trigger["verify"] == {"scheme": "shopify", "secret": "shop-hook"}
    assert trigger["deliveries"] == {"keep": "30d"}
    assert owner.call_webhook(workflow, {}).status_code == 401
    page.goto("/webhooks")
    page.get_by_label("Workflow", exact=True).select_option("Proven")
    expect(page.locator("tbody tr").first).to_contain_text("refused")


def test_a_table_is_made_filled_and_searched(page: Page, owner: Client) -> None:
    enter(page, owner)
    page.goto("/tables")
    page.get_by_role("button", name="New table").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("stock")
    dialog.get_by_label("Column 2", exact=True).fill("left")
    dialog.get_by_label("Type of column 2").select_option("Number")
    dialog.get_by_role("button", name="Create").click()
    for sku, left in (("chair", "4"), ("table", "12")):
        page.get_by_role("button", name="New row").click()
        dialog.get_by_role("textbox", name="id").fill(sku)
        dialog.get_by_role("textbox", name="left").fill(left)
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_role("cell", name=sku)).to_be_visible()
    page.get_by_role("button", name="left").click()
    page.get_by_role("button", name="left").click()
    expect(page.locator("tbody tr td:first-child")).to_have_text(["table", "chair"])
    page.get_by_label("Find rows").fill("cha")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Change").click()
    dialog.get_by_role("textbox", name="left").fill("3")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="3", exact=True)).to_be_visible()
    rows = owner.ok("GET", "/v1/tables/stock/rows")["items"]
    assert sorted(row["values"]["left"] for row in rows) == [3, 12]


def test_workflows_lie_in_folders(page: Page, owner: Client) -> None:
    made = owner.ok("POST", "/v1/workflows", {"definition": {"name": "Filed", "steps": [{"id": "a", "set": 1}]}})  # fmt: skip
    enter(page, owner)
    page.goto("/workflows")
    page.get_by_role("button", name="New folder").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Sales")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_label("Search workflows").fill("Filed")
    page.get_by_role("button", name="Actions for Filed").click()
    page.get_by_role("menuitem", name="Move").click()
    dialog.get_by_label("Folder").select_option("Sales")
    dialog.get_by_role("button", name="Move").click()
    page.get_by_label("Search workflows").fill("")
    page.get_by_role("button", name=re.compile("^Sales")).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    [folder] = owner.ok("GET", "/v1/folders")
    assert owner.ok("GET", f"/v1/workflows/{made['id']}")["folder_id"] == folder["id"]
    page.get_by_role("button", name="Actions for Filed").click()
    page.get_by_role("menuitem", name="Archive").click()
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.get_by_label("Which workflows").select_option("Archived")
    expect(page.locator("tbody tr")).to_contain_text("archived")
