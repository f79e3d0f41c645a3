"""Small bugs, one at a time: how many of them do the tests notice?

``PYTHONPATH=.:tests python -m mutants`` draws bugs from the source by a fixed seed, adds those that were written by
hand, puts each into a copy of the checkout in a temporary folder, and runs the tests there: those of the room's own
folder first, the fastest first, up to the first that fails; then all others.  A bug that no test notices is printed
with its place and its difference.  `--list` only shows the bugs, `--room nn` takes one room.
"""
