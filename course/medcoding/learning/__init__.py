"""Practice that remembers: when an item comes back, which comes next, and how well each objective is known."""
