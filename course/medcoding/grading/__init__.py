"""All that plugs into nbgrader, through its traits only."""
