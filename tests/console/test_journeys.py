"""What people do in the console, from the first click to the result."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.console.journeys import add_step, builder, editor, publish, sign_in, status
from tests.support.console import PASSWORD
from tests.support.server import Client, until


def test_from_nothing_to_a_finished_execution(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Create a workspace").click()
    for label, text in (("Workspace", "Shop"), ("Your name", "Ada"), ("E-mail", "ada@example.com")):
        page.get_by_label(label).fill(text)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the workspace").click()
    page.get_by_role("button", name="New workflow").click()
    add_step(page, 1, "Choose")
    expect(page.locator(".block")).to_have_count(1)
    expect(status(page)).to_have_text("saved")
    publish(page, 1)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Run").click()
    expect(status(page)).to_have_text("succeeded")
    expect(page.locator(".step.is-succeeded").first).to_be_visible()
    expect(page.get_by_label("Details")).to_contain_text("Hello")


def test_what_is_wrong_is_shown_and_mended(page: Page, owner: Client) -> None:
    definition = {"name": "Broken", "steps": [{"id": "total", "set": 1}, {"id": "b", "set": "{% $totl %}"}]}  # fmt: skip
    owner.ok("POST", "/v1/workflows", {"definition": definition})
    sign_in(page, owner)
    page.get_by_role("link", name="Broken").click()
    page.get_by_role("button", name="1 problem").click()
    problem = page.get_by_role("region", name="Problems", exact=True).get_by_role("button")
    expect(problem).to_contain_text("total")
    problem.click()
    value = editor(page, "Value")
    expect(value).to_have_text("{% $totl %}")
    value.fill("{% $total + 1 %}")
    value.blur()
    expect(page.get_by_role("button", name="No problems")).to_be_visible()
    expect(status(page)).to_have_text("saved")
    [stored] = [item for item in owner.ok("GET", "/v1/workflows")["items"] if item["name"] == "Broken"]  # fmt: skip
    draft = owner.ok("GET", f"/v1/workflows/{stored['id']}")["definition"]
    assert draft["steps"][1]["set"] == "{% $total + 1 %}"


def test_drawing_and_yaml_are_one_thing(page: Page, owner: Client) -> None:
    text = "name: Both\nsteps:\n  # the first\n  - id: a\n    set: 1\n"
    created = owner.ok("POST", "/v1/workflows", {"yaml": text})
    sign_in(page, owner)
    page.goto(f"/workflows/{created['id']}")
    page.get_by_role("tab", name="YAML").click()
    source = editor(page, "Definition as YAML")
    expect(source).to_contain_text("# the first")
    source.fill(text + "  - id: b\n    set: '{% $a %}'\n")
    page.get_by_role("tab", name="Drawing").click()
    expect(page.locator(".canvas .step")).to_have_count(2)
    page.locator(".canvas .step").nth(1).click()
    page.keyboard.press("Delete")
    expect(page.locator(".canvas .step")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".canvas .step")).to_have_count(2)
    expect(status(page)).to_have_text("saved")

    def kept() -> bool:
        source = owner.ok("GET", f"/v1/workflows/{created['id']}")["source"]
        return "# the first" in source and "id: b" in source

    until(kept, "the text with its comment")


def test_a_failing_webhook_is_seen_mended_and_runs(page: Page, owner: Client) -> None:
    failing = {
        "name": "Hooked",
        "triggers": [{"id": "hook", "type": "webhook"}],
        "steps": [{"stop": {"status": "failed", "error": "Sold.Out", "cause": "nothing is left"}}],
    }
    workflow = owner.publish(failing)
    owner.call_webhook(workflow, {})
    sign_in(page, owner)
    page.get_by_role("link", name="Executions", exact=True).click()
    page.get_by_role("link", name="Hooked").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing is left")
    page.get_by_role("link", name="Hooked").click()
    builder(page)
    page.locator(".canvas .step").click()
    page.get_by_label("The workflow has").select_option("succeeded")
    expect(status(page)).to_have_text("saved")
    publish(page, 2)
    owner.call_webhook(workflow, {})
    page.get_by_role("link", name="Executions", exact=True).click()
    expect(page.locator("tbody tr", has_text="Hooked").first).to_contain_text("succeeded")


@pytest.mark.parametrize("width", [390, 1360])
def test_nothing_hangs_over_the_edge(page: Page, owner: Client, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, owner)
    for path in ("/workflows", "/executions"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_state_machine_from_elsewhere_is_drawn_and_run(page: Page, owner: Client) -> None:
    inner = {"StartAt": "Twice", "States": {"Twice": {"Type": "Pass", "End": True}}}
    states = {
        "Any?": {"Type": "Choice", "Choices": [{"Variable": "$.lines", "IsPresent": True, "Next": "Each"}], "Default": "None"},
        "Each": {"Type": "Map", "ItemsPath": "$.lines", "Iterator": inner, "End": True},
        "None": {"Type": "Succeed"},
    }  # fmt: skip
    workflow = owner.publish({"name": "Elsewhere", "asl": {"StartAt": "Any?", "States": states}})
    sign_in(page, owner)
    page.get_by_role("link", name="Elsewhere").click()
    expect(page.locator(".block")).to_have_count(1)
    expect(page.get_by_role("button", name="Add a step here")).to_have_count(0)
    page.get_by_role("button", name="Any?").click()
    expect(page.get_by_label("Definition of the state")).to_contain_text("IsPresent")
    run = owner.ok("POST", f"/v1/workflows/{workflow['id']}/executions", {"input": {"lines": [1]}})
    owner.ended(run["execution_id"])
    page.goto(f"/executions/{run['execution_id']}")
    expect(page.locator("[data-pointer='/asl/States/Each'].head, .block.is-succeeded")).not_to_have_count(0)  # fmt: skip
    expect(page.locator(".step.is-succeeded")).to_have_count(2)
