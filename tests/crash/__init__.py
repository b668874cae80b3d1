"""The engine killed at any point, again and again, under load; and what must hold afterwards."""
