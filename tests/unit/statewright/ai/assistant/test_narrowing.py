"""The catalogue is narrowed to what the words may need."""

from __future__ import annotations

import pytest

from statewright.ai.assistant.narrowing import ALWAYS, MOST, narrowed, ranked
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


def test_words_that_nothing_has_find_nothing() -> None:
    assert ranked("zzz qqq", CATALOG) == []
    assert [found.name for found in narrowed("", CATALOG)] == list(ALWAYS)
