"""What a workspace offers to other programs, and keeps: webhooks out, APIs, tables, folders."""

from __future__ import annotations

import re
from io import BytesIO

import httpx
import openpyxl
from playwright.sync_api import FilePayload, Page, expect
from standardwebhooks import Webhook

from tests.console.journeys import editor, publish, status
from tests.support.console import enter, findings
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
        page.keyboard.press("Escape")  # its button moves as the second attempt appears
        expect(dialog).to_have_count(0)
        page.get_by_role("switch", name="On").click()
        expect(page.locator("header .chip")).to_have_text("off")
        [endpoint] = [
            one for one in owner.ok("GET", "/v1/webhooks") if one["description"] == "On-call"
        ]
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


def test_a_poll_is_filled_in_with_its_problems_told(page: Page, owner: Client) -> None:
    definition = {"name": "Asked", "steps": [{"id": "a", "set": "{% $trigger.body.number %}"}], "output": "{% $a %}"}  # fmt: skip
    made = owner.ok("POST", "/v1/workflows", {"definition": definition})
    with web(lambda asked: Reply(204)) as there:
        enter(page, owner)
        page.goto(f"/workflows/{made['id']}")
        page.get_by_role("button", name="Add a trigger").click()
        page.get_by_role("menuitem", name="Poll").click()
        panel = page.get_by_role("complementary", name="Workflow")
        panel.get_by_label("Every", exact=True).fill("1m")
        panel.get_by_label("Every", exact=True).blur()
        panel.get_by_role("button", name="Choose what is asked").click()
        dialog = page.get_by_role("dialog", name="What is asked")
        dialog.get_by_role("searchbox").fill("HTTP request")
        dialog.get_by_role("button", name="http.request").click()
        editor(page, "Url").fill(f"{there.url}/orders")
        editor(page, "Items").fill("{% $result.body.orders %}")
        editor(page, "Key of an item").fill("{% $itm.number %}")
        expect(panel.locator(".banner")).to_contain_text("itm")
        editor(page, "Key of an item").fill("{% $item.number %}")
        editor(page, "Cursor").fill("{% $max($items.number) %}")
        panel.get_by_label("What is there at the first poll").select_option("starts executions, too")  # fmt: skip
        expect(panel.locator(".banner")).to_have_count(0)
        expect(status(page)).to_have_text("saved")
        publish(page, 1)
        [trigger] = owner.ok("GET", f"/v1/workflows/{made['id']}")["definition"]["triggers"]
        wanted = {"rate": "1m", "use": "http.request", "first": "start", "cursor": "{% $max($items.number) %}"}  # fmt: skip
        assert {name: trigger[name] for name in wanted} == wanted
        assert trigger["with"]["url"] == f"{there.url}/orders"


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


def text_file(name: str, content: str) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content.encode()}


def test_files_go_up_are_looked_at_and_go(page: Page, owner: Client) -> None:
    enter(page, owner)
    page.goto("/files")
    page.get_by_role("button", name="New folder").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("orders")
    dialog.get_by_role("button", name="Open").click()
    expect(page.get_by_text("Nothing in this folder yet")).to_be_visible()
    dropped = page.evaluate_handle("""() => {
        const held = new DataTransfer();
        held.items.add(new File(["id,city\\n1,Rome\\n"], "today.csv", {type: "text/csv"}));
        held.items.add(new File(["a note"], "note.txt", {type: "text/plain"}));
        return held;
    }""")
    page.locator(".drop-area").dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.get_by_label("Uploads").get_by_role("status")).to_have_text("Uploaded")
    page.get_by_role("button", name="today.csv", exact=True).click()
    expect(dialog.get_by_role("cell", name="Rome")).to_be_visible()
    assert findings(page) == []
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "today.csv"
    assert download.value.path().read_text() == "id,city\n1,Rome\n"
    dialog.get_by_role("button", name="Close").click()
    page.get_by_label("Files to upload").set_input_files(text_file("note.txt", "another note"))
    expect(page.get_by_text("There is a file of that name.")).to_be_visible()
    page.get_by_role("button", name="Replace it").click()
    expect(page.get_by_role("row", name="note.txt").get_by_text("12 bytes")).to_be_visible()
    page.get_by_role("button", name="Actions for note.txt").click()
    page.get_by_role("menuitem", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="note.txt", exact=True)).to_have_count(0)
    page.get_by_role("button", name="All files").click()
    page.get_by_label("Find files").fill("TODAY")
    expect(page.get_by_role("button", name="orders/today.csv")).to_be_visible()
    assert findings(page) == []


def test_viewers_only_look_at_files(page: Page, owner: Client, viewer: Client) -> None:
    begun = owner.ok("POST", "/v1/files", {"name": "seen.txt", "size": 1})["upload"]
    httpx.put(
        begun["url"], content=b"x", headers={"Content-Type": "text/plain"}, timeout=60
    ).raise_for_status()
    enter(page, viewer)
    page.goto("/files")
    page.get_by_role("button", name="seen.txt", exact=True).click()
    expect(page.get_by_role("dialog").locator("pre")).to_have_text("x")
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Upload")).to_have_count(0)


def test_rows_of_a_spreadsheet_become_rows_of_a_table(page: Page, owner: Client) -> None:
    columns = {"sku": {"type": "text"}, "left": {"type": "number"}, "checked_on": {"type": "date"}}
    owner.ok("POST", "/v1/tables", {"name": "shelf", "columns": columns, "key": ["sku"]})
    book = openpyxl.Workbook()
    for row in (("SKU", "In stock", "Checked on"), ("a-1", 4, "2026-11-23"), ("a-2", "many", None), ("a-3", 5.5, None)):  # fmt: skip
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    enter(page, owner)
    page.goto("/tables/shelf")
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("File with rows").set_input_files(text_file("notes.pdf", "x"))
    expect(dialog.get_by_role("alert")).to_contain_text("notes.pdf has no rows to read")
    dialog.get_by_label("File with rows").set_input_files({"name": "shelf.xlsx", "mimeType": "application/octet-stream", "buffer": content.getvalue()})  # fmt: skip
    expect(dialog.get_by_role("cell", name="a-3")).to_be_visible()
    expect(dialog.get_by_label("checked_on")).to_have_value("Checked on")
    dialog.get_by_label("left is filled from").select_option("In stock")
    dialog.get_by_role("button", name="Check the rows").click()
    expect(dialog.get_by_text("2 of 3 rows fit")).to_be_visible()
    expect(dialog.get_by_label("Rows that do not fit")).to_contain_text("Row 3: left “many” is no number such as 12.5.")  # fmt: skip
    assert findings(page) == []
    dialog.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_text("2 rows are imported.")).to_be_visible()
    expect(page.get_by_role("cell", name="a-3")).to_be_visible()
    rows = owner.ok("GET", "/v1/tables/shelf/rows")["items"]
    assert sorted(row["values"]["left"] for row in rows) == [4, 5.5]


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
