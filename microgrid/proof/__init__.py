"""`verify`: each derivative and number is proved, or what was not attempted is said.  It uses the engine."""
