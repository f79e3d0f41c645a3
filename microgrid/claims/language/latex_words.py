"""The commands of LaTeX that scalar formulas have, and those that are refused by name.

sympy's two readers of LaTeX were tried first (1.14).  `parse_latex` with ANTLR reads ``\\hat{y}`` as hat
times y,
``\\frac{\\partial \\hat y}{\\partial z_1}`` as a quotient of products with a symbol called partial, and
``\\leftarrow``
as one more factor, all without a word, and takes 1.5 s for a sum of ten chains; with Lark it refuses
``\\hat``,
primes and derivatives by ``w_1``.  Neither can be told that the names of nodes win.  So the few commands
below are
read here.
"""

from __future__ import annotations

__all__ = ["ACCENTS", "FONTS", "REFUSED", "SIGNS", "SKIPPED", "WORDS"]

SKIPPED = {
    "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "quad", "qquad",
    "displaystyle",
    "textstyle", "limits", "nolimits", ",", ";", ":", "!", " ", "[", "]", "(", ")", "nonumber",
    "thinspace", "/",
}  # fmt: skip

SIGNS = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "partial": "partial", "leftarrow": "<-", "gets": "<-",
    "coloneqq": "<-", "prime": "prime", "frac": "frac", "dfrac": "frac", "tfrac": "frac", "sqrt": "sqrt",
    "{": "(", "}": ")", "lbrack": "(", "rbrack": ")", "lparen": "(", "rparen": ")",
    "lvert": "|", "rvert": "|", "vert": "|",
}  # fmt: skip
"""Commands that are one token."""

ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "dot": "dot", "ddot": "ddot", "check": "check", "vec": "vec",
}  # fmt: skip

FONTS = {
    "mathcal", "mathscr", "mathrm", "mathit", "mathsf", "mathnormal", "mathtt", "text", "textrm", "textit",
    "operatorname",
    "operatorname*", "mathbf", "boldsymbol", "bm", "rm",
}  # fmt: skip

_GREEK = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
upsilon phi
chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"""
_FUNCTIONS = "exp log ln sin cos tan sinh cosh tanh arcsin arccos arctan max min"

WORDS = {word: word for word in f"{_GREEK} {_FUNCTIONS}".split()} | {
    "varphi": "phi", "varepsilon": "epsilon", "vartheta": "theta", "varrho": "rho", "ell": "ell",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "d": "d", "hslash": "h",
}  # fmt: skip
"""Commands that are a name."""

_TERMS = "write its terms one by one"
_MATRIX = "a claim is about scalars"
_FORM = "write each case or line as a claim of its own"
REFUSED = {
    "sum": _TERMS, "prod": _TERMS, "int": _TERMS, "begin": _FORM, "end": _FORM, "\\": _FORM, "cases": _FORM,
    "nabla": _MATRIX, "odot": _MATRIX, "otimes": _MATRIX, "top": _MATRIX, "mathbb": _MATRIX, "Vert": _MATRIX,
    "|": _MATRIX, "matrix": _MATRIX, "pmatrix": _MATRIX, "bmatrix": _MATRIX, "det": _MATRIX,
    "lim": "a claim has no limits",
    "approx": "a claim says =", "neq": "a claim says =", "equiv": "a claim says =",
    "propto": "a claim says =",
    "leq": "a claim says =", "geq": "a claim says =", "to": "a claim says =", "pm": "a sign is + or -",
    "mp": "a sign is + or -",
    "mathbb*": _MATRIX, "ldots": _TERMS, "cdots": _TERMS, "dots": _TERMS,
    "infty": "a claim has finite numbers",
    "input": "no file is read", "include": "no file is read", "def": "no macro is defined",
    "newcommand": "no macro is defined",
    "write": "no file is written", "let": "no macro is defined", "csname": "no macro is defined",
    "loop": "no macro is defined",
}  # fmt: skip
