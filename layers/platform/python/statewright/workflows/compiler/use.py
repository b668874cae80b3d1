"""``use``: one Task; an agent is a loop of them."""

from __future__ import annotations

from statewright.workflows.actions.action import Action
from statewright.workflows.compiler import agents, tasks
from statewright.workflows.compiler.errors import catch_field, catchers
from statewright.workflows.compiler.evaluate import assign
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.undo import logged
from statewright.workflows.compiler.values import ASL, Names, asl_value, expression, value_source
from statewright.workflows.definition import Use


def compile_use(site: Site, step: Use) -> str:
    """Adds the Task. Its value goes into the variable of the step's id."""
    region, action = site.region, site.whole.actions[step.use]
    if action.integration == "agent":
        return agents.compile_agent(site, step, action)
    if action.native is not None:
        return assign(site, step, site.label, _native(step, action))
    call = tasks.call_of(step, action, region.names, region.place)
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


def _native(step: Use, action: Action) -> str:
    """The action as one expression of the definition: no Lambda, no Task."""
    assert action.native is not None
    written = {**action.defaults, **step.inputs}
    sources = {name: f"({value_source(value, Names())})" for name, value in written.items()}
    source = action.native(sources, written)
    if step.output is not None:
        source = f"($result := ({source}); {value_source(step.output, Names())})"
    # Inside texts, the only place where this can stand, it must not end the expression.
    return expression(source.replace("%}", r"%\u007d"))
