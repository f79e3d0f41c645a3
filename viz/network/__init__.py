"""A model as circles in columns and arrows with its weights: read into a `Net`, and drawn from that."""
