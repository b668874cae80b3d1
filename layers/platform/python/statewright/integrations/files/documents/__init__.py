"""Reading documents that strangers made, each in a process of its own with limits."""
