"""The command line: ``statewright serve | run | compile | check | executions | deploy``."""
