"""What every node of a graph is called, in pictures, reports and messages: labels are read, never changed.

>>> from microgrid import Value
>>> from microgrid.naming.names import names
>>> w, x, b = Value(2.0, "w"), Value(3.0, "x"), Value(1.0, "b")
>>> list(names((w * x + b) ** 2).values())
['w', 'x', 'w*x', 'b', 'w*x + b', '(w*x + b)**2']
"""
