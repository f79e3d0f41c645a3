"""A walk over the diagram of neurons, layer by layer: what each step says, and which frame shows what."""
