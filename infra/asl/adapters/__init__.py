"""The engine's ports on real infrastructure."""
