"""A program as a C file, and that file built by the user's compiler: `text`, `build`."""
