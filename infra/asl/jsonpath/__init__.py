"""The JSONPath query language: paths, intrinsics, comparisons, and a JSONPath state's fields."""
