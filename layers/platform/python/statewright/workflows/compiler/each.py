"""``for_each``: a Map. Inline as a rule; distributed for files and for very many at once.

A distributed Map's iterations are executions of their own, which see no variables from above:
what their steps use of those travels with each item, in one variable of the iteration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from statewright.workflows.compiler import tasks
from statewright.workflows.compiler.boundary import (
    RESULTS,
    collected,
    finish,
    last_value,
    look,
    plain_catch,
    plain_region,
    reporting_region,
)
from statewright.workflows.compiler.errors import catch_field, catchers
from statewright.workflows.compiler.holding import retried
from statewright.workflows.compiler.outer import outer_names
from statewright.workflows.compiler.parallel import NEVER_AGAIN
from statewright.workflows.compiler.scope import Scope, in_order
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.undo import logged, undoes
from statewright.workflows.compiler.values import ASL, Names, asl_value, expression, value_source
from statewright.workflows.definition import File, ForEach
from statewright.workflows.expressions import is_expression, source_of
from statewright.workflows.jsonata import nodes, parse


def compile_for_each(site: Site, step: ForEach) -> str:
    """Adds the Map."""
    if not _reports(step):
        return _plain(site, step)
    if step.retry is None:
        return _reporting(site, step)
    return retried(site, step.retry, lambda again: _reporting(again, step))


def _reports(step: ForEach) -> bool:
    if isinstance(step.for_each, File):
        return False  # its results are in a file
    return undoes(step.steps) or step.tolerate is not None or step.distributed


def _plain(site: Site, step: ForEach) -> str:
    loop = _Loop.of(site, step)
    region = plain_region(site, step, loop.names, loop.place)
    rules, stops = plain_catch(site, region, step.steps)
    retry = tasks.retriers(step.retry)
    state = loop.state(site.inside(Scope(site.whole), region))
    value = "$states.result.ResultWriterDetails" if loop.file else "$states.result"
    state["Assign"] = {step.id: expression(value), **logged(site.region, step, value)}
    if retry:
        state["Retry"] = [NEVER_AGAIN, *retry] if stops else retry
    return site.own({**state, **catch_field(rules), "Next": site.following})


def _reporting(site: Site, step: ForEach) -> str:
    loop = _Loop.of(site, step)
    log = undoes(step.steps)
    inner = site.inside(Scope(site.whole), site.region)
    inner = inner.within(reporting_region(site, inner, loop.names, loop.place, log=log))
    target = look(site, step, expression(f"[{RESULTS}.value]"), step.steps, sure=True)
    assigned = collected(site) if log else {}
    state = {**loop.state(inner), **assigned, **catch_field(catchers(site.region))}
    return site.own({**state, "Next": target})


@dataclass(frozen=True, slots=True)
class _Loop:
    """A loop's own parts of its Map."""

    site: Site
    step: ForEach
    index: str
    outer: dict[str, str]
    """For a distributed Map: names that the steps take from above → their source there."""

    @classmethod
    def of(cls, site: Site, step: ForEach) -> _Loop:
        outer = outer_names(site, step) if step.distributed else {}
        return cls(site, step, f"{step.item}Index", outer)

    @property
    def file(self) -> File | None:
        return self.step.for_each if isinstance(self.step.for_each, File) else None

    @property
    def above(self) -> str:
        """The variable that holds what comes from above."""
        return f"{self.step.item}Outer"

    @property
    def names(self) -> Names:
        above = {name: f"${self.above}.{name}" for name in self.outer}
        return self.site.names.but(**above, index=f"${self.index}")

    @property
    def place(self) -> str:
        around = self.site.region.place
        if around and self.step.distributed:
            around = f"${self.above}.place"
        return f"{around} & '.' & ${self.index}" if around else f"${self.index}"

    def state(self, inner: Site) -> ASL:
        """The Map, without what it assigns and where it goes."""
        step = self.step
        value = last_value(step.steps) if step.output is None else step.output
        first = self._first(
            inner, inner.chain("/steps", step.steps, finish(inner, "result", value))
        )
        config = {"Mode": "INLINE"}
        if step.distributed:
            config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
        return {
            "Type": "Map",
            **self._source(),
            "MaxConcurrency": step.concurrency,
            "ItemProcessor": {
                "ProcessorConfig": config,
                "StartAt": first,
                "States": in_order(inner.scope.states, first),
            },
        }

    def _first(self, inner: Site, following: str) -> str:
        """The state that begins each iteration."""
        log = inner.region.undo_log
        batched = self.file is not None and self.step.batch is not None
        given = "$states.input.BatchInput" if batched else "$states.input"
        items = "[$states.input.Items.value]" if batched else "$states.input.value"
        index = "$states.input.index"
        if batched and self.step.batch is not None:
            index = f"$floor($states.input.Items[0].index / {self.step.batch.size})"
        assigned = {self.step.item: expression(items), self.index: expression(index)}
        if self.outer:
            assigned[self.above] = expression(f"{given}.outer")
        begin: dict[str, Any] = {**assigned, **inner.scope.initial(), **({log: []} if log else {})}
        return inner.further("each", {"Type": "Pass", "Assign": begin, "Next": following})

    def _source(self) -> ASL:
        value: Any = expression("$states.context.Map.Item.Value")
        item = {"index": expression("$states.context.Map.Item.Index")}
        outer = {name: expression(source) for name, source in self.outer.items()}
        above: ASL = {"outer": outer} if outer else {}
        if self.file is None:
            return {"Items": self._items(), "ItemSelector": {"value": value, **item, **above}}
        fields = {**_reader(self.file, self.site.names), **self._tolerated()}
        if self.step.batch is None:
            return {**fields, "ItemSelector": {"value": value, **item, **above}}
        batcher = {
            "MaxItemsPerBatch": self.step.batch.size,
            **({"BatchInput": above} if above else {}),
        }
        return {**fields, "ItemSelector": {"value": [value], **item}, "ItemBatcher": batcher}

    def _items(self) -> Any:
        items, names = self.step.for_each, self.site.names
        if self.step.batch is not None:
            return expression(f"$partition({_listed(items, names)}, {self.step.batch.size})")
        if isinstance(items, str) and not _is_path(items):
            return expression(_listed(items, names))
        if isinstance(items, str) and self.step.distributed:
            # A distributed Map would go through the fields of an object.
            source = value_source(items.strip(), names)
            failed = "$error('for_each needs a list')"
            return expression(f"$type({source}) = 'array' ? {source} : {failed}")
        return asl_value(items.strip() if isinstance(items, str) else items, names)

    def _tolerated(self) -> ASL:
        tolerate = self.step.tolerate
        if tolerate is None:
            return {}
        if tolerate.count is not None:
            return {"ToleratedFailureCount": tolerate.count}
        return {"ToleratedFailurePercentage": tolerate.percentage}


def _listed(items: Any, names: Names) -> str:
    """Source of the items as a list: JSONata gives one result by itself, and nothing for none."""
    source = value_source(items.strip() if isinstance(items, str) else items, names)
    listed = isinstance(items, list) or isinstance(parse(source), nodes.Array)
    return source if listed else f"[{source}]"


def _is_path(items: str) -> bool:
    """Whether it is a variable, or a field of one: no search, whose results JSONata unwraps."""
    node = parse(source_of(items)) if is_expression(items) else None
    while isinstance(node, nodes.Step) and isinstance(node.step, nodes.Field):
        node = node.base
    return isinstance(node, nodes.Variable)


def _reader(file: File, names: Names) -> ASL:
    """Where the items are read, and where the results are written."""
    key = value_source(file.file, names)
    config: ASL = {"InputType": file.format.upper()}
    if file.format == "csv":
        config["CSVHeaderLocation"] = "FIRST_ROW"
    results = f"'results/${{WorkspaceId}}/' & {names.source('$execution.id')}"
    return {
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": config,
            "Arguments": {
                "Bucket": "${FilesBucket}",
                "Key": expression(f"'files/${{WorkspaceId}}/' & ({key})"),
            },
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Arguments": {"Bucket": "${FilesBucket}", "Prefix": expression(results)},
        },
    }
