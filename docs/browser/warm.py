"""What a snapshot of Python has done: it has imported microgrid and drawn, so the next picture is quick."""

import gc
import sys

sys.path.insert(0, "/lib/site")
import microgrid
import viz

w, b = microgrid.parameter(2.0, "w"), microgrid.parameter(1.0, "b")
v = microgrid.parse("z = w*x + b; h = tanh(z); L = (h - y)**2", w=w, b=b, x=3.0, y=1.0)
v["L"].backward()
viz.draw(v["L"], engine="columns").svg()
model = microgrid.nn.MLP(2, [2, 1])
viz.draw(model([1.0, 2.0])).svg()
del w, b, v, model

# Exercises come when they are asked for; the page of steps has what it needs of them.
for name in [each for each in sys.modules if each.startswith("microgrid.exercises")]:
    del sys.modules[name]
vars(microgrid).pop("exercises", None)

gc.collect()

# What has been freed is written over with zeros, of which a compressed snapshot has nothing to tell.
SIZES = ((12, 500), (16, 60), (20, 6))
zeros = [bytearray(1 << n) for n, count in SIZES for _ in range(count)]
del zeros
gc.collect()
