"""The mathematics of claims: formulas as shared terms, their derivatives, and two ways to compute them."""
