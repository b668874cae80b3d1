"""What operations answer whose annotations do not say it: pages, redirects, foreign formats.

An endpoint that builds its response itself (``Response[…]``) tells Powertools no more than that.
The runs of schemathesis hold this table against what a running server says.
"""

from __future__ import annotations

from typing import Any

Answers = dict[str, dict[str, Any]]
_TEXT: dict[str, Any] = {"type": "string"}
_OBJECT: dict[str, Any] = {"type": "object"}
_METHODS = ("get", "post", "put", "patch", "delete")
_LOCATION = {"Location": {"schema": _TEXT, "description": "Where to go on."}}


def _of(description: str, **kinds: dict[str, Any]) -> dict[str, Any]:
    """A response; media types have ``_`` in the place of ``/``, and the second one of ``+``."""
    content = {
        kind.replace("_", "/", 1).replace("_", "+"): {"schema": schema}
        for kind, schema in kinds.items()
    }
    return {"description": description, "content": content}


def _model(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _refused(*, page: bool = False) -> dict[str, Any]:
    kinds = {"application_problem_json": _model("Problem")}
    return _of("Refused", **kinds, **({"text_html": _TEXT} if page else {}))


_REDIRECT: Answers = {"302": {"description": "Go on elsewhere", "headers": _LOCATION}}
_PAGE: Answers = {"200": _of("The page", text_html=_TEXT)}
_TWIML: Answers = {"200": _of("Nothing to send back", text_xml=_TEXT)}
_STARTED = _of("It has begun", application_json=_model("Started"))
_ANY_REPLY = {
    "description": "What the trigger's `response` says",
    "content": {"*/*": {"schema": {}}},
}
_HOOK: Answers = {
    "202": _STARTED,
    "405": _refused(),
    "409": _refused(),
    "415": _refused(),
    "default": _ANY_REPLY,
}
_LINK: Answers = {
    "200": _of("The task", text_html=_TEXT, application_json=_OBJECT),
    **{status: _refused(page=True) for status in ("401", "404", "409", "410", "422")},
}
_FORM: Answers = {
    "200": _of("Thank you", text_html=_TEXT),
    "202": _STARTED,
    "422": _refused(page=True),
    "409": _refused(),
}


def _scim(status: str) -> Answers:
    """SCIM's documents, and its errors beside the gateway's own."""
    shown = {"200": _of("The resource", application_scim_json=_OBJECT)}
    made = {"201": _of("The new resource", application_scim_json=_OBJECT)}
    gone = {"204": {"description": "Gone"}}
    error = _of("Refused", application_scim_json=_OBJECT, application_problem_json=_OBJECT)
    refused = dict.fromkeys(("400", "401", "403", "404", "405", "409", "413", "429"), error)
    return {"200": shown, "201": made, "204": gone}[status] | refused


ANSWERS: dict[str, Answers] = {
    **{
        f"{method}_{name}": _HOOK for method in _METHODS for name in ("call_api", "receive_webhook")
    },
    "begin_sign_in": _REDIRECT,
    "create_scim_resource": _scim("201"),
    "decide_link": _LINK,
    "delete_connector": {"204": {"description": "Gone"}},
    "delete_scim_resource": _scim("204"),
    "end_authorization": _REDIRECT,
    "end_sign_in": _REDIRECT,
    "export_workflow": {
        "200": _of(
            "The definition or what it compiles to",
            application_json=_OBJECT,
            application_yaml={},
            application_zip={"type": "string", "format": "binary"},
        )
    },
    "fetch_export": _REDIRECT,
    "find_scim_resources": _scim("200"),
    "get_docs_asset": {"200": _of("A part", text_javascript=_TEXT, text_css=_TEXT)},
    "get_openapi": {"200": _of("This document", application_json=_OBJECT)},
    "get_saml_metadata": {"200": _of("Metadata", application_samlmetadata_xml=_TEXT)},
    "get_scim_resource": _scim("200"),
    "patch_scim_resource": _scim("200"),
    "receive_saml_logout": _REDIRECT,
    "receive_saml_response": _REDIRECT,
    "receive_sms": _TWIML,
    "receive_sms_status": _TWIML,
    "replace_scim_resource": _scim("200"),
    "show_docs": _PAGE,
    "show_form": _PAGE | {"409": _refused()},
    "show_link": _LINK,
    "show_unsubscribe": _PAGE,
    "show_webhook_result": {"202": _STARTED, "409": _refused(), "default": _ANY_REPLY},
    "submit_form": _FORM,
    "unsubscribe": _PAGE,
}
"""By operation id: the responses in the place of the one that Powertools makes up."""


def answers(operation: dict[str, Any], method: str) -> dict[str, Any]:
    """What an operation answers when all goes well."""
    made_up = {s: r for s, r in operation["responses"].items() if s != "422"}
    told = ANSWERS.get(operation["operationId"], made_up)
    found = {status: _without_content(status, response) for status, response in told.items()}
    if method == "get" and "200" in found:
        found["304"] = {"description": "What `If-None-Match` names is still the answer"}
    return found


def _without_content(status: str, response: dict[str, Any]) -> dict[str, Any]:
    if status != "204":
        return response
    return {name: part for name, part in response.items() if name != "content"}
