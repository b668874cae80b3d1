"""The catalogue is narrowed to what the words may need."""

from __future__ import annotations

import pytest

from statewright.ai.assistant.narrowing import ALWAYS, MOST, narrowed, ranked, templates_for
from statewright.workflows.actions.catalog import CATALOG


@pytest.mark.parametrize(
    ("request_", "action"),
    [
        ("Call our CRM's API for each order", "http.request"),
        ("Ask the manager to approve expenses above 500", "human.approval"),
        ("mail the customer", "email.send"),
        ("send an SMS to the driver", "sms.send"),
        ("Save the rows of the spreadsheet in a table", "table.insert"),
        ("find out the mood of customer feedback", "ai.sentiment"),
        ("remove personal data from the ticket", "ai.redact"),
        ("read the total off an invoice text", "ai.extract"),
        ("translate the review into English", "ai.translate"),
        ("summarise long minutes into a summary", "ai.summarize"),
        ("parse the CSV", "data.csv_parse"),
        ("drop duplicates", "data.dedupe"),
        ("run my own script", "code.javascript"),
        ("start another workflow", "workflow.run"),
        ("notify the team over several channels", "notify.send"),
    ],
)
def test_what_is_needed_is_among_the_first(request_: str, action: str) -> None:
    first = [found.name for found in narrowed(request_, CATALOG)]
    assert action in first
    assert len(first) <= MOST + len(ALWAYS)
    if action not in ALWAYS:
        assert action in [name for name, _ in ranked(request_, CATALOG)][:8]


@pytest.mark.parametrize(
    ("request_", "template"),
    [
        ("Remind customers of overdue invoices every Monday", "invoice-reminders"),
        ("When somebody asks for time off, their manager decides", "leave-request"),
        ("A new colleague starts: accounts, laptop, badge", "employee-onboarding"),
        ("check every five minutes whether our website is up", "uptime-check"),
        ("copy rows from one system into another each night", "data-sync"),
        ("expenses above a limit need an approval", "expense-approval"),
        ("a customer wants their personal data deleted", "gdpr-request"),
        ("send new leads to the right salesperson", "lead-routing"),
        ("tell purchasing when stock runs low", "stock-alert"),
    ],
)
def test_a_template_is_found_by_what_people_say(request_: str, template: str) -> None:
    assert template in [entry.id for entry in templates_for(request_, 8)][:3]


def test_words_that_nothing_has_find_nothing() -> None:
    assert templates_for("zzz qqq", 8) == []
    assert ranked("zzz qqq", CATALOG) == []
    assert [found.name for found in narrowed("", CATALOG)] == list(ALWAYS)
