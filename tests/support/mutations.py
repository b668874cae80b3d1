"""Mistakes as people make them, planted in definitions: ``python -m tests.support.mutations``.

A mutation is one mistake in one place. Misspelt names are those whose right spelling the checks
can know: names in reach, functions, actions, inputs, fields of the definition, declared errors,
and fields of values whose shape is known. What a server answers is not among them.
"""

from __future__ import annotations

import copy
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from statewright.workflows.definition import KINDS
from statewright.workflows.jsonata import nodes, parse
from statewright.workflows.jsonata.nodes import children
from statewright.workflows.parsing import read_yaml
from tests.support.definitions import findings_of
from tests.support.server import ROOT

SEED = 20_261_123
Place = tuple[Any, Any]
"""A container and the key in it."""
KNOWN_SHAPES = {"trigger", "risk", "execution", "error", "review", "approval", "line", "accounts"}  # fmt: skip


def places(node: Any) -> Iterator[Place]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()  # fmt: skip
    for key, value in list(items):
        yield node, key
        yield from places(value)


def steps(node: Any) -> list[dict[str, Any]]:
    found = [c[k] for c, k in places(node) if isinstance(c[k], dict) and KINDS.keys() & c[k].keys()]
    return [step for step in found if "type" not in step]


def expressions(node: Any) -> list[tuple[Place, str]]:
    return [((c, k), m[1]) for c, k in places(node) if isinstance(c[k], str) for m in re.finditer(r"\{%(.*?)%\}", c[k])]  # fmt: skip


def walk(node: Any) -> Iterator[Any]:
    yield node
    for child in children(node):
        yield from walk(child)


def misspell(random: Random, name: str) -> str:
    """A letter less, a letter twice, or two letters the other way round."""
    at = random.randrange(1, len(name))
    wrong = random.choice(
        [name[:at] + name[at + 1 :], name[:at] + name[at - 1] + name[at:], name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]]
    )  # fmt: skip
    return wrong if wrong != name and wrong[0].isalpha() else name + name[-1]


def replace_in(place: Place, old: str, new: str) -> None:
    container, key = place
    container[key] = container[key].replace(old, new, 1)


# -- mistakes: each changes the definition, or returns False where there is nothing to change ----


def name_in_expression(source: Any, random: Random) -> bool:
    return _spoil(source, random, lambda n: isinstance(n, nodes.Variable) and len(n.name) > 1, at=1)


def function_name(source: Any, random: Random) -> bool:
    return _spoil(source, random, lambda n: isinstance(n, nodes.Variable) and len(n.name) > 1, at=1, called=True)  # fmt: skip


def field_of_known_shape(source: Any, random: Random) -> bool:
    found = []
    for place, text in expressions(source):
        for node in walk(parse(text.strip())):
            path = _path(node)
            if path and path[0] in KNOWN_SHAPES and (len(path) < 4 and path[:2] not in (["trigger", "headers"],)):  # fmt: skip
                found.append((place, text, path[-1]))
    if not found:
        return False
    place, text, name = random.choice(found)
    replace_in(place, text, re.sub(rf"\.{name}\b", f".{misspell(random, name)}", text, count=1))
    return True


def _path(node: Any) -> list[str]:
    if isinstance(node, nodes.Variable):
        return [node.name]
    if isinstance(node, nodes.Step) and isinstance(node.step, nodes.Field) and _path(node.base):
        return [*_path(node.base), node.step.name]
    return []


def _spoil(source: Any, random: Random, wanted: Callable[[Any], bool], at: int, *, called: bool = False) -> bool:  # fmt: skip
    found = []
    for place, text in expressions(source):
        tree = parse(text)
        functions = {id(n.function) for n in walk(tree) if isinstance(n, nodes.Call)}
        found += [(place, text, n) for n in walk(tree) if wanted(n) and (id(n) in functions) == called]  # fmt: skip
    if not found:
        return False
    place, text, node = random.choice(found)
    wrong = misspell(random, text[node.at + at : node.end])
    replace_in(place, text, text[: node.at + at] + wrong + text[node.end :])
    return True


def action_name(source: Any, random: Random) -> bool:
    return _value(source, random, "use")


def error_name(source: Any, random: Random) -> bool:
    lists = [s["retry"]["on"] for s in steps(source) if "on" in s.get("retry", {})]
    if not lists:
        return False
    names = random.choice(lists)
    index = random.randrange(len(names))
    names[index] = misspell(random, names[index])
    return True


def _value(source: Any, random: Random, key: str) -> bool:
    found = [step for step in steps(source) if key in step]
    if not found:
        return False
    step = random.choice(found)
    step[key] = misspell(random, step[key])
    return True


def field_of_definition(source: Any, random: Random) -> bool:
    owners = [source, *steps(source)]
    return _key(random, [o for o in owners if isinstance(o, dict)])


def input_name(source: Any, random: Random) -> bool:
    return _key(random, [step["with"] for step in steps(source) if step.get("with")])


def _key(random: Random, owners: list[dict[str, Any]]) -> bool:
    owner = random.choice(owners)
    key = random.choice([key for key in owner if len(key) > 1])
    items = [(misspell(random, key) if k == key else k, v) for k, v in owner.items()]
    owner.clear()
    owner.update(items)
    return True


def wrong_type(source: Any, random: Random) -> bool:
    """A value of another kind where the kind matters."""
    found = [(c, k) for c, k in places(source) if k in {"url", "to", "subject", "title", "assignees", "concurrency", "attempts", "for_each", "steps", "query"}]  # fmt: skip
    container, key = random.choice([(c, k) for c, k in found if not _is_data(source, c)])
    container[key] = 7 if isinstance(container[key], str | list | dict) else "many"
    return True


def wrong_operand(source: Any, random: Random) -> bool:
    """Arithmetic with a text whose schema says that it is one."""
    texts = [n for n, s in source.get("input", {}).get("properties", {}).items() if s == {"type": "string"}]  # fmt: skip
    if not texts:
        return False
    name = random.choice(texts)
    source["steps"].append({"id": "added", "set": f"{{% $trigger.body.{name} * 2 %}}"})
    return True


def missing_field(source: Any, random: Random) -> bool:
    """A field gone without which nothing works."""
    found = [(c, k) for c, k in places(source) if k in {"url", "to", "subject", "title", "as", "name", "workflow", "assignees"} and isinstance(c, dict)]  # fmt: skip
    found = [(c, k) for c, k in found if "properties" not in c and (k != "name" or c is source)]
    found = [(c, k) for c, k in found if c not in [p.get("properties") for p, _ in places(source) if isinstance(p, dict)]]  # fmt: skip
    found = [(c, k) for c, k in found if not _is_data(source, c)]
    container, key = random.choice(found)
    del container[key]
    return True


def _is_data(source: Any, container: Any) -> bool:
    """Whether it is the content of a request, where any field goes."""
    bodies = [s.get("with", {}).get(k) for s in steps(source) for k in ("body", "data", "input")]
    return any(container is body for body in bodies) or any(container is s.get("set") for s in steps(source))  # fmt: skip


def bad_duration(source: Any, random: Random) -> bool:
    found = [(c, k) for c, k in places(source) if k in {"interval", "timeout", "expires", "for", "max_interval"} and isinstance(c[k], str)]  # fmt: skip
    if not found:
        return False
    container, key = random.choice(found)
    container[key] = random.choice(["soon", "10", "1.5h", "0s", "2 days", "-1m", "99w"])
    return True


def lost_step(source: Any, random: Random) -> bool:
    """A step gone whose result is used later."""
    texts = " ".join(text for _, text in expressions(source))
    used = [s for s in source["steps"] if s.get("id") and re.search(rf"\${s['id']}\b", texts)]
    if len(source["steps"]) < 2 or not used:
        return False
    source["steps"].remove(random.choice(used))
    return True


def doubled_id(source: Any, random: Random) -> bool:
    found = [step for step in steps(source) if "id" in step]
    if len(found) < 2:
        return False
    one, other = random.sample(found, 2)
    one["id"] = other["id"]
    return True


def broken_syntax(source: Any, random: Random) -> bool:
    place, text = random.choice(expressions(source))
    replace_in(place, text, random.choice([text + "+ ", text.rstrip() + ") ", "(" + text]))
    return True


def lost_brace(source: Any, random: Random) -> bool:
    place, _ = random.choice(expressions(source))
    replace_in(place, *random.choice([("{%", "{"), ("%}", "}")]))
    return True


def lost_dollar(source: Any, random: Random) -> bool:
    place, text = random.choice([(p, t) for p, t in expressions(source) if re.match(r" ?\$[a-z]\w*[. ]", t)])  # fmt: skip
    replace_in(place, text, text.replace("$", "", 1))
    return True


def wrong_choice(source: Any, random: Random) -> bool:
    """A value that is not among those that there are."""
    found = [(c, k) for c, k in places(source) if k in {"method", "status"} and isinstance(c[k], str) and not _is_data(source, c)]  # fmt: skip
    found = [(c, k) for c, k in found if k != "status" or "output" in c or "error" in c]
    if not found:
        return False
    container, key = random.choice(found)
    container[key] = misspell(random, container[key])
    return True


def wrong_decision(source: Any, random: Random) -> bool:
    """A comparison with a value that an action never gives."""
    found = [(p, t) for p, t in expressions(source) if "'rejected'" in t]
    if not found:
        return False
    place, _ = random.choice(found)
    replace_in(place, "'rejected'", f"'{misspell(random, 'rejected')}'")
    return True


MISSPELT = (name_in_expression, function_name, field_of_known_shape, action_name, error_name, field_of_definition, input_name)  # fmt: skip
OTHERS = (wrong_type, wrong_operand, missing_field, bad_duration, lost_step, doubled_id, broken_syntax, lost_brace, lost_dollar, wrong_choice, wrong_decision)  # fmt: skip


def originals() -> dict[str, Any]:
    return {file.stem: read_yaml(file.read_text()) for file in sorted((ROOT / "examples").glob("*.yaml"))}  # fmt: skip


def plant(count: int, seed: int = SEED) -> Iterator[tuple[str, str, Any]]:
    """(kind of mistake, example, definition with the mistake), every kind in turn."""
    random, examples = Random(seed), originals()
    kinds = (*MISSPELT, *OTHERS)
    planted = 0
    while planted < count:
        kind = kinds[planted % len(kinds)]
        name = random.choice(sorted(examples))
        mutant = copy.deepcopy(examples[name])
        if kind(mutant, random) and mutant != examples[name]:
            planted += 1
            yield kind.__name__, name, mutant


def detected(mutant: Any) -> bool:
    return any(found.severity != "note" for found in findings_of(mutant))


def rates(count: int = 300) -> dict[str, tuple[int, int]]:
    """Kind of mistake → how many were found, and of how many."""
    planted, found = Counter[str](), Counter[str]()
    for kind, _, mutant in plant(count):
        planted[kind] += 1
        found[kind] += detected(mutant)
    return {kind: (found[kind], planted[kind]) for kind in planted}


def main() -> None:
    table = rates()
    lines = [f"{kind:24}{hits:4} of {total:3}" for kind, (hits, total) in table.items()]
    hits, total = (sum(column) for column in zip(*table.values(), strict=True))
    sys.stdout.write("\n".join([*lines, f"{'all':24}{hits:4} of {total:3}", ""]))


if __name__ == "__main__":
    main()
