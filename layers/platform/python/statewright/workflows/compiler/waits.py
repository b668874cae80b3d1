"""``wait``: a Wait."""

from __future__ import annotations

from statewright.workflows.compiler.evaluate import PASSED_ON, compute
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.values import ASL, asl_value, expression, value_source
from statewright.workflows.definition import Wait, seconds
from statewright.workflows.expressions import is_dynamic


def compile_wait(site: Site, step: Wait) -> str:
    """Adds the Wait. Where errors are caught, a moment that is none is found out beforehand."""
    if step.wait.for_ is not None:
        return site.own(_wait(site, "Seconds", seconds(step.wait.for_)))
    until = step.wait.until
    if not site.region.routes or not is_dynamic(until):
        return site.own(_wait(site, "Timestamp", asl_value(until, site.names)))
    own = site.own(_wait(site, "Timestamp", expression(PASSED_ON)))
    moment = expression(f"$fromMillis($toMillis({value_source(until, site.names)}))")
    return compute(site.before(own), "until", moment)


def _wait(site: Site, field: str, value: object) -> ASL:
    return {"Type": "Wait", field: value, "Next": site.following}
