"""Real descriptions, where they are given: all operations are imported, and a sample is called.

The stand-in that answers is made of the document, and refuses what does not follow it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from statewright.integrations.calls.sending import Way
from statewright.integrations.connectors.calling import call
from statewright.integrations.messages import Limits
from statewright.integrations.openapi.documents import from_disk
from statewright.integrations.openapi.importing import import_document
from statewright.integrations.openapi.library import Library
from statewright.integrations.reach import parse_reach
from tests.support.openapi_server import described_by, inputs_of
from tests.support.server import ROOT

GIVEN = ROOT.parent / "shared" / "openapi"
DOCUMENTS = [
    file
    for file in [
        GIVEN / "github" / "api.github.com.json.gz",
        GIVEN / "openai" / "openapi.yaml",
        GIVEN / "slack" / "slack_web_openapi_v2.json",
        GIVEN / "digitalocean" / "specification" / "DigitalOcean-public.v2.yaml",
        *sorted((GIVEN / "twilio").glob("*.json")),
    ]
    if file.exists()
]
COUNTS = {"api.github.com.json.gz": 1223, "openapi.yaml": 288, "slack_web_openapi_v2.json": 174, "DigitalOcean-public.v2.yaml": 659}  # fmt: skip
CALLED = 12
WAY = Way(parse_reach("127.0.0.0/8"), Limits())


@pytest.mark.skipif(not DOCUMENTS, reason="the given documents are not here")
@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_all_operations_are_imported_and_a_sample_can_be_called(file: Path) -> None:
    uri = file.resolve().as_uri()
    found = import_document(from_disk, uri)
    assert len(found.operations) == found.total == COUNTS.get(file.name, found.total)
    assert [problem for problem in found.problems if problem.fatal] == []
    library = Library(from_disk)
    step = max(1, len(found.operations) // CALLED)
    with described_by(library, library.root(uri)) as (stand_in, _):
        for operation in found.operations[::step]:
            inputs = inputs_of(found, operation)
            call(replace(operation, server=""), inputs, stand_in.url, "key", WAY)
            assert stand_in.found == []
