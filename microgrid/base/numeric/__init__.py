"""Numbers where NumPy is missing or Python raises: arrays as lists, floats that go on as IEEE 754 has it."""
