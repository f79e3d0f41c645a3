"""What is told of a module as a table: what it costs, and a backward pass layer by layer."""
