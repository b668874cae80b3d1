"""What people do on the console's pages: templates, inbox, connections, settings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.console.journeys import publish, status
from tests.support.console import PASSWORD, colleague, enter, findings, settled
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET
from tests.support.process import running
from tests.support.server import Client, Server, until

VIEWED = (
    "/workflows",
    "/templates/refund",
    "/inbox",
    "/connectors",
    "/apis",
    "/dashboards/overview",
    "/reports",
    "/notifications",
    "/settings/people",
    "/settings/general",
    "/settings/usage",
    "/connections",
)
SHOP: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "servers": [{"url": "https://shop.invalid"}],
    "paths": {
        "/orders/{id}": {
            "get": {
                "operationId": "getOrder",
                "summary": "Get an order",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "The order"}},
            }
        }
    },
}  # fmt: skip


def test_first_start_template_run(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Create a workspace").click()
    for label, text in (("Workspace", "Bakery"), ("Your name", "Eva"), ("E-mail", "eva@example.com")):  # fmt: skip
        page.get_by_label(label).fill(text)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the workspace").click()
    guide = page.get_by_role("region", name="First steps")
    expect(guide).to_contain_text("0 of 4")
    page.get_by_role("link", name="Start from a template").click()
    page.get_by_label("Search templates").fill("sites alert")
    page.get_by_role("link", name="Uptime check").click()
    frame, drawing = (page.locator(at).bounding_box() for at in (".preview", ".preview .canvas"))
    assert frame is not None
    assert drawing is not None
    assert drawing["y"] >= frame["y"], "the drawing stays in its frame"
    assert drawing["height"] <= frame["height"]
    use = page.get_by_role("region", name="Use this template")
    use.get_by_label("Addresses to call").fill("http://localhost:9/health")
    use.get_by_label("Who is told").fill("eva@example.com")
    use.get_by_role("button", name="Make the workflow").click()
    publish(page, 1)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Run").click()
    expect(status(page)).to_have_text("succeeded", timeout=30_000)
    page.get_by_role("link", name="Workflows").click()
    expect(guide).to_contain_text("3 of 4")


def test_a_second_person_joins_and_approves(page: Page, owner: Client) -> None:
    form = {
        "type": "object",
        "required": ["cost_centre"],
        "properties": {
            "cost_centre": {"title": "Cost centre", "enum": ["Sales", "Engineering"]},
            "urgent": {"type": "boolean", "title": "Urgent"},
        },
    }
    asked = {"assignees": ["role:approver"], "title": "Invoice 7", "text": "2,000 posters", "form": form}  # fmt: skip
    owner.ok("POST", "/v1/invitations", {"email": "grace@example.com", "role": "approver"})
    token = owner.mailed_secret("grace@example.com", "Join 'Test'")
    page.goto(f"/accept-invitation#token={token}")
    page.get_by_label("Your name").fill("Grace")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    workflow = owner.publish(
        {
            "name": "Approve it",
            "triggers": [{"id": "manual", "type": "manual"}],
            "steps": [{"id": "review", "use": "human.approval", "with": asked}],
            "output": "{% $review.form.cost_centre & ' ' & $review.decided_by %}",
        }
    )
    run = owner.ok("POST", f"/v1/workflows/{workflow['id']}/executions", {"input": {}})
    page.get_by_role("link", name="Inbox").click()
    task = page.get_by_role("link", name="Invoice 7")
    expect(task).to_be_visible()
    task.click()
    page.get_by_role("button", name="Claim").click()
    page.get_by_role("button", name="Release").click()
    page.get_by_label("Cost centre").select_option("Sales")
    page.get_by_label("A comment").fill("Who ordered these?")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_role("region", name="History")).to_contain_text("Who ordered these?")
    assert findings(page) == []
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("This was approved")
    assert owner.ended(run["execution_id"])["output"] == "Sales grace@example.com"


def test_a_viewer_is_offered_nothing_that_is_refused(page: Page, owner: Client) -> None:
    viewer = colleague(owner, "vera@example.com", "viewer")
    owner.ok("POST", "/v1/connections", {"name": "seen", "title": "Seen", "auth": {"kind": "bearer", "base_url": "https://a.example", "token": "t"}})  # fmt: skip
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status == 403 else None)  # fmt: skip
    enter(page, viewer)
    offers = re.compile("^(New|Import|Create|Make|Delete|Test|Replace|Invite|Add)")
    for path in VIEWED:
        page.goto(path)
        settled(page)
        expect(page.get_by_role("main").get_by_role("button", name=offers)).to_have_count(0)
    page.get_by_role("link", name="Seen").click()
    expect(page.get_by_text("not change them")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("button", name=offers)).to_have_count(0)
    expect(page.get_by_role("link", name="Describe it")).to_have_count(0)
    assert refused == []


def test_a_connection_is_made_tested_and_deleted(page: Page, owner: Client) -> None:
    enter(page, owner)
    page.goto("/connections")
    page.get_by_role("button", name="New connection").first.click()
    page.get_by_role("dialog").get_by_role("button", name="API key").click()
    page.get_by_label("Title").fill("Our CRM")
    expect(page.get_by_label("Name in steps")).to_have_value("our-crm")
    page.get_by_label("Base address").fill("https://crm.invalid/v1")
    page.get_by_label("Key", exact=True).fill("s3cret")
    page.get_by_role("button", name="Store the connection").click()
    expect(page.get_by_role("heading", name="Our CRM")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Test").click()
    expect(page.get_by_role("status").filter(has_text="It does not work")).to_be_visible()
    [made] = [one for one in owner.ok("GET", "/v1/connections") if one["name"] == "our-crm"]
    assert made["settings"]["field"] == "x-api-key"
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Connections")).to_be_visible()
    expect(page.get_by_role("link", name="Our CRM")).to_have_count(0)


def test_words_without_a_language_model_find_templates(page: Page, site: Server) -> None:
    enter(page, Client(site, "without@pages.example").register())
    page.goto("/assistant")
    page.get_by_label("What should happen").fill("When an expense comes in a manager approves it")
    page.get_by_role("button", name="Draft it").click()
    expect(page.get_by_role("status").filter(has_text="No language model")).to_be_visible()
    page.get_by_role("link", name="Expense approval").click()
    expect(page.get_by_role("heading", name="Expense approval")).to_be_visible()


def test_the_bell_counts_and_messages_are_read(page: Page, owner: Client) -> None:
    message = {"subject": "Stock is low", "text": "Only 3 left."}
    owner.ok("POST", "/v1/notifications", {"to": ["role:owner"], "channels": ["in_app"], "content": message})  # fmt: skip
    until(lambda: owner.ok("GET", "/v1/inbox/unread")["unread"] > 0, "the message")
    enter(page, owner)
    page.goto("/workflows")
    page.get_by_role("button", name=re.compile("Messages, .* unread")).click()
    expect(page.get_by_role("link", name="Stock is low")).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("button", name="Messages", exact=True)).to_be_visible()
    assert owner.ok("GET", "/v1/inbox/unread")["unread"] == 0


def test_a_description_is_imported_and_used(page: Page, owner: Client, tmp_path: Path) -> None:
    enter(page, owner)
    page.goto("/connectors")
    page.get_by_role("button", name="Import OpenAPI").first.click()
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(SHOP))
    page.get_by_label("File", exact=True).set_input_files(file)
    expect(page.get_by_label("Name in steps")).to_have_value("shop")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("1 of 1 operations can be used")).to_be_visible()
    page.get_by_role("button", name="Import 1 operations").click()
    expect(page.get_by_role("heading", name="Shop")).to_be_visible()
    page.get_by_role("button", name="Get an order").click()
    page.get_by_role("button", name="Make a workflow with it").click()
    expect(page.locator(".step")).to_have_count(1)
    [made] = [one for one in owner.ok("GET", "/v1/workflows")["items"] if "(shop)" in one["name"]]
    draft = owner.ok("GET", f"/v1/workflows/{made['id']}")["definition"]
    assert draft["steps"][0]["use"] == "shop.getOrder"
    page.goto("/connectors/shop")
    page.get_by_role("button", name="Import again").click()
    more = {**SHOP, "paths": {**SHOP["paths"], "/orders": {"get": {"operationId": "listOrders", "responses": {}}}}}  # fmt: skip
    file.write_text(json.dumps(more))
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("dialog").get_by_text("listOrders")).to_be_visible()


def test_a_report_becomes_a_pdf(page: Page, owner: Client) -> None:
    enter(page, owner)
    page.goto("/reports/new")
    question = page.get_by_role("complementary", name="Question")
    question.get_by_role("button", name="Failure rate").click()
    question.get_by_label("Shown as").select_option("table")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("dialog").get_by_label("Name").fill("How well")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="How well")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="PDF").click()
    link = page.get_by_role("link", name="Download PDF")
    expect(link).to_be_visible(timeout=60_000)
    address = httpx.URL(link.get_attribute("href") or "")
    file = httpx.get(f"{owner.server.url}{address.path}", follow_redirects=True)
    assert file.content.startswith(b"%PDF-")


def test_variables_are_changed_one_by_one(page: Page, owner: Client) -> None:
    owner.ok("PUT", "/v1/variables", {"variables": {"kept": {"a": 1}, "limit": 5}})
    enter(page, owner)
    page.goto("/settings/general")
    page.get_by_label("Names and values: value 2").fill("7")
    page.get_by_role("region", name="Variables").get_by_role("button", name="Save").click()
    expect(page.get_by_text("The variables are set")).to_be_visible()
    assert owner.ok("GET", "/v1/variables")["variables"] == {"kept": {"a": 1}, "limit": 7}


def test_the_audit_log_says_who_did_what(page: Page, owner: Client) -> None:
    owner.publish({"name": "Noted", "triggers": [{"id": "manual", "type": "manual"}], "steps": [{"id": "a", "set": 1}]})  # fmt: skip
    name = owner.ok("GET", "/v1/auth/account")["name"]
    enter(page, owner)
    page.goto("/settings/audit")
    deed = page.get_by_role("button", name="Publish workflow")
    row = page.get_by_role("row").filter(has=deed).first
    expect(row.get_by_role("cell", name=name, exact=True)).to_be_visible()
    row.get_by_role("button").click()
    expect(page.get_by_role("dialog", name="Publish workflow")).to_contain_text("publish_workflow")


def test_people_sign_in_through_an_identity_provider(page: Page, owner: Client) -> None:
    base = f"http://localhost:{owner.server.port}"
    with running("tests.support.oidc_provider", "/jwks") as issuer:
        redirect = {"redirect_uri": f"{base}/v1/auth/sso/callback"}
        httpx.post(f"{issuer}/register", data=redirect).raise_for_status()
        enter(page, owner)
        page.goto("/settings/sign-in")
        page.get_by_role("button", name="Add a provider").click()
        page.get_by_label("Kind").select_option("oidc")
        page.get_by_label("Name on the button").fill("Acme")
        page.get_by_label("Issuer").fill(issuer)
        page.get_by_label("Client id").fill(CLIENT_ID)
        page.get_by_label("Client secret").fill(CLIENT_SECRET)
        domains = page.get_by_label("E-mail domains")
        domains.fill("acme.example")
        domains.press("Enter")
        page.get_by_role("switch", name="Newcomers").click()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("region", name="Acme")).to_contain_text("join as viewer")
        workspace = owner.session["workspace_id"]
        page.goto(f"{base}/sign-in?workspace={workspace}")
        page.get_by_role("link", name="Continue with Acme").click()
        claims = {"sub": "s", "email": "sue@acme.example", "email_verified": True, "name": "Sue"}
        page.locator("input[name=claims]").fill(json.dumps(claims))
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
        expect(page.get_by_text("sue@acme.example").first).to_be_visible()
        expect(page.get_by_role("button", name="New workflow")).to_have_count(0)
