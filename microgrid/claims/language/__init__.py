"""How claims are written: our own grammar, Unicode, and the scalar formulas of LaTeX; read, and printed
again.
"""
