"""JSONata's functions: what they take and what they give (https://docs.jsonata.org)."""

from __future__ import annotations

from dataclasses import dataclass

from statewright.workflows.checks.types import (
    ANY,
    BOOLEAN,
    FUNCTION,
    LIST,
    NUMBER,
    OPEN,
    TEXT,
    Type,
    either,
    listing,
)
from statewright.workflows.expressions import FUNCTIONS

_CODES: dict[str, Type] = {
    "s": TEXT,
    "n": NUMBER,
    "b": BOOLEAN,
    "o": OPEN,
    "a": LIST,
    "f": FUNCTION,
    "x": ANY,
    "S": listing(TEXT),
    "N": listing(NUMBER),
    "m": either(TEXT, FUNCTION),
}


@dataclass(frozen=True, slots=True)
class Signature:
    """Types of the arguments, how many must be given, and the result."""

    takes: tuple[Type, ...]
    least: int
    gives: Type


def _signatures() -> dict[str, Signature]:
    """Reads the table: name, arguments (those in brackets may be left out), result.

    A list of texts or numbers (S, N) may be given as one. The first argument of many functions
    may be left out too: then they take what is looked at, so ``least`` counts without it.
    """
    table = """
        string x[b] s|length s n|substring sn[n] s|substringBefore ss s|substringAfter ss s
        uppercase s s|lowercase s s|trim s s|pad sn[s] s|contains sm b|split sm[n] S|join S[s] s
        match sm[n] x|replace sx[xn] s|base64encode s s|base64decode s s|encodeUrlComponent s s
        encodeUrl s s|decodeUrlComponent s s|decodeUrl s s|number x n|abs n n|floor n n|ceil n n
        round n[n] n|power nn n|sqrt n n|random [n] n|formatNumber ns[o] s|formatBase n[n] s
        formatInteger ns s|parseInteger ss n|sum N n|max N n|min N n|average N n|boolean x b
        not x b|exists x b|count x n|append xx x|sort x[f] a|reverse x a|shuffle x a|distinct x x
        zip x[xxxxx] a|keys x x|lookup xs x|spread x x|merge x o|sift x[f] x|each x[f] x
        error [s] x|assert x[s] x|type x s|now [ss] s|millis - n|fromMillis n[ss] s|toMillis s[s] n
        map xf x|filter xf x|single x[f] x|reduce xf[x] x|partition an a|range nnn x|hash s[s] s
        uuid - s|parse s x
    """
    found = {}
    for entry in table.replace("\n", "|").split("|"):
        if entry.strip():
            name, takes, gives = entry.split()
            required, _, optional = takes.rstrip("]").strip("-").partition("[")
            codes = tuple(_CODES[code] for code in required + optional)
            found[name] = Signature(codes, max(0, len(required) - 1), _CODES[gives])
    return found


SIGNATURES = _signatures()
assert SIGNATURES.keys() == FUNCTIONS
