"""The resolver of a SCIM endpoint: bodies, answers and errors are SCIM's."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.event_handler import Response
from pydantic import ValidationError
from scim2_models import SCIMException

from statewright.auth.scim.protocol import CONTENT_TYPE, dumped, error_document
from statewright.errors import StatewrightError
from statewright.http import Api


class ScimApi(Api):
    """Answers one SCIM endpoint, for the key that provisions a workspace."""

    def __init__(self) -> None:
        super().__init__("provisioning:use", validate=False)
        self.exception_handler([SCIMException, ValidationError])(self.refuse)

    def refusal(self, error: StatewrightError) -> Response[str]:
        """An error as SCIM has them."""
        return self.refuse(error)

    def refuse(self, error: Exception) -> Response[str]:
        """The same for the protocol's own errors."""
        document = error_document(error)
        return answer(dumped(document), int(document.status or 500))

    def body(self) -> str:
        """The request's body."""
        return self.current_event.decoded_body or ""

    def query(self) -> dict[str, str]:
        """The query's parameters, each once."""
        return dict(self.current_event.query_string_parameters or {})


def answer(document: dict[str, Any], status: int = 200) -> Response[str]:
    """A document as an answer; a resource says where it is."""
    place = document.get("meta", {}).get("location") if status == 201 else None
    headers: dict[str, str | list[str]] = {} if place is None else {"Location": place}
    return Response(status, CONTENT_TYPE, json.dumps(document), headers)
