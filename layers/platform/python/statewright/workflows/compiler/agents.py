"""``ai.agent``: a loop of states, so that an execution's history shows every call of a tool.

    Parallel (one branch: its variables are its own, and its errors are the step's)
      ask ──> next? ──> result                      the model has answered
       ^        ├─────> limit reached               Fail: AI.LimitReached
       └─ tools <┘  Map over the calls that the model asks for
                      which tool? ──> [approve ──> approved?] ──> the tool ──> its result
                            └──> refused                 └──> declined   └──> failed

The Choice leads to the tools that the author has named, and nowhere else: whatever a model writes,
there is no state for anything more. What a tool answers, or fails with, is an entry of the talk.
``docs/decisions/0058-agents.md`` has the reasons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from statewright.workflows.actions.action import Action
from statewright.workflows.checks.tool_arguments import described
from statewright.workflows.compiler import tasks
from statewright.workflows.compiler.agent_tools import GIVEN, Place, add_tool, refused
from statewright.workflows.compiler.errors import catch_field, catchers
from statewright.workflows.compiler.evaluate import VALUE
from statewright.workflows.compiler.region import Region
from statewright.workflows.compiler.scope import Loop, Scope, in_order
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.undo import logged
from statewright.workflows.compiler.values import ASL, asl_value, expression, value_source
from statewright.workflows.cutting import literal
from statewright.workflows.definition import AgentLimits, AgentTool, Use, limits_of, tools_of
from statewright.workflows.expressions import quoted

LIMIT_REACHED = "AI.LimitReached"
AT_ONCE = 8
"""The most tools that one answer of the model gets called: what it asks for beyond is left out."""
_RESULTS = 30_000
"""The most characters of the results of one answer's tools together."""
_OWN = frozenset({"tools", "limits"})


def compile_agent(site: Site, step: Use, action: Action) -> str:
    """Adds the Parallel. Its value goes into the variable of the step's id."""
    agent = _Agent(site, site.inside(Scope(site.whole), _region(site)), step, action)
    if step.output is None:
        value, source = expression(VALUE), VALUE
    else:
        names = site.names.but(result=VALUE)
        value, source = asl_value(step.output, names), value_source(step.output, names)
    return site.own(
        {
            "Type": "Parallel",
            "Branches": [agent.branch()],
            "Assign": {step.id: value, **logged(site.region, step, source)},
            **catch_field(catchers(site.region)),
            "Next": site.following,
        }
    )


def _region(site: Site) -> Region:
    return Region(site.names, site.region.place)


@dataclass(frozen=True, slots=True)
class _Agent:
    """One agent's branch."""

    site: Site
    inner: Site
    step: Use
    action: Action

    @property
    def limits(self) -> AgentLimits:
        return limits_of(self.step.inputs)

    @property
    def tools(self) -> dict[str, AgentTool]:
        return tools_of(self.step.inputs)

    def variable(self, what: str) -> str:
        return self.site.variable(what)

    def branch(self) -> ASL:
        ask = self.inner.part("ask")
        following = self._next(self._tools(ask))
        self._ask(ask, following)
        unset: ASL = {self.variable(name): 0 for name in ("Steps", "Calls")}
        unset |= {self.variable("Talk"): [], self.variable("Spent"): {"tokens": 0, "cost": 0}}
        begin = self.inner.further("begin", {"Type": "Pass", "Assign": unset, "Next": ask})
        self.site.whole.loops.append(Loop(ask, 0, self.limits.steps - 1))
        return {"StartAt": begin, "States": in_order(self.inner.scope.states, begin)}

    def _ask(self, name: str, following: str) -> None:
        """The question to the model, which is told all that has been said."""
        call = tasks.call_of(self.step, self.action, self.site.names, self._round())
        own, result = tasks.task(replace(call, inputs=self._inputs()))
        steps, calls = self.variable("Steps"), self.variable("Calls")
        assigned = {
            self.variable("Talk"): expression(f"{result}.talk"),
            self.variable("Spent"): expression(f"{result}.spent"),
            steps: expression(f"${steps} + 1"),
            calls: expression(f"${calls} + $count({result}.calls)"),
        }
        retry: ASL = {"Retry": tasks.retriers(self.step.retry)} if self.step.retry else {}
        state = {"Type": "Task", **own, "Assign": assigned, "Output": expression(result), **retry}
        self.inner.add(name, {**state, "Next": following})

    def _inputs(self) -> ASL:
        given = {k: v for k, v in self.step.inputs.items() if k not in _OWN}
        whole = self.site.whole
        told = [
            described(name, tool, whole.actions[tool.use], whole.workflows)
            for name, tool in self.tools.items()
        ]
        return {
            **self.action.defaults,
            **asl_value(given, self.site.names),
            "tools": literal(told),
            "limits": {**self.limits.model_dump(exclude_none=True), "at_once": AT_ONCE},
            "talk": expression(f"${self.variable('Talk')}"),
            "spent": expression(f"${self.variable('Spent')}"),
        }

    def _round(self) -> str:
        """Source of what tells this answer's question and calls apart from those before."""
        place, steps = self.site.region.place, self.variable("Steps")
        return f"{place} & '.' & ${steps}" if place else f"${steps}"

    def _next(self, tools: str) -> str:
        steps, calls = self.variable("Steps"), self.variable("Calls")
        spent, limits = self.variable("Spent"), self.limits
        over = [
            f"${steps} >= {limits.steps}",
            f"${calls} > {limits.calls}",
            f"${spent}.tokens >= {limits.tokens}",
            *([] if limits.cost is None else [f"${spent}.cost >= {limits.cost:g}"]),
        ]
        rules = [
            {"Condition": expression("$states.input.done"), "Next": self._result()},
            {"Condition": expression(" or ".join(over)), "Next": self._too_far()},
        ]
        return self.inner.further("next?", {"Type": "Choice", "Choices": rules, "Default": tools})

    def _result(self) -> str:
        counted = (
            f"{{'steps': ${self.variable('Steps')}, 'calls': ${self.variable('Calls')}, "
            f"'tokens': ${self.variable('Spent')}.tokens, 'cost': ${self.variable('Spent')}.cost}}"
        )
        output = expression(f"$merge([$states.input.answer, {counted}])")
        return self.inner.further("answer", {"Type": "Pass", "Output": output, "End": True})

    def _too_far(self) -> str:
        told = ", ".join(
            f"{limit:g} {name}" for name, limit in self.limits.model_dump(exclude_none=True).items()
        )
        cause = (
            f"'not done after ' & ${self.variable('Steps')} & ' answers, ' & "
            f"${self.variable('Calls')} & ' calls and ' & ${self.variable('Spent')}.tokens & "
            f"{quoted(f' tokens; the limits are {told}')}"
        )
        state = {"Type": "Fail", "Error": LIMIT_REACHED, "Cause": expression(cause)}
        return self.inner.further("limit reached", state)

    def _tools(self, ask: str) -> str:
        """The Map over the calls; its results go on with the talk."""
        talk = self.variable("Talk")
        name = self.inner.whole.name(self.site.at, "tools")
        self.site.whole.fans[name] = min(AT_ONCE, self.limits.calls)
        selector = {
            "call": expression("$states.context.Map.Item.Value"),
            "index": expression("$states.context.Map.Item.Index"),
            "most": expression(f"$floor({_RESULTS} / $count($states.input.calls))"),
        }
        state: ASL = {
            "Type": "Map",
            "Items": expression("$states.input.calls"),
            "ItemSelector": selector,
            "MaxConcurrency": AT_ONCE,
            "ItemProcessor": self._processor(),
            "Assign": {talk: expression(f"[${talk}, $states.result]")},
            "Output": {},
            "Next": ask,
        }
        return self.inner.add(name, state)

    def _processor(self) -> ASL:
        inner = self.inner.inside(Scope(self.site.whole), _region(self.site))
        place = Place(inner, self.step, f"{self._round()} & '.' & $states.input.index")
        which = self.inner.whole.name(self.site.at, "which tool?")
        no = refused(inner)
        # A call that does not say that nothing is wrong with it is none.
        rules = [{"Condition": expression(f"$not({GIVEN}.problem = '')"), "Next": no}]
        rules += [
            {"Condition": expression(f"{GIVEN}.tool = {quoted(name)}"), "Next": first}
            for name, first in [(n, add_tool(place, n, tool)) for n, tool in self.tools.items()]
        ]
        state: ASL = {"Type": "Choice", "Choices": rules, "Default": no}
        inner.add(which, state)
        return {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": which,
            "States": in_order(inner.scope.states, which),
        }
