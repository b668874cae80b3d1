"""The text tasks: what each asks a model for, and what is checked of the answer."""

from __future__ import annotations

from typing import Any

from statewright.ai import personal_data
from statewright.ai.asking import Asker, validator_of
from statewright.ai.chat import Message, Prompt, Schema
from statewright.ai.errors import InvalidInput
from statewright.ai.prompting import over_data
from statewright.workflows.actions.action import object_schema

CHUNK = 24_000
"""Characters that are summarized at once: longer texts part by part, then the parts together."""
CHUNKS = 40
_UNIT: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_TEXT: Schema = {"type": "string"}
MODERATION = ("hate", "harassment", "self-harm", "sexual", "violence", "illicit")
_LENGTHS = {"short": "at most three sentences", "medium": "one or two paragraphs",
            "long": "up to one page"}  # fmt: skip


def generate(asker: Asker, inputs: dict[str, Any]) -> dict[str, Any]:
    """Text, or with a schema data, by a prompt."""
    prompt = Prompt(
        inputs.get("system", ""),
        (Message("user", inputs["prompt"]),),
        inputs.get("schema"),
        (),
        inputs.get("max_tokens", 2_000),
        inputs.get("temperature"),
    )
    if prompt.schema is not None:
        value, answer = asker.structured(prompt, inputs.get("repairs", 2))
        return {"text": answer.text, "data": value, "model": answer.model}
    answer = asker.ask(prompt)
    return {"text": answer.text, "model": answer.model}


def extract(asker: Asker, inputs: dict[str, Any]) -> dict[str, Any]:
    """Data of a shape from a text."""
    validator_of(inputs["schema"])
    task = (
        "Extract what the schema asks for from the text. Take values from the text only; leave out "
        "what is not in it, or give null where the schema allows it."
    )
    more = inputs.get("instructions")
    prompt = over_data(
        f"{task}\n{more}" if more else task,
        inputs["text"],
        inputs["schema"],
        max_tokens=inputs.get("max_tokens", 4_000),
    )
    value, answer = asker.structured(prompt, inputs.get("repairs", 2))
    return {"data": value, "model": answer.model}


def classify(asker: Asker, inputs: dict[str, Any]) -> dict[str, Any]:
    """One of the labels, or with ``multiple`` all that apply."""
    labels = _labels(inputs["labels"])
    one: Schema = {"enum": list(labels)}
    several: Schema = {"type": "array", "items": one, "uniqueItems": True}
    multiple = inputs.get("multiple", False)
    schema = object_schema(
        ["labels", "confidence"] if multiple else ["label", "confidence"],
        **({"labels": several} if multiple else {"label": one}),
        confidence=_UNIT,
    )
    told = "\n".join(f"- {name}: {text}" if text else f"- {name}" for name, text in labels.items())
    how = "all labels that apply, possibly none" if multiple else "the one label that fits best"
    task = f"Classify the text. Answer with {how}, and how sure you are.\nLabels:\n{told}"
    value, _ = asker.structured(over_data(task, inputs["text"], schema, max_tokens=1_000))
    return dict(value)


def _labels(given: list[str] | dict[str, str]) -> dict[str, str]:
    labels = given if isinstance(given, dict) else dict.fromkeys(given, "")
    if len(labels) < 2:
        raise InvalidInput("there are fewer than two labels")
    return labels


def summarize(asker: Asker, inputs: dict[str, Any]) -> dict[str, Any]:
    """A summary. What is longer than one question holds is summarized part by part."""
    how = _LENGTHS[inputs.get("length", "medium")]
    tongue = inputs.get("language")
    task = f"Summarize the text in {how}{f', in {tongue}' if tongue else ''}. Add nothing to it."
    if focus := inputs.get("focus"):
        task += f" What matters to the reader: {focus}"
    parts = chunks(inputs["text"])
    if len(parts) > CHUNKS:
        raise InvalidInput(f"the text has more than {CHUNK * CHUNKS:,} characters")
    count = len(parts)
    while len(parts) > 1:
        told = [_part(asker, part, number, len(parts)) for number, part in enumerate(parts, 1)]
        parts = chunks("\n\n".join(told))
    answer = asker.ask(over_data(task, parts[0]))
    return {"summary": answer.text, "parts": count}


def _part(asker: Asker, text: str, number: int, count: int) -> str:
    task = f"This is part {number} of {count} of a text. Summarize it in at most 250 words."
    return asker.ask(over_data(task, text, max_tokens=1_000)).text[: CHUNK // 8]


def chunks(text: str) -> list[str]:
    """A text in pieces of at most ``CHUNK`` characters, parted where it pauses."""
    pieces: list[str] = []
    while len(text) > CHUNK:
        pause = max(text.rfind(mark, CHUNK // 2, CHUNK) for mark in ("\n\n", "\n", ". ", " "))
        cut = pause + 1 if pause > 0 else CHUNK
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text]


def translate(asker: Asker, inputs: dict[str, Any]) -> dict[str, Any]:
    """The text in another language, with the one it was in."""
    schema = object_schema(["text", "language"], text=_TEXT, language=_TEXT)
    origin = inputs.get("from")
    task = (
        f"Translate the text{f' from {origin}' if origin else ''} into {inputs['to']}. "
        "Keep markup, placeholders, names and numbers as they are. "
        "`language` is the ISO 639-1 code of the language that the text was in."
    )
    if glossary := inputs.get("glossary"):
        task += "\nTranslate so: " + "; ".join(f"{a} = {b}" for a, b in glossary.items())
    value, _ = asker.structured(over_data(task, inputs["text"], schema, max_tokens=8_000))
    return dict(value)


def sentiment(asker: Asker, inputs: dict[str, Any]) -> dict[str, Any]:
    """How the text feels about things: from -1 to 1."""
    schema = object_schema(
        ["sentiment", "score"],
        sentiment={"enum": ["positive", "neutral", "negative", "mixed"]},
        score={"type": "number", "minimum": -1, "maximum": 1},
    )
    task = "Judge the sentiment of the text; `score` goes from -1 (negative) to 1 (positive)."
    value, _ = asker.structured(over_data(task, inputs["text"], schema, max_tokens=500))
    return dict(value)


def moderate(asker: Asker, inputs: dict[str, Any]) -> dict[str, Any]:
    """Whether a text is of a kind that is not wanted."""
    kinds = inputs.get("categories") or list(MODERATION)
    scores = object_schema(kinds, **dict.fromkeys(kinds, _UNIT))
    schema = object_schema(["scores", "reason"], scores=scores, reason=_TEXT)
    task = (
        "For each category, say how surely the text belongs to it (0 to 1), and why in a sentence."
    )
    value, _ = asker.structured(over_data(task, inputs["text"], schema, max_tokens=1_000))
    bar = inputs.get("threshold", 0.5)
    over = [kind for kind, score in value["scores"].items() if score >= bar]
    return {"flagged": bool(over), "categories": over, **value}


def redact(inputs: dict[str, Any], asker: Asker | None) -> dict[str, Any]:
    """The text without personal data. What has a form is found by it; names and addresses by a
    model, which only points at them: the text itself is never written by it."""
    kinds = frozenset(inputs.get("kinds") or personal_data.KINDS)
    text = inputs["text"]
    found = personal_data.find(text, kinds)
    if asker is not None:
        named = personal_data.find_literally(text, _named(asker, text, kinds))
        found = [f for f in found if all(f.end <= n.start or f.start >= n.end for n in named)]
        found += named
    redacted, marks = personal_data.replaced(text, found)
    return {"text": redacted, "found": marks}


def _named(asker: Asker, text: str, kinds: frozenset[str]) -> list[tuple[str, str]]:
    wanted = sorted(kinds & {"name", "address"})
    entity = object_schema(["kind", "words"], kind={"enum": wanted}, words=_TEXT)
    schema = object_schema(["found"], found={"type": "array", "items": entity})
    what = " and ".join(wanted)
    task = f"List every {what} of a person in the text, in the exact words of the text."
    value, _ = asker.structured(over_data(task, text, schema))
    return [(entry["kind"], entry["words"]) for entry in value["found"]]
