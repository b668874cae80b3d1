"""The Python SDK: connectors of one's own as a class with typed operations.

``docs/custom-connectors.md`` is the tutorial.
"""

from statewright.sdk.connector import Connector, ConnectorError, Polled, operation, polling
from statewright.sdk.http import Answer, Http

__all__ = ["Answer", "Connector", "ConnectorError", "Http", "Polled", "operation", "polling"]
