"""Tables whose rows are kept in Statewright."""
