"""The kinds of exercises: each makes its blanks from one variant of a graph."""
