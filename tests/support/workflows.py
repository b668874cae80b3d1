"""Random workflows that make sense: every name they use is in reach, every id is their own."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st

ERRORS = ("Http.ClientError", "Http.ServerError", "Http.Timeout")


class Author:
    """Writes one workflow, asking ``random`` at each turn."""

    def __init__(self, random: Random, *, undo: bool):
        self.random, self.undo = random, undo
        self.count = 0

    def workflow(self) -> dict[str, Any]:
        known = ["trigger.body"]
        steps = self.steps(known, 3)
        return {"name": "W", "steps": steps, "output": self.value(known)}

    def one(self, *options: Any) -> Any:
        return self.random.choice(options)

    def often(self, chance: int) -> bool:
        """True once in ``chance`` times."""
        return self.random.randrange(chance) == 0

    def new(self) -> str:
        self.count += 1
        return f"s{self.count}"

    # -- values -------------------------------------------------------------------------------

    def name(self, known: list[str]) -> str:
        return "$" + self.one(*known)

    def value(self, known: list[str]) -> Any:
        name = self.name(known)
        source = self.one(
            1, "a", None, [1, [2]], name, name, f"{name} + 1", f"{name}.x", f"[{name}, 1]",
            f"{{'x': {name}}}", f"$string({name})", f"{name} ? 1 : 0",
        )  # fmt: skip
        if not isinstance(source, str) or source == "a":
            return source
        text = f"{{% {source} %}}"
        return self.one(text, text, f"is {text}!", {"x": text}, [text, 2])

    def condition(self, known: list[str]) -> Any:
        name = self.name(known)
        source = self.one(True, False, f"{name} = 1", f"{name} != 1", f"{name} > 0", f"{name}.x")
        return source if isinstance(source, bool) else f"{{% {source} %}}"

    def call(self, known: list[str]) -> dict[str, Any]:
        """An action's fields. Its body says whether it fails; else it is the action's result."""
        error = self.one(*ERRORS)
        fail = self.one(
            None, None, None, error, f"{{% {self.name(known)} = 1 ? '{error}' : null %}}"
        )
        return {"url": "x", "body": {"fail": fail, "value": self.value(known)}}

    # -- steps --------------------------------------------------------------------------------

    def steps(self, known: list[str], depth: int) -> list[Any]:
        """Some steps; what they set is added to ``known``."""
        return [self.step(known, depth) for _ in range(self.random.randint(1, 3))]

    def step(self, known: list[str], depth: int) -> dict[str, Any]:
        kinds = [self.use, self.use, self.set, self.stop]
        if depth > 0:
            kinds += [self.choose, self.for_each, self.parallel, self.repeat, self.try_, self.try_]
        before = list(known)
        kind = self.one(*kinds)
        step: dict[str, Any] = kind(known, depth)
        if "stop" not in step and self.often(4):
            self.handle(step, before, known, depth)
        if "stop" in step or self.often(5):
            step["when"] = self.condition(before)
        if self.often(12):
            step["disabled"] = True
        return step

    def handle(self, step: dict[str, Any], before: list[str], known: list[str], depth: int) -> None:
        """Gives a step an ``on_error``."""
        if self.often(2):
            step["on_error"] = "continue"
            return
        inside = [*before, "error.name"]
        step["on_error"] = {"steps": self.steps(inside, max(0, depth - 2))}
        known += [name for name in inside[len(before) + 1 :] if name not in known]

    def undoable(self, step: dict[str, Any], known: list[str]) -> dict[str, Any]:
        if self.undo and self.often(2):
            inputs = {"url": "undo", "body": {"of": f"{{% [{self.name(known)}] %}}"}}
            step["undo"] = {"use": "http.request", "with": inputs, "retry": {"attempts": 1}}
        return step

    def use(self, known: list[str], depth: int) -> dict[str, Any]:
        step: dict[str, Any] = {"id": self.new(), "use": "http.request", "with": self.call(known)}
        if self.often(4):
            step["output"] = self.value([*known, "result"])
        if self.often(5):
            step["retry"] = {"attempts": 1, "on": [self.one("States.ALL", *ERRORS)]}
        self.undoable(step, [*known, step["id"]])
        known.append(step["id"])
        return step

    def set(self, known: list[str], depth: int) -> dict[str, Any]:
        step = {"id": self.new(), "set": self.value(known)}
        self.undoable(step, [*known, step["id"]])
        known.append(step["id"])
        return step

    def stop(self, known: list[str], depth: int) -> dict[str, Any]:
        if self.often(2):
            return {"stop": {"status": "succeeded", "output": self.value(known)}}
        return {
            "stop": {"status": "failed", "error": self.one("Mine", "Http.Timeout"), "cause": "so"}
        }

    def choose(self, known: list[str], depth: int) -> dict[str, Any]:
        before, cases = list(known), []
        for _ in range(self.random.randint(1, 2)):
            branch = list(before)
            cases.append({"when": self.condition(before), "steps": self.steps(branch, depth - 1)})
            known += branch[len(before) :]
        if self.often(2):
            branch = list(before)
            cases.append({"otherwise": self.steps(branch, depth - 1)})
            known += branch[len(before) :]
        return self.block({"choose": cases}, known)

    def block(self, step: dict[str, Any], known: list[str]) -> dict[str, Any]:
        """Adds what steps that hold steps may have."""
        step["id"] = self.new()
        if self.often(4):
            step["retry"] = {"attempts": 1, "on": [self.one("States.ALL", *ERRORS)]}
        if self.often(3):
            step["output"] = self.value(known)
            self.undoable(step, [*known, step["id"]])
            known.append(step["id"])
        return step

    def repeat(self, known: list[str], depth: int) -> dict[str, Any]:
        before = list(known)
        steps = self.steps(known, depth - 1)
        fresh = [name for name in known if name not in before]
        step: dict[str, Any] = {"max": self.random.randint(1, 3), "steps": steps}
        asked = self.one("until", "while", "neither")
        if asked != "neither":
            step[asked] = self.one(self.condition([*before, *fresh]), "{% $index = 1 %}")
        if self.often(3):
            step["every"] = "5s"
        return self.block({"repeat": step}, known)

    def try_(self, known: list[str], depth: int) -> dict[str, Any]:
        step: dict[str, Any] = {"steps": self.steps(known, depth - 1)}
        if self.often(2):
            step["finally"] = []
        if "finally" not in step or self.often(2):
            step["catch"] = [self.clause(known, depth)]
            if "on" in step["catch"][0] and self.often(2):
                step["catch"].append(self.clause(known, depth))
        if "finally" in step:
            step["finally"] = self.steps(known, depth - 2)
        return self.block({"try": step}, known)

    def clause(self, known: list[str], depth: int) -> dict[str, Any]:
        inside = [*known, "error.name"]
        clause = {"steps": self.steps(inside, depth - 2)}
        known += [name for name in inside if name not in known and name != "error.name"]
        if self.often(2):
            clause["on"] = [self.one(*ERRORS, "States.TaskFailed")]
        return clause

    def for_each(self, known: list[str], depth: int) -> dict[str, Any]:
        item = self.new()
        items = self.one([1], [1, 2, [3]], [], "{% [1..3] %}", f"{{% {self.name(known)} %}}")
        inside = [*known, item, item, "index"]
        step: dict[str, Any] = {
            "for_each": items,
            "as": item,
            "steps": self.steps(inside, depth - 1),
        }
        if self.often(3):
            step["output"] = self.value(inside)
        if self.often(4):
            step["tolerate"] = self.one({"count": 1}, {"percentage": 50})
        if self.often(4):
            step["batch"] = {"size": 2}
        if self.often(4):
            step["concurrency"] = self.one(1, 50)
        return self.fanning(step, known)

    def parallel(self, known: list[str], depth: int) -> dict[str, Any]:
        branches = {name: self.steps(list(known), depth - 1) for name in self.one("a", "ab")}
        step: dict[str, Any] = {"parallel": branches}
        if self.often(3):
            step["output"] = self.value([*known, "result.a"])
        return self.fanning(step, known)

    def fanning(self, step: dict[str, Any], known: list[str]) -> dict[str, Any]:
        step["id"] = self.new()
        if self.often(4):
            step["retry"] = {"attempts": 1, "on": [self.one("States.ALL", *ERRORS)]}
        self.undoable(step, [*known, step["id"]])
        known.append(step["id"])
        return step


def workflows(*, undo: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Random valid workflows."""
    return st.randoms(use_true_random=False).map(lambda r: Author(r, undo=undo).workflow())
