"""The rows of optimisers compiled: as C (`rules_c`), and what runs it over arrays (`kernel`)."""
