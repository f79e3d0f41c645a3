"""What reports and the command line say, in Spanish."""

from __future__ import annotations

__all__ = ["REPORTS"]

REPORTS = {
    # what `verify` reports
    "verified": "verificado", "NOT verified": "NO verificado",
    "nothing wrong found, but not all attempted: {levels}":
        "ningún error encontrado, pero no se intentó todo: {levels}",
    "rules": "reglas", "composition": "composición", "numbers": "números", "symbolic": "fórmulas",
    "kinks": "no derivable", "proved": "demostrado", "checked": "comprobado", "failed": "falló",
    "not attempted": "no intentado", "noted": "anotado", "level": "nivel", "status": "estado", "what": "qué",
    "{number} by convention": "{number} por convenio",

    # what `fit` says after an epoch
    "Epoch {k}/{n}": "Época {k}/{n}", "accuracy": "exactitud",

    # how many
    "{n} node": "{n} nodo", "{n} nodes": "{n} nodos", "{n} edge": "{n} arista", "{n} edges": "{n} aristas",
    "{n} gradient": "{n} gradiente", "{n} gradients": "{n} gradientes", "{n} number": "{n} número",
    "{n} numbers": "{n} números", "{n} derivative": "{n} derivada", "{n} derivatives": "{n} derivadas",
    "{n} operation": "{n} operación", "{n} operations": "{n} operaciones",
    "the table of {n} operations": "la tabla de {n} operaciones",
    "{what} overflows in the textbook's {piece}": "{what} se desborda en {piece} según los libros",
    "{what} is undefined in the textbook's {piece}": "{what} no está definido en {piece} según los libros",
    "the textbook's {piece} is off by {error}": "{piece} según los libros se desvía un {error}",
    "{n:,} nodes are more than {most:,}: verify a part":
        "{n:,} nodos son más de {most:,}: verifica una parte",

    # rules
    "{proved} of {all} operations ({identities} identities){names}":
        "{proved} de {all} operaciones ({identities} identidades){names}",
    "{name}: not attempted, {reason}": "{name}: no intentado, {reason}",
    "{what} is wrong{where}": "hay un error en {what}{where}", " where {piece}": " donde {piece}",
    "the value": "el valor", "the value {formula}": "el valor {formula}",
    "the partial with respect to {letter}": "la derivada parcial respecto de {letter}",
    "the partial for grad with respect to {letter}": "la derivada parcial para grad respecto de {letter}",
    "the textbook partial with respect to {letter}": "la derivada parcial de los libros respecto de {letter}",
    "a formula branches at {condition}{where}, which the pieces do not tell apart":
        "una fórmula se bifurca en {condition}{where}, y los trozos no distinguen los dos casos",
    "the partial with respect to {letter} differs from the slope at {at}":
        "la derivada parcial respecto de {letter} difiere de la pendiente en {at}",
    "custom_op was given no sympy= form to compare with":
        "custom_op no recibió una forma sympy= con la que comparar",
    "its functions do not take symbols ({error})": "sus funciones no admiten símbolos ({error})",

    # composition
    "{gradients} by summing over {edges}, exactly modulo the prime 2^61 - 1; in floats {rounding}":
        "{gradients} como suma sobre {edges}, con exactitud módulo el primo 2^61 - 1; en coma flotante, "
        "{rounding}",
    "{share:.0%} of what rounding allows": "el {share:.0%} de lo que permite el redondeo",
    "without any rounding": "sin ningún redondeo",
    "a partial of {node} is not finite": "una derivada parcial de {node} no es finita",
    "the gradient of {node} is not finite": "el gradiente de {node} no es finito",
    "the gradient of {node} is not the sum over its {n} uses":
        "el gradiente de {node} no es la suma sobre sus {n} usos",
    "forward accumulation along a direction gives another derivative":
        "la acumulación hacia delante en una dirección da otra derivada",

    # numbers
    "{n} values and partials agree with {digits} digits":
        "{n} valores y derivadas parciales coinciden con los calculados con {digits} cifras",
    "{checked}; value and gradients are {error}": "{checked}; el valor y los gradientes {error}",
    "exact": "son exactos",
    "off by at most {error:.2g} (bound {bound:.2g})":
        "se desvían a lo sumo en {error:.2g} (cota: {bound:.2g})",
    "{checked} one by one, but rounding has changed {what} by {times:.2g} times its size":
        "{checked} uno a uno, pero el redondeo ha cambiado {what} en {times:.2g} veces su tamaño",
    "only to about three digits, being computed in doubles: {names}":
        "solo con unas tres cifras, porque se calcula en doble precisión: {names}",
    "{node} or a partial of it is not finite":
        "{node} o alguna de sus derivadas parciales no es un número finito",
    "in {digits} digits {node} or a partial of it is not a finite real number":
        "con {digits} cifras, {node} o alguna de sus derivadas parciales no es un número real finito",
    "the gradient": "el gradiente",
    "the partial with respect to {operand}": "la derivada parcial respecto de {operand}",
    "{what} of {node}": "{what} de {node}",
    "{what} of {op} at {node} is {got!r}, and its operands give {want} (if a leaf was changed since, "
    "recompute the graph first)":
        "{what} de {op} en {node} es {got!r}, y sus operandos dan {want} (si se ha cambiado una hoja, "
        "recalcula antes el grafo)",
    "{node} was given its partials as numbers, and no formula to compare them with":
        "a {node} se le dieron sus derivadas parciales como números, sin fórmula con la que compararlas",
    "{node} has no values around its operands to compare its partials with":
        "{node} no tiene valores alrededor de sus operandos con los que comparar sus derivadas parciales",
    "the partial of {op} at {node} with respect to {operand} is {got!r}, and differences of its value give "
    "about {slope:.4g}":
        "la derivada parcial de {op} en {node} respecto de {operand} es {got!r}, y las diferencias de su "
        "valor dan aproximadamente {slope:.4g}",
    "{what} of {node} is {got!r}, and 50 digits give {want}":
        "{what} de {node} es {got!r}, y con 50 cifras resulta {want}",

    # formulas
    "{proved} of {all} derivatives equal sympy's by algebra{others}":
        "{proved} de {all} derivadas son algebraicamente iguales a las de sympy{others}",
    "near these leaves the derivatives have no real value to compare them by: {leaves}":
        "cerca de estas hojas las derivadas no tienen ningún valor real con el que compararlas: {leaves}",
    ", the others to 30 digits at three points": ", y las demás, hasta 30 cifras en tres puntos",
    "sympy did not finish within {seconds:g} seconds": "sympy no terminó en {seconds:g} segundos",
    "{terms:.3g} terms on {levels} levels by {leaves} leaves would be no readable formula":
        "{terms:.3g} términos en {levels} niveles por {leaves} hojas no darían una fórmula legible",
    "the chain rule and sympy give different derivatives with respect to {leaf}":
        "la regla de la cadena y sympy dan derivadas distintas respecto de {leaf}",
    "the gradient of {leaf} is {got!r}, which is not the value of {formula}":
        "el gradiente de {leaf} es {got!r}, que no es el valor de {formula}",
    "the custom operation {op!r} has no sympy form: give custom_op a sympy=":
        "la operación propia {op!r} no tiene forma de sympy: da a custom_op un argumento sympy=",

    # kinks: where no derivative exists, and the conventions and domains of `ops`
    "no derivative exists at {operations}; the gradients are what a convention gives":
        "no existe la derivada en {operations}; los gradientes son los que da un convenio",
    "{op} at {node}: {convention}": "{op} en {node}: {convention}",
    "{node} in {piece} ({formula})": "{node} en {piece} ({formula})", "0 at 0": "0 en 0",
    "inf at 0": "inf en 0", "0 at ±1": "0 en ±1", "inf at ±1": "inf en ±1", "-inf at ±1": "-inf en ±1",
    "d/dy x**y is 0 at x = 0": "d/dy x**y es 0 en x = 0",
    "½ to each of two equals": "½ para cada uno si son iguales", "0 at the origin": "0 en el origen",
    "0 at the origin, the limit on the branch cut": "0 en el origen, y el límite en el corte",
    "the negative slope at 0": "en 0, la pendiente negativa",
    "the left derivative at 0": "en 0, la derivada por la izquierda",
    "a base that is not negative, or an integer exponent": "una base no negativa o un exponente entero",

    # the command line
    "input": "entrada", "parameter": "parámetro", "constant": "constante",
    "  and {n} more": "  y {n} más", "wrote {file}": "escrito: {file}",
    "wrote {n} steps to {file}{more}": "{n} pasos escritos en {file}{more}", ", {n} files": ", {n} archivos",

    "{name} is at {url}": "{name} está en {url}", "Ctrl-C ends it.": "Ctrl-C lo termina.",
    "It follows {file} whenever that is saved.  Ctrl-C ends it.":
        "Se rehace cada vez que guardas {file}.  Ctrl-C lo termina.",
    "Save {file} again, and this page follows.": "Vuelve a guardar {file} y esta página se rehará.",
    "A line yhat = w*x + b with w = 2 and b = 1 meets the point x = 3, y = 9.":
        "Una recta yhat = w*x + b con w = 2 y b = 1 se enfrenta al punto x = 3, y = 9.",
    "How wrong is it, and which way should w and b move?":
        "¿Cuánto se equivoca, y hacia dónde deben moverse w y b?",
    "forward: the values": "hacia delante: los valores",
    "backward: the gradients of the loss L": "hacia atrás: los gradientes de la pérdida L",
    "Both are negative: L falls when w and b grow.":
        "Ambos son negativos: L baja cuando w y b crecen.",
    "The graph as a picture, and as a page to step through, to change and to train:":
        "El grafo como imagen, y como página para recorrerlo, cambiarlo y entrenarlo:",
    "Now draw your own:": "Ahora dibuja el tuyo:",

    # formulas of optimisers
    "if": "si", "otherwise": "en otro caso", "and": "y", "or": "o", "not": "no",
}  # fmt: skip
