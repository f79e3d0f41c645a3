"""The page that trains a model where one can watch: its computation as a tape, its data, its files."""
