"""The behaviour of each state type: what it does when entered, and when what it waits for comes."""
