"""The catalogue of actions that steps can ``use``, and what each does."""
