"""From a `Net` to a scene: where circles and arrows stand, how they look, and what the legend says of it."""
