"""What is to follow a failure: that the workflow exists, and that people can be told."""

from __future__ import annotations

from statewright.errors import InvalidError
from statewright.notifications.recipients import canonical, parse
from statewright.workflows.checks.findings import Findings
from statewright.workflows.checks.surroundings import Surroundings
from statewright.workflows.definition import Definition
from statewright.workflows.suggestions import did_you_mean


def check_failure(findings: Findings, definition: Definition, surroundings: Surroundings) -> None:
    """``settings.on_failure``."""
    wanted = definition.settings.on_failure
    if wanted is None:
        return
    notify = [wanted.notify] if isinstance(wanted.notify, str) else wanted.notify or []
    for index, name in enumerate(notify):
        try:
            parse(canonical(name), index)
        except InvalidError as error:
            where = "" if isinstance(wanted.notify, str) else f"/{index}"
            hint = error.issues[0].suggestion
            at = f"/settings/on_failure/notify{where}"
            findings.error("recipient", at, f"is no recipient: {name!r}", hint)
    _check_start(findings, wanted.start, definition.name, surroundings)


def _check_start(
    findings: Findings, start: str | None, own: str, surroundings: Surroundings
) -> None:
    known, at = surroundings.workflows, "/settings/on_failure/start"
    if start is not None and start == own:
        detail = "is this workflow itself: it would be run again with its own failure as input"
        findings.warn("own-failure", at, detail)
    elif start is not None and known is not None and start not in known:
        detail = f"there is no published workflow called '{start}'"
        findings.error("unknown-workflow", at, detail, did_you_mean(start, known))
