"""What pictures and the captions of a walk say, in Spanish."""

from __future__ import annotations

__all__ = ["PICTURES"]

PICTURES = {
    "{claim}: {verdict}": "{claim}: {verdict}", "forgotten: {what}": "olvidado: {what}",
    "what the claim covers": "lo que cubre la afirmación",
    # networks
    "weight": "peso", "bias": "sesgo", "width: size, within the layer": "grosor: tamaño, dentro de la capa",
    "drawn alike: one weight in several places": "mismo trazo: el mismo peso en varios sitios",
    "piece of a maxout, its bias inside": "trozo de un maxout, con su sesgo dentro",
    "skip connection": "conexión residual", "passes nothing on": "no transmite nada",
    "off for this sample": "apagada con esta muestra", "dropped out": "descartada por dropout",
    "dead: off for all samples": "muerta: apagada con todas las muestras",
    "magenta: gradient of the unit": "magenta: gradiente de la unidad",
    "italic: gradient of the unit": "cursiva: gradiente de la unidad",
    "power": "potencia", "mean": "media",
    "A network of {n} columns: {columns}.": "Una red de {n} columnas: {columns}.",
    "{n} unit": "{n} unidad", "{n} units": "{n} unidades",
    "{n:,} of {of:,} units are not shown": "no se muestran {n:,} de {of:,} unidades",
    "{n:,} of {of:,} numbers are not shown": "no se muestran {n:,} de {of:,} números",
    "{n} off": "apagadas: {n}", "{n} dead": "muertas: {n}", "{n} dropped": "descartadas: {n}",
    "{n} × ({what})": "{n} × ({what})", "piece {n}": "trozo {n}", "layer {n}": "capa {n}",
    "layer {n} ({kind})": "capa {n} ({kind})", "neuron {n}": "neurona {n}", "channel {n}": "canal {n}",
    "residual block {n}": "bloque residual {n}", "{kind} {n}": "{kind} {n}",
    "sum": "suma", "+ skip": "+ salto", "{n} piece": "{n} trozo", "{n} pieces": "{n} trozos",
    "kernel {n}": "núcleo {n}", "{n} parameter": "{n} parámetro", "{n} parameters": "{n} parámetros",
    "shared weights": "pesos compartidos", "mean of {n} samples": "media de {n} muestras",
    "Network {title}, from left to right: {columns}. It has {parameters}.":
        "Red {title}, de izquierda a derecha: {columns}. Tiene {parameters}.",

    # pictures: nodes
    "operation": "operación", "value {x}": "valor {x}", "value not computed": "valor aún sin calcular",
    "gradient {x}": "gradiente {x}", "gradient not computed": "gradiente aún sin calcular",
    "no gradient yet": "aún no tiene gradiente", "in {scope}": "en {scope}",
    "{subject} in {scope}": "{subject} en {scope}", "{subject} has value {x}": "{subject} tiene valor {x}",
    "{subject} has value {x} and {gradient}": "{subject} tiene valor {x} y {gradient}",

    # named pieces
    "softmax": "softmax", "log softmax": "log softmax", "logsumexp": "logsumexp", "maxout": "maxout",
    "cross-entropy": "entropía cruzada", "cross-entropy of logits": "entropía cruzada de los logits",
    "negative log-likelihood": "log-verosimilitud negativa", "KL divergence": "divergencia KL",
    "binary cross-entropy": "entropía cruzada binaria",
    "binary cross-entropy of logits": "entropía cruzada binaria de los logits",
    "mean squared error": "error cuadrático medio",
    "half the mean squared error": "mitad del error cuadrático medio",
    "mean absolute error": "error absoluto medio", "Huber loss": "pérdida de Huber",
    "hinge loss": "pérdida de bisagra", "L1 penalty": "penalización L1", "L2 penalty": "penalización L2",

    # pictures: scopes
    "scope {scope}": "ámbito {scope}", "scope {scope}, collapsed: 1 node": "ámbito {scope}, plegado: 1 nodo",
    "scope {scope}, collapsed: {n:,} nodes": "ámbito {scope}, plegado: {n:,} nodos",
    "scope, collapsed": "ámbito plegado", "values {xs}": "valores {xs}",
    "values {xs} and {n:,} more": "valores {xs} y {n:,} más",
    "{n:,} values, {low} to {high}": "{n:,} valores, de {low} a {high}",
    "{n:,} of {of:,} values, {low} to {high}": "{n:,} de {of:,} valores, de {low} a {high}",
    "values not computed": "valores aún sin calcular", "1 parameter": "1 parámetro",
    "{n:,} parameters": "{n:,} parámetros", "{n:,} of {of:,} parameters": "{n:,} de {of:,} parámetros",
    "{n:,} of {of:,} outputs": "{n:,} de {of:,} salidas", "1 output": "1 salida",
    "{n:,} outputs": "{n:,} salidas",
    "norm of the gradient of {what}: {x}": "norma del gradiente de {what}: {x}", "1 more node": "1 nodo más",
    "{n:,} more nodes": "{n:,} nodos más",

    # pictures: derivatives
    "gradients {xs}": "gradientes {xs}", "each arrow to it stands for a derivative of its {n:,} results each":
        "cada flecha que llega representa una derivada de cada uno de sus {n:,} resultados",
    "local derivative of {result} with respect to {operand}: {x}":
        "derivada local de {result} respecto de {operand}: {x}",
    "derivative of {result} with respect to {operand}: {x}":
        "derivada de {result} respecto de {operand}: {x}",
    "{derivative} = {x}, a sum over {n} paths": "{derivative} = {x}, una suma sobre {n} caminos",
    "size of the gradient": "tamaño del gradiente",
    "size of the gradient, logarithmic": "tamaño del gradiente, escala logarítmica",
    "gradient, logarithmic": "gradiente, escala logarítmica",

    # the legend, beside names of boxes
    "thick border: the result": "borde grueso: el resultado", "local derivative": "derivada local",
    "norm of the gradients in the box": "norma de los gradientes de la caja",
    "result of an operation": "resultado de una operación", "more of the graph": "el grafo continúa",
    "wider: a larger local derivative": "más ancha: mayor derivada local", "this step": "este paso",
    "parameters stand in the formulas of boxes": "los parámetros están en las fórmulas de las cajas",
    "not highlighted": "sin resaltar", "not on these routes": "fuera de estos caminos",

    # pictures as a whole
    "Computational graph of {name}": "Grafo computacional de {name}",
    "A computational graph of 1 node: {facts}.": "Grafo computacional de 1 nodo: {facts}.",
    "A computational graph of {n:,} nodes: {facts}.": "Grafo computacional de {n:,} nodos: {facts}.",
    "A computational graph of {n:,} nodes, {shown:,} of them shown: {facts}.":
        "Grafo computacional de {n:,} nodos, de los que se muestran {shown:,}: {facts}.",
    "{facts}; and {n:,} more": "{facts}; y {n:,} más",

    # the captions of a walk
    "The leaves have their values; nothing has been computed yet.":
        "Las hojas tienen sus valores; aún no se ha calculado nada.",
    "{equation}, computed before an operand got another value":
        "{equation}, calculado antes de que un operando cambiara de valor",
    "{root} = 1: here the backward pass starts.": "{root} = 1: aquí empieza la propagación hacia atrás.",
    "{outer} = 0: nothing is passed on, {target} stays {after}.":
        "{outer} = 0: no se transmite nada, {target} sigue en {after}.",
    "{text}   ({numbered}: with respect to operand {k} alone)":
        "{text}   ({numbered}: solo respecto del operando {k})",
    "{text} so far": "{text} hasta aquí",
    "The inputs and weights have their values; nothing has been computed yet.":
        "Las entradas y los pesos tienen sus valores; aún no se ha calculado nada.",
    "{scope}: the gradient goes back to its weights.": "{scope}: el gradiente retrocede hasta sus pesos.",
    "All gradients are known.": "Se conocen todos los gradientes.",
    "{target} = {value}, a sum over {count} paths": "{target} = {value}, una suma sobre {count} caminos",
    "and {count} leaves more": "y {count} hojas más", "and {count} operands more": "y {count} operandos más",
    "and 1 leaf more": "y 1 hoja más", "and 1 operand more": "y 1 operando más",
    "{scope}: {count} operations give {equation}": "{scope}: {count} operaciones dan {equation}",
    "{scope}: {count} operations give {values}": "{scope}: {count} operaciones dan {values}",
    "{scope}: the gradient goes back through {count} local derivatives.":
        "{scope}: el gradiente retrocede por {count} derivadas locales.",
    "{scope}: the gradient goes back through {count} local derivatives; {gradient}":
        "{scope}: el gradiente retrocede por {count} derivadas locales; {gradient}",
    "Start": "Inicio", "Forward pass": "Propagación hacia delante",
    "Backward pass": "Propagación hacia atrás", "End": "Fin",
    "step {k} of {count}": "paso {k} de {count}",
    "without {n} number": "sin {n} número", "without {n} numbers": "sin {n} números",
    "with fewer digits in {n} number": "con menos cifras en {n} número",
    "with fewer digits in {n} numbers": "con menos cifras en {n} números",
}  # fmt: skip
