"""Map runs: what a Distributed Map starts. Its items become executions of their own.

``model`` is the durable value, ``core`` decides, ``datasets`` and its neighbours read items,
``results`` writes what came of them, ``drive`` performs the decisions.
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""
