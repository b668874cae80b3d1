"""Entry points of live updates."""
