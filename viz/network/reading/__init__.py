"""From a recorded graph to units in columns: which nodes are one unit, where it stands, what it is called."""
