"""A recorded graph trained by JAX on every device there is: samples are split, parameters on each.

    python -m pip install jax
    python docs/jax_devices.py                 # GPUs or TPUs, where JAX has them
    XLA_FLAGS=--xla_force_host_platform_device_count=2 python docs/jax_devices.py --steps 20

JAX adds up the gradients of the devices by itself, as the samples' sharding tells it to; several hosts need
`jax.distributed.initialize()` before.  On CPUs the native kernel, `program.value_and_grad`, is faster.
"""

from __future__ import annotations

import argparse
import random

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

import microgrid as mg
from microgrid import Value, datasets, nn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--lr", type=float, default=0.5)
    asked = parser.parse_args()
    jax.config.update("jax_enable_x64", True)  # doubles, as everywhere in microgrid

    random.seed(1)
    model = nn.MLP(2, [16, 16, 1], activation="tanh")
    x, y = [Value(0.1, "x1"), Value(0.2, "x2")], Value(1.0, "y")
    loss = nn.losses.bce_with_logits(model(x), y)
    program = mg.compile(loss, inputs=[*x, y], parameters=model.parameters())

    mesh = Mesh(jax.devices(), ("samples",))
    count = asked.samples - asked.samples % len(mesh.devices)  # as many on each
    X, answers = datasets.moons(count, noise=0.1, seed=1)
    rows = jax.device_put(np.column_stack([X, answers]), NamedSharding(mesh, PartitionSpec("samples")))
    p = jax.device_put(program.parameters, NamedSharding(mesh, PartitionSpec()))

    f = program.to_jax()
    step = jax.jit(jax.value_and_grad(lambda p, rows: f(p, rows).mean()))
    for k in range(asked.steps):
        value, gradient = step(p, rows)
        p -= asked.lr * gradient
        if k % 10 == 0:
            print(f"step {k}: loss {value:.12g}")
    print(f"loss {step(p, rows)[0]:.12g} after {asked.steps} steps on {len(mesh.devices)} devices")

    program.parameters = np.asarray(p)
    program.write_back()  # to the Values of the model
    print(f"microgrid's own: {np.mean(program(np.asarray(rows))):.12g}")


if __name__ == "__main__":
    main()
