"""Why a false claim is false: its places, its paths, and the slips that explain it, each proved before it
is said.
"""
