"""``choose``: a Choice, whose branches meet again behind it."""

from __future__ import annotations

from statewright.workflows.compiler.evaluate import branching
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.values import nulls
from statewright.workflows.definition import Choose, variables_of


def compile_choose(site: Site, step: Choose) -> str:
    """Adds the Choice. What a branch does not set, but another does, is null behind it."""
    everything = variables_of([step for case in step.cases for step in case.steps])
    everything |= variables_of(step.otherwise)
    rules = []
    for index, case in enumerate(step.cases):
        emptied = nulls(everything - variables_of(case.steps))
        target = site.chain(f"/choose/{index}/steps", case.steps)
        rules.append((case.when, {**emptied, "Next": target}))
    default = site.chain(f"/choose/{len(step.cases)}/otherwise", step.otherwise)
    first, choices = branching(site, site.label, rules)
    emptied = nulls(everything - variables_of(step.otherwise))
    site.own({"Type": "Choice", "Choices": choices, "Default": default, **emptied})
    return first
