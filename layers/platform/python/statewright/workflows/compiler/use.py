"""``use``: one Task."""

from __future__ import annotations

from statewright.workflows.compiler import tasks
from statewright.workflows.compiler.errors import catch_field, catchers
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.undo import logged
from statewright.workflows.compiler.values import ASL, asl_value, expression, value_source
from statewright.workflows.definition import Use


def compile_use(site: Site, step: Use) -> str:
    """Adds the Task. Its value goes into the variable of the step's id."""
    region = site.region
    call = tasks.call_of(step, site.whole.actions[step.use], region.names, region.place)
    own, result = tasks.task(call)
    if step.output is None:
        value, source = expression(result), result
    else:
        names = region.names.but(result=result)
        value, source = asl_value(step.output, names), value_source(step.output, names)
    assigned = {step.id: value, **logged(region, step, source)}
    retry: ASL = {"Retry": tasks.retriers(step.retry)} if step.retry is not None else {}
    catch = catch_field(catchers(region))
    state = {"Type": "Task", **own, "Assign": assigned, "Output": value, **retry, **catch}
    return site.own({**state, "Next": site.following})
