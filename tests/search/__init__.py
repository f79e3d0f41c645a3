"""Searches that go on as long as one lets them: ``PYTHONPATH=.:tests python -m search --minutes 5``.

`machine`: operations, assignments, walks, steps of optimisers, programs and pickles in any order, each beside a shadow
that computes the same another way.  `fuzzing`: texts for the parser and damaged files for loading, where inputs that
reach lines which none reached before are kept and changed further.  `graphs`: random graphs in many digits.  The
ordinary tests run each for a second or two, by `test_search.py`.
"""
