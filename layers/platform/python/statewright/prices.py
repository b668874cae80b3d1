"""What Step Functions and Lambda ask: list prices of us-east-1 in US dollars.

https://aws.amazon.com/step-functions/pricing/ (the first tier of Express)
https://aws.amazon.com/lambda/pricing/
"""

from __future__ import annotations

from decimal import Decimal

TRANSITION = Decimal("0.000025")
"""A state transition of a Standard execution."""
LAMBDA_REQUEST = Decimal("0.0000002")
EXPRESS_REQUEST = Decimal("0.000001")
"""An Express execution, however short."""
EXPRESS_GB_SECOND = Decimal("0.00001667")
EXPRESS_GB = Decimal(64) / 1024
"""Memory is billed in chunks of 64 MB. Step Functions tells it to nobody but its metrics; these
workflows, whose data is 256 KB at the most a state, are taken to need one."""
EXPRESS_CHUNK_MS = 100
"""Duration is billed in chunks, each begun one as a whole."""
EXPRESS_CHUNK = EXPRESS_GB_SECOND * EXPRESS_GB * EXPRESS_CHUNK_MS / 1000
"""One chunk of time in one chunk of memory."""


def express_chunks(milliseconds: int) -> int:
    """For how many chunks of time an Express execution is billed."""
    return max(1, -(-milliseconds // EXPRESS_CHUNK_MS))
