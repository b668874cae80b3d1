"""``python -m statewright_cli``."""

from statewright_cli.main import main

main()
