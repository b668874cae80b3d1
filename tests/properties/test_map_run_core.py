"""A Map run under crashes anywhere, two drivers at once, and any order of its children's ends."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from asl.commands import Command, Dispatch, for_map_runs
from asl.events import Event, Redriven, Started, StopRequested, TaskFailed, TaskSucceeded
from asl.execution import Execution, Status
from asl.machine import Machine, map_state
from asl.map_runs import core
from asl.map_runs.drive import Host, MapRunDriver
from asl.map_runs.memory import MemoryObjects
from asl.map_runs.model import MapRunStatus
from asl.memory import ManualClock, MemoryJournal
from asl.ports import Commit
from asl.recovery import lost_dispatches
from asl.step import step
from tests.support.engine import ARN, TASK, machine_of, new_execution

WORK = {**TASK, "Arguments": {"Payload": "{% $states.input %}"}, "End": True}


class Crash(Exception):
    """The process has died."""


class Hiccup(Exception):
    """Something outside does not work just now."""


class Flaky(MemoryObjects):
    """Objects whose streams break off now and then."""

    def __init__(self, trouble: Callable[[str], str]):
        super().__init__()
        self._trouble = trouble

    def open(self, *what: Any) -> Any:
        stream, etag = super().open(*what)
        return Breaking(stream.read(), self._trouble), etag


class Breaking:
    """A stream that gives a few bytes at a time, and knows nothing but ``read``."""

    def __init__(self, content: bytes, trouble: Callable[[str], str]):
        self._stream = io.BytesIO(content)
        self._trouble = trouble

    def __enter__(self) -> Breaking:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        if self._trouble("hiccup") == "hiccup":
            raise Hiccup
        return self._stream.read(min(size, 3) if size >= 0 else -1)


class World:
    """A journal that lasts, and everything else that a crash takes with it."""

    def __init__(self, machine: Machine, data: Any, bad: set[str]):
        self.machine = machine
        self.troubles = 0
        self.data = data
        self.bad = bad
        self.clock = ManualClock()
        self.objects = Flaky(self.trouble)
        self.objects.buckets.add("b")
        self.journal = MemoryJournal()
        self.calls: Counter[str] = Counter()
        self.done: dict[str, str] = {}
        self.begin()

    # -- life ---------------------------------------------------------------------------------

    def begin(self) -> None:
        """A new process: it knows what the journal knows."""
        host = Host(self._definition, self.journal.load, self.journal.new_key, self.deliver, self._began)  # fmt: skip
        store = Troubled(self)
        self.drivers = [MapRunDriver(host, store, self.objects, self.clock) for _ in range(2)]
        self.awake = set(self.journal.map_runs.unfinished([0]))
        self.tasks: list[Dispatch] = []
        for arn in self.journal.with_tasks_in_flight():
            execution = self.journal.load(arn)
            assert execution is not None
            self.tasks += lost_dispatches(execution, self._machine_of(execution))

    def trouble(self, *kinds: str) -> str:
        """What goes wrong now, if anything does; not for ever, so that every run ends."""
        if self.troubles == 0:
            return "none"
        found: str = self.data.draw(st.sampled_from([*["none"] * 5, *kinds]))
        self.troubles -= found != "none"
        return found

    def durably(self, operation: Callable[[], Any]) -> Any:
        """An operation that may be the process's last, done or not."""
        trouble = self.trouble("before", "after")
        if trouble == "before":
            raise Crash
        answer = operation()
        if trouble == "after":
            raise Crash
        return answer

    # -- moving -------------------------------------------------------------------------------

    def start(self) -> None:
        execution = new_execution({}, self.clock.now())
        self._commit(execution, Started(self.clock.now()), 0)

    def deliver(self, arn: str, event: Event) -> None:
        execution = self.journal.load(arn)
        assert execution is not None
        self._commit(execution, event, execution.turn)

    def _commit(self, execution: Execution, event: Event, turn: int) -> None:
        moved, entries, commands = step(self._machine_of(execution), execution, event)
        if moved is execution:
            return
        commit = Commit(moved, entries, turn, for_map_runs(commands))
        self.durably(lambda: self.journal.append(lambda: commit))
        if moved.map_child is not None and moved.status is not Status.RUNNING:
            self.awake.add(moved.map_child.run)
        self._take(commands)

    def insist(self, event: Event) -> None:
        """Takes a fact to the parent, again after each crash."""
        while True:
            try:
                return self.deliver(ARN, event)
            except Crash:
                self.begin()

    def _began(self, children: Sequence[Commit], commands: Sequence[Command]) -> None:
        self._take(commands)

    def _take(self, commands: Sequence[Command]) -> None:
        for command in commands:
            if isinstance(command, Dispatch):
                self.tasks.append(command)
            else:
                self.awake.add(command.arn)

    def _definition(self, revision: int) -> Machine:
        return self.machine

    def _machine_of(self, execution: Execution) -> Machine:
        if execution.map_child is None:
            return self.machine
        state = map_state(self.machine, execution.map_child.state)
        assert state is not None
        return state.processor

    # -- the schedule -------------------------------------------------------------------------

    def once(self) -> bool:
        """One thing, of those that could happen next; False if nothing could."""
        choices: list[Callable[[], None]] = [lambda arn=arn: self._drive(arn) for arn in sorted(self.awake)]  # type: ignore[misc]  # fmt: skip
        choices += [lambda task=task: self._call(task) for task in self.tasks[:3]]  # type: ignore[misc]
        if not choices:
            return False
        choice = self.data.draw(st.integers(0, len(choices) - 1)) if len(choices) > 1 else 0
        try:
            if self.trouble("restart") == "restart":
                raise Crash
            choices[choice]()
        except Crash:
            self.begin()
        except Hiccup:
            pass  # the engine tries again
        return True

    def _drive(self, arn: str) -> None:
        self.data.draw(st.sampled_from(self.drivers)).drive(arn)
        self.awake.discard(arn)

    def _call(self, task: Dispatch) -> None:
        self.tasks.remove(task)
        text = json.dumps(task.parameters.value["Payload"], sort_keys=True)
        self.calls[text] += 1
        assert self.done.setdefault(task.key, text) == text, "one key for two calls"
        event: Event
        if text in self.bad:
            event = TaskFailed(self.clock.now(), task.path, task.id, "Bad", None)
        else:
            output = task.parameters
            event = TaskSucceeded(self.clock.now(), task.path, task.id, output)
        self.deliver(task.execution_arn, event)

    @property
    def parent(self) -> Execution:
        found = self.journal.load(ARN)
        assert found is not None
        return found


class Troubled:
    """The store of Map runs, where the process may die, or another driver may be faster."""

    def __init__(self, world: World):
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world.journal.map_runs, name)

    def advance(self, before: Any, after: Any, children: Any = ()) -> None:
        world, store = self._world, self._world.journal.map_runs
        if world.trouble("faster") == "faster":
            world.drivers[1].drive(before.arn)
        world.durably(lambda: store.advance(before, after, children))

    def tell(self, run: Any) -> None:
        self._world.durably(lambda: self._world.journal.map_runs.tell(run))


def distributed(**more: Any) -> Machine:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "T",
        "States": {"T": WORK},
    }
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSONL"},
        "Arguments": {"Bucket": "b", "Key": "items"},
    }
    state = {"Type": "Map", "ItemReader": reader, "ItemProcessor": processor, "End": True}
    return machine_of({"M": {**state, **more}})


@st.composite
def worlds(draw: Any) -> tuple[World, list[int], int, int]:
    """A run that is about to start: with its items, batch size, and how many failures it takes."""
    items = list(range(draw(st.integers(0, 9))))
    batch = draw(st.integers(0, 3))
    tolerated = draw(st.integers(0, 3))
    more: dict[str, Any] = {"MaxConcurrency": draw(st.integers(0, 3))}
    if batch:
        more["ItemBatcher"] = {"MaxItemsPerBatch": batch}
    if tolerated:
        more["ToleratedFailureCount"] = tolerated
    inputs = batches(items, batch)
    bad = draw(st.sets(st.sampled_from(inputs), max_size=2)) if inputs else set()
    world = World(distributed(**more), draw(st.data()), bad)
    world.objects.objects["b", "items"] = "\n".join(map(str, items)).encode()
    return world, items, batch, tolerated


def batches(items: list[int], size: int) -> list[str]:
    """The inputs that children get."""
    if not size:
        return [json.dumps(item) for item in items]
    groups = [items[at : at + size] for at in range(0, len(items), size)]
    return [json.dumps({"Items": group}) for group in groups]


def run_of(world: World) -> Any:
    (run,) = world.journal.map_runs.of_execution(world.parent, None, 9)
    return run


def assert_counted(world: World) -> None:
    """What the run's row says is what its children are."""
    run = run_of(world)
    children = world.journal.map_runs.children(run, -1, 10_000)
    assert [child.map_child.index for child in children if child.map_child] == [*range(run.started)]
    ends = Counter(child.status.value for child in children)
    counts = run.executions + run.redrives.executions
    assert ends["SUCCEEDED"] == counts.succeeded
    assert ends["FAILED"] == counts.failed
    assert ends["ABORTED"] == counts.aborted
    assert sum(c.map_child.items for c in children if c.map_child) == run.read


@settings(max_examples=300)
@given(worlds())
def test_each_item_is_processed_once_whatever_dies(given: Any) -> None:
    world, items, batch, tolerated = given
    world.start()
    world.troubles = 12
    while world.once():
        assert_counted(world)
    inputs = batches(items, batch)
    failing = sum(len(json.loads(text)["Items"]) if batch else 1 for text in world.bad)
    run = run_of(world)
    assert run.told
    if failing > tolerated:
        assert (world.parent.status, run.status) == (Status.FAILED, MapRunStatus.FAILED)
        assert run.items.failed > tolerated
        assert set(world.calls) <= set(inputs)
        return
    assert (world.parent.status, run.status) == (Status.SUCCEEDED, MapRunStatus.SUCCEEDED)
    assert set(world.calls) == set(inputs)
    assert len(world.done) == len(inputs)
    assert (run.read, run.items.total, run.items.failed) == (len(items), len(items), failing)
    assert world.parent.output is not None
    results = [
        json.dumps(each["Payload"]) for each in world.parent.output.value if "Payload" in each
    ]
    assert results == [text for text in inputs if text not in world.bad]


@settings(max_examples=150)
@given(worlds(), st.integers(0, 15))
def test_a_stopped_run_ends_whatever_dies(given: Any, steps: int) -> None:
    world, *_ = given
    world.start()
    world.troubles = 8
    for _ in range(steps):
        world.once()
    world.insist(StopRequested(world.clock.now(), None, None))
    while world.once():
        assert_counted(world)
    run = run_of(world)
    ended = world.parent.status
    assert run.told
    assert run.running == 0
    if ended is Status.ABORTED and run.status is not MapRunStatus.ABORTED:
        assert run.stopped_at is not None  # it had ended before the parent was stopped


@settings(max_examples=200)
@given(worlds(), st.integers(0, 15), st.sampled_from(["fails", "stopped", "just stopped"]))
def test_a_redriven_run_does_the_rest_whatever_dies(given: Any, steps: int, end: str) -> None:
    world, items, batch, _ = given
    world.start()
    for _ in range(steps if "stopped" in end else 1000):
        world.once()
    if "stopped" in end:
        world.insist(StopRequested(world.clock.now(), None, None))
    while end != "just stopped" and world.once():
        pass
    assume(world.parent.status is not Status.SUCCEEDED)
    before = world.journal.map_runs.children(run_of(world), -1, 10_000)
    succeeded = {child.arn: child.seq for child in before if child.status is Status.SUCCEEDED}
    world.bad, world.troubles = set(), 10
    world.insist(Redriven(world.clock.now(), "t"))
    while world.once():
        assert_counted(world)
    run = run_of(world)  # the same one: there is no other
    inputs = batches(items, batch)
    assert (world.parent.status, run.status) == (Status.SUCCEEDED, MapRunStatus.SUCCEEDED)
    assert world.parent.output is not None
    assert [json.dumps(each["Payload"]) for each in world.parent.output.value] == inputs
    assert (run.redrives.count, run.executions.total, run.items.succeeded) == (
        1, len(inputs), len(items),
    )  # fmt: skip
    after = {child.arn: child for child in world.journal.map_runs.children(run, -1, 10_000)}
    assert {arn: after[arn].seq for arn in succeeded} == succeeded
    assert after.keys() >= {child.arn for child in before}


@settings(max_examples=50)
@given(st.lists(st.integers(), max_size=30), st.integers(1, 5), st.data())
def test_reading_on_from_any_position_gives_the_rest(
    items: list[int], most: int, data: Any
) -> None:
    """Whoever reads on, from whatever position was stored, gets each item once."""
    world = World(distributed(MaxConcurrency=1), data, set())
    world.objects.objects["b", "items"] = "\n".join(map(str, items)).encode()
    world.start()
    run = run_of(world)
    driver = world.drivers[0]
    found: list[Any] = []
    while not run.exhausted:
        inputs, taken = driver._inputs(run).take(most)
        found += [each.payload.value for each in inputs]
        run = core.take(run, taken)
    assert found == items
