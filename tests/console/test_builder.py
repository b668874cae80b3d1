"""Drawing, trying and publishing in the builder, with the mouse and with the keyboard alone."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.console.journeys import add_step, chosen, editor, publish, sign_in, status
from tests.support.server import Client, until

ORDERS = {
    "name": "Orders",
    "triggers": [{"id": "manual", "type": "manual"}],
    "input": {"type": "object", "properties": {"total": {"type": "number", "example": 1200}}},
    "steps": [
        {"id": "customer", "set": {"email": "ada@example.com", "new": True}},
        {"id": "score", "set": "{% $trigger.body.total * 2 %}"},
    ],
    "output": "{% $score %}",
}


def opened(page: Page, client: Client, definition: dict[str, Any]) -> str:
    """Signs in and opens a new workflow's builder; its id."""
    created = client.ok("POST", "/v1/workflows", {"definition": definition})
    sign_in(page, client)
    page.goto(f"/workflows/{created['id']}")
    expect(page.locator(".canvas .step").first).to_be_visible()
    return str(created["id"])


def stored(client: Client, workflow_id: str) -> dict[str, Any]:
    definition: dict[str, Any] = client.ok("GET", f"/v1/workflows/{workflow_id}")["definition"]
    return definition


def test_blank_to_branch_and_loop_to_published(page: Page, owner: Client) -> None:
    workflow_id = opened(page, owner, {**ORDERS, "name": "Branch and loop"})
    add_step(page, 2, "Choose")
    case = editor(page, "Case 1")
    case.fill("{% $score > 1000 %}")
    expect(page.get_by_label("Preview")).to_have_text("true")
    add_step(page, -1, "For each")
    items = editor(page, "List")
    items.fill("{% [1..3] %}")
    expect(page.get_by_label("Preview")).to_have_text("[1,2,3]")
    expect(status(page)).to_have_text("saved")
    expect(page.locator(".canvas .block")).to_have_count(2)
    publish(page, 1)
    run = owner.ok("POST", f"/v1/workflows/{workflow_id}/executions", {"input": {"total": 900}})
    assert owner.ended(run["execution_id"])["output"] == 1800


def test_of_a_large_drawing_only_what_is_in_sight_stands_on_the_page(
    page: Page, owner: Client
) -> None:
    steps = [{"id": f"s{n}", "set": n} for n in range(60)]
    opened(page, owner, {**ORDERS, "name": "Large", "steps": steps, "output": "{% $s0 %}"})
    first, last = (page.locator(f".canvas [data-pointer='/steps/{n}']") for n in (0, 59))
    expect(first).to_be_visible()
    expect(last).to_have_count(0)
    overview = page.get_by_role("img", name="Overview of the drawing")
    box = overview.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 300, steps=5)
    page.mouse.up()
    expect(last).to_be_visible()
    expect(first).to_have_count(0)
    page.get_by_role("button", name="Fit the window").click()
    expect(page.locator(".canvas .step")).to_have_count(60)


def test_data_is_picked_and_completed(page: Page, owner: Client) -> None:
    workflow_id = opened(page, owner, {**ORDERS, "name": "Picked"})
    page.locator(".canvas .step").nth(1).click()
    value = editor(page, "Value")
    value.fill("Dear ")
    page.get_by_role("button", name="Insert data into Value").click()
    page.get_by_role("button", name="email", exact=True).click()
    expect(value).to_have_text("Dear {% $customer.email %}")
    expect(page.get_by_label("Preview")).to_have_text("Dear ada@example.com")
    value.press("End")
    value.press_sequentially(": {%$tri")
    page.get_by_role("option", name=re.compile("trigger")).click()
    value.press_sequentially(".body.to")
    page.get_by_role("option", name=re.compile("total")).click()
    expect(page.get_by_label("Preview")).to_have_text("Dear ada@example.com: 1200")
    expect(status(page)).to_have_text("saved")
    expected = "Dear {% $customer.email %}: {% $trigger.body.total %}"
    until(lambda: stored(owner, workflow_id)["steps"][1]["set"] == expected, "the draft")


def test_a_draft_is_tried_with_a_pin(page: Page, owner: Client) -> None:
    failing = {"id": "rate", "use": "http.request", "with": {"url": "http://127.0.0.1:9/rate"}}
    steps = [failing, {"id": "price", "set": "{% $rate.body.value * 2 %}"}]
    opened(page, owner, {**ORDERS, "name": "Pinned", "steps": steps, "output": "{% $price %}"})
    page.locator(".studio-head").get_by_role("button", name="Test").click()
    page.get_by_role("button", name="Test the draft").click()
    expect(page.locator(".canvas .step.is-failed")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text("could not be reached")
    page.get_by_role("button", name="Show the step").click()
    page.get_by_role("tab", name="Result").click()
    page.get_by_role("button", name="Pin this value").click()
    editor(page, "Pinned value").fill('{"body": {"value": 21}}')
    expect(status(page)).to_have_text("saved")
    page.get_by_role("button", name="Test the draft").click()
    expect(page.locator(".canvas .step.is-succeeded")).to_have_count(2)
    expect(page.get_by_role("group", name="Output")).to_have_text("42")


def test_versions_differ_on_the_drawing(page: Page, owner: Client) -> None:
    workflow = owner.publish({**ORDERS, "name": "Versions"})
    changed = {**ORDERS, "name": "Versions", "output": 1, "steps": [{"id": "customer", "set": "other"}, {"id": "fresh", "set": 1}]}  # fmt: skip
    owner.ok("PUT", f"/v1/workflows/{workflow['id']}", {"definition": changed, "draft": workflow["draft"]})  # fmt: skip
    sign_in(page, owner)
    page.goto(f"/workflows/{workflow['id']}")
    page.get_by_role("tab", name="Versions").click()
    expect(page.locator(".canvas .was-removed .title")).to_have_text("score")
    expect(page.locator(".canvas .was-added .title")).to_have_text("fresh")
    expect(page.locator(".canvas .was-changed .title")).to_have_text("customer")
    page.get_by_role("button", name="Version 1").click()
    page.get_by_role("button", name="Take it as the draft").click()
    expect(page.locator(".canvas .step .title")).to_have_text(["customer", "score"])
    expect(status(page)).to_have_text("saved")


def test_two_people_at_one_draft_lose_nothing(page: Page, owner: Client) -> None:
    workflow_id = opened(page, owner, {**ORDERS, "name": "Together"})
    theirs = {**ORDERS, "name": "Together", "description": "Theirs"}
    owner.ok("PUT", f"/v1/workflows/{workflow_id}", {"definition": theirs, "draft": 1})
    page.get_by_label("Description").fill("Mine")
    dialog = page.get_by_role("dialog", name="Somebody else has changed this draft")
    expect(dialog.get_by_label("Differences")).to_contain_text("Theirs")
    dialog.get_by_role("button", name="Take theirs").click()
    expect(page.get_by_label("Description")).to_have_value("Theirs")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Description")).to_have_value("Mine")
    expect(status(page)).to_have_text("saved")
    assert stored(owner, workflow_id)["description"] == "Mine"


def test_steps_are_dragged_copied_and_pasted(page: Page, owner: Client) -> None:
    workflow_id = opened(page, owner, {**ORDERS, "name": "Dragged"})
    titles = page.locator(".canvas .step .title")
    source = page.locator(".canvas .step").first.bounding_box()
    target = page.locator(".canvas .add").last.bounding_box()
    assert source is not None
    assert target is not None
    page.mouse.move(source["x"] + 60, source["y"] + 20)
    page.mouse.down()
    page.mouse.move(target["x"] + 11, target["y"] + 11, steps=6)
    expect(page.locator(".add.target")).to_have_count(1)
    page.mouse.up()
    expect(titles).to_have_text(["score", "customer"])
    page.locator(".canvas .step").first.click()
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    expect(titles).to_have_text(["score", "score 2", "customer"])
    page.keyboard.press("Control+x")
    expect(titles).to_have_text(["score", "customer"])
    page.keyboard.press("Control+z")
    expect(titles).to_have_text(["score", "score 2", "customer"])
    expect(status(page)).to_have_text("saved")
    assert [step["id"] for step in stored(owner, workflow_id)["steps"]] == ["score", "score_2", "customer"]  # fmt: skip


def test_with_the_keyboard_alone(page: Page, owner: Client) -> None:
    workflow_id = opened(page, owner, {**ORDERS, "name": "Keys"})
    page.locator(".canvas .step").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_have_text("score")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".canvas .step .title")).to_have_text(["score", "customer"])
    page.keyboard.press("a")
    page.keyboard.type("wait")
    page.keyboard.press("Enter")
    expect(page.locator(".canvas .step .title")).to_have_text(["score", "Wait", "customer"])
    expect(page.locator(".canvas .step.selected")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Cool off")
    page.keyboard.press("Escape")
    expect(page.locator(".canvas .step.selected")).to_be_focused()
    page.keyboard.press("Control+s")
    expect(chosen(page)).to_have_text("Cool off")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Problems and test run")).to_contain_text("running")
    expect(status(page)).to_have_text("saved")
    until(lambda: stored(owner, workflow_id)["steps"][1].get("name") == "Cool off", "the name")


def test_who_may_only_look_changes_nothing(page: Page, owner: Client, viewer: Client) -> None:
    workflow = owner.publish({**ORDERS, "name": "Looked at"})
    sign_in(page, viewer)
    page.goto(f"/workflows/{workflow['id']}")
    expect(status(page)).to_contain_text("view only")
    expect(page.get_by_role("button", name="Add a step here")).to_have_count(0)
    for name in ("Publish", "Test", "Undo"):
        expect(page.locator(".studio-head").get_by_role("button", name=name)).to_have_count(0)
    page.locator(".canvas .step").nth(1).click()
    expect(editor(page, "Value")).to_have_attribute("contenteditable", "false")
    page.locator(".canvas .step").nth(1).press("Delete")
    expect(page.locator(".canvas .step")).to_have_count(2)
    assert stored(owner, str(workflow["id"])) == workflow["definition"]
