"""What exercises are made of: templates, shapes of networks, and statements with ranges."""
