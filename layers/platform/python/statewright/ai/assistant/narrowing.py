"""What a request may need, of the catalogue and of the templates: found by words, ranked as search
engines do.

BM25 (Robertson and Zaragoza, 2009) over the names, titles and fields of actions, or what templates
say of themselves, with the words that people use instead of those.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from statewright.workflows.actions.action import Action
from statewright.workflows.gallery.library import Entry, entries

MOST = 24
ALWAYS = ("http.request", "email.send", "human.approval")
"""What any workflow may need, whatever the words."""
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "approve": ("approval", "human", "decide"),
    "approval": ("human",),
    "confirm": ("approval",),
    "sign": ("hmac",),
    "mail": ("email",),
    "text": ("sms",),
    "spreadsheet": ("csv", "table"),
    "excel": ("csv", "table"),
    "store": ("table", "insert"),
    "save": ("table", "insert", "upsert"),
    "record": ("table", "insert"),
    "lookup": ("table", "find"),
    "api": ("http",),
    "webhook": ("http",),
    "fetch": ("http",),
    "call": ("http",),
    "post": ("http",),
    "summary": ("summarize",),
    "categorise": ("classify",),
    "categorize": ("classify",),
    "route": ("classify",),
    "triage": ("classify",),
    "mood": ("sentiment",),
    "feedback": ("sentiment",),
    "pii": ("redact",),
    "personal": ("redact",),
    "anonymise": ("redact",),
    "language": ("translate",),
    "invoice": ("extract",),
    "read": ("extract",),
    "notify": ("notification", "message"),
    "alert": ("notify", "message"),
    "slack": ("notify", "chat"),
    "remind": ("email", "notify"),
    "duplicate": ("dedupe",),
    "sum": ("aggregate",),
    "total": ("aggregate",),
    "group": ("aggregate",),
    "merge": ("join",),
    "script": ("javascript",),
}
_K, _B = 1.2, 0.75
FITS = 0.3
"""A template whose weight is less than this share of the best one's shares a common word only."""


def words_of(text: str) -> list[str]:
    """The words of a text, without endings that make no difference."""
    found = re.findall(r"[a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())
    return [_stem(word) for word in found if len(word) > 1]


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


_STEMMED = {_stem(word): tuple(map(_stem, others)) for word, others in _SYNONYMS.items()}


def narrowed(request: str, actions: Mapping[str, Action], most: int = MOST) -> list[Action]:
    """The actions that fit the words, the best first; then those that always may be needed."""
    found = [actions[name] for name, _ in ranked(request, actions)][:most]
    always = [actions[name] for name in ALWAYS if name in actions]
    return found + [action for action in always if action not in found]


def ranked(request: str, actions: Mapping[str, Action]) -> list[tuple[str, float]]:
    """Names and weights of the actions that share words with the request."""
    return weighed(request, {name: Counter(_text(action)) for name, action in actions.items()})


def templates_for(request: str, most: int) -> list[Entry]:
    """The templates of the gallery that fit the words, the best first."""
    known = {entry.id: entry for entry in entries()}
    texts = {name: Counter(_told(entry)) for name, entry in known.items()}
    found = weighed(request, texts)
    best = found[0][1] if found else 0.0
    return [known[name] for name, weight in found[:most] if weight >= best * FITS]


def weighed(request: str, texts: Mapping[str, Counter[str]]) -> list[tuple[str, float]]:
    """Names and weights of the texts that share words with the request, the best first."""
    if not texts:
        return []
    usual = sum(text.total() for text in texts.values()) / len(texts)
    holding = Counter(word for text in texts.values() for word in text)
    wanted = set(_asked(request))
    weights = {
        name: sum(
            math.log(1 + (len(texts) - holding[word] + 0.5) / (holding[word] + 0.5))
            * text[word] * (_K + 1)
            / (text[word] + _K * (1 - _B + _B * text.total() / usual))
            for word in wanted
            if word in text
        )
        for name, text in texts.items()
    }  # fmt: skip
    return sorted(
        ((name, weight) for name, weight in weights.items() if weight > 0),
        key=lambda pair: (-pair[1], pair[0]),
    )


def _asked(request: str) -> Iterable[str]:
    # GitHub is one word to people, and chat_postMessage three: both are looked for.
    for word in [*words_of(request), *words_of(request.lower())]:
        yield word
        yield from _STEMMED.get(word, ())


def _told(entry: Entry) -> list[str]:
    """What a template says of itself: its title and tags count three times."""
    short = f"{entry.title} {entry.category} {' '.join(entry.tags)} " * 3
    return words_of(f"{short}{entry.summary} {entry.documentation} {entry.outcome}")


def _text(action: Action) -> list[str]:
    """Name and title count twice."""
    fields = [*action.inputs.get("properties", {}), *action.result.get("properties", {})]
    return words_of(f"{action.name} {action.title} " * 2 + " ".join(fields))
