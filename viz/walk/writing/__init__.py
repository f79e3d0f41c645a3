"""Frames as files: pages of a document, moving pictures, parts of presentations."""
