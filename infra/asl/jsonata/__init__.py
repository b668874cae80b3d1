"""The JSONata query language: expressions, templates, and the fields of a JSONata state."""
