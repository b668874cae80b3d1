"""JSONata expressions as trees: what the compiler and the checks need to know about them.

The library that evaluates JSONata shows no tree, so this package reads the language itself
(https://docs.jsonata.org, version 2.0.6). It never evaluates anything.
"""

from statewright.workflows.jsonata.nodes import Node
from statewright.workflows.jsonata.parser import ParseError, parse
from statewright.workflows.jsonata.walk import Use, free_variables

__all__ = ["Node", "ParseError", "Use", "free_variables", "parse"]
