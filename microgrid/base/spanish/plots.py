"""What plots say, in Spanish."""

from __future__ import annotations

__all__ = ["PLOTS"]

PLOTS = {
    # a plot, for those who cannot see it
    "Plot": "Gráfica", "Plot of {what}": "Gráfica de {what}", "{y} over {x}": "{y} frente a {x}",
    "{label} ({first} to {last})": "{label} (de {first} a {last})",

    # lessons that run as programs
    "picture: {file}": "figura: {file}",

    # trainings
    "epoch": "época", "step": "paso", "step {k}": "paso {k}", "loss": "pérdida",
    "accuracy (share of samples)": "exactitud (proporción de muestras)",
    "learning rate": "tasa de aprendizaje",
    "time since the start (s)": "tiempo desde el inicio (s)", "training": "entrenamiento",
    "validation": "validación", "best epoch": "mejor época", "best epoch, {epoch}": "mejor época, {epoch}",
    "stopped early": "parada temprana", "(mean and range of {n})": "(media y rango de {n})",

    "parameters": "parámetros", "length of the gradient": "longitud del gradiente",

    # learning rates, and several descents from one start
    "loss of the batch": "pérdida del lote", "running mean": "media móvil",
    "falls fastest, at {rate:.2g}": "baja más rápido en {rate:.2g}",
    "gradient descent": "descenso por gradiente", "momentum": "momento", "batch": "lote completo",
    "mini-batch": "minilote", "stochastic": "estocástico",
    "{n} step an epoch": "{n} paso por época", "{n} steps an epoch": "{n} pasos por época",

    "Descent, step by step": "Descenso, paso a paso", "Training, step by step": "Entrenamiento, paso a paso",

    # layers
    "what comes in: {inputs}": "lo que entra: {inputs}",
    "layer": "capa", "unit": "unidad", "layer, from input to output": "capa, de la entrada a la salida",
    "length of ∂L/∂activations": "longitud de ∂L/∂activaciones",
    "length of ∂L/∂parameters": "longitud de ∂L/∂parámetros", "{step}: all are 0": "{step}: todos son 0",
    "length of update / length of weights": "longitud del paso / longitud de los pesos",
    "1e-3, usual": "1e-3, lo habitual", "dead ReLUs (% of the layer)": "ReLU muertas (% de la capa)",
    "log₁₀ of the size of {sign}": "log₁₀ del tamaño de {sign}",
    "share of the numbers": "proporción de los números",
    "{share:.0f} % are 0": "{share:.0f} % son 0", "input, then bias": "entrada; al final, el sesgo",
    "how many": "cuántos", "samples in the batch": "muestras del lote", "{n} nodes": "{n} nodos",
    "memory of a step's graph": "memoria del grafo de un paso",

    # functions
    "saturated: f′ ≈ 0": "saturada: f′ ≈ 0", "kink: no derivative": "punto anguloso: sin derivada",
    "f(x), and f′(x) dashed": "f(x); a trazos, f′(x)", "logit z": "logit z",
    "share e^(z/T) / Σ e^(z/T)": "proporción e^(z/T) / Σ e^(z/T)", "minimum": "mínimo",
    "saddle point": "punto de silla", "data": "datos", "parameter x": "parámetro x",
    "steps, dark to light": "pasos, de oscuro a claro", "along the tangent": "por la tangente",
    "to the curve": "hasta la curva", "clipped": "recortado", "length {n:g}": "longitud {n:g}",
    "each partial at most {n:g}": "cada derivada, como mucho {n:g}",

    "prediction ŷ": "predicción ŷ", "loss L, and ∂L/∂ŷ dashed": "pérdida L; a trazos, ∂L/∂ŷ",

    # classifiers
    "class {label:g}": "clase {label:g}", "probability of 1": "probabilidad de 1",
    "predicted class": "clase predicha", "true class": "clase verdadera",
    "{right} of {all} right": "{right} de {all} aciertos",
}  # fmt: skip
