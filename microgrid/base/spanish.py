"""All that is said, in Spanish: by the English template, with the same fields."""

from __future__ import annotations

__all__ = ["TABLE"]

TABLE = {
    # what `verify` reports
    "verified": "verificado", "NOT verified": "NO verificado",
    "nothing wrong found, but not all attempted: {levels}":
        "ningún error encontrado, pero no se intentó todo: {levels}",
    "rules": "reglas", "composition": "composición", "numbers": "números", "symbolic": "fórmulas",
    "kinks": "no derivable", "proved": "demostrado", "checked": "comprobado", "failed": "falló",
    "not attempted": "no intentado", "noted": "anotado", "level": "nivel", "status": "estado", "what": "qué",
    "{number} by convention": "{number} por convenio",

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
        "{n} valores y derivadas parciales coinciden con los calculados con {digits} dígitos",
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
        "con {digits} dígitos, {node} o alguna de sus derivadas parciales no es un número real finito",
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
        "{what} de {node} es {got!r}, y con 50 dígitos resulta {want}",

    # formulas
    "{proved} of {all} derivatives equal sympy's by algebra{others}":
        "{proved} de {all} derivadas son algebraicamente iguales a las de sympy{others}",
    "near these leaves the derivatives have no real value to compare them by: {leaves}":
        "cerca de estas hojas las derivadas no tienen ningún valor real con el que compararlas: {leaves}",
    ", the others to 30 digits at three points": ", y las demás, hasta 30 dígitos en tres puntos",
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

    # networks
    "weight": "peso", "bias": "sesgo", "width: size, within the layer": "grosor: tamaño, dentro de la capa",
    "drawn alike: one weight in several places": "mismo trazo: el mismo peso en varios sitios",
    "piece of a maxout, its bias inside": "pieza de un maxout, con su sesgo dentro",
    "skip connection": "conexión residual", "passes nothing on": "no transmite nada",
    "off for this sample": "apagada con esta muestra", "dropped out": "descartada por dropout",
    "dead: off for all samples": "muerta: apagada con todas las muestras",
    "red: gradient of the unit": "rojo: gradiente de la unidad", "power": "potencia", "mean": "media",
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
    "result of an operation": "resultado de una operación", "more of the graph": "el grafo continúa",
    "wider: a larger local derivative": "más ancha: mayor derivada local", "this step": "este paso",
    "parameters stand in the formulas of boxes": "los parámetros están en las fórmulas de las cajas",
    "not highlighted": "sin resaltar", "not on these routes": "fuera de estas rutas",

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
    "{scope}: {count} operations give {equation}": "{scope}: {count} operaciones dan {equation}",
    "{scope}: {count} operations give {values}": "{scope}: {count} operaciones dan {values}",
    "{scope}: the gradient goes back through {count} local derivatives.":
        "{scope}: el gradiente retrocede por {count} derivadas locales.",
    "{scope}: the gradient goes back through {count} local derivatives; {gradient}":
        "{scope}: el gradiente retrocede por {count} derivadas locales; {gradient}",
    "Start": "Inicio", "Forward pass": "Propagación hacia delante",
    "Backward pass": "Propagación hacia atrás", "End": "Fin",
    "step {k} of {count}": "paso {k} de {count}",

    # the page of a walk, where `English` stands for the language's own name
    "English": "Español", "Tools": "Herramientas", "Language": "Idioma",
    "Computational graph": "Grafo computacional", "Details": "Detalles", "Step by step": "Paso a paso",
    "Playback": "Reproducción", "Size of the picture": "Tamaño de la figura", "Smaller": "Más pequeña",
    "Larger": "Más grande", "Fit": "Ajustar", "The whole picture": "La figura entera",
    "Predict first": "Predecir antes",
    "Asks for each number before showing it": "Pide cada número antes de mostrarlo", "Table": "Tabla",
    "The same numbers as a table": "Los mismos números en una tabla", "Keys": "Teclas", "Close": "Cerrar",
    "To the start": "Al principio", "One step back": "Un paso atrás", "One step on": "Un paso adelante",
    "To the end": "Al final", "Play": "Reproducir", "Pause": "Pausa",
    "Forward pass [button]": "Hacia delante", "Backward pass [button]": "Hacia atrás", "Step": "Paso",
    "Speed": "Velocidad", "{step} of {last}": "{step} de {last}",
    "one step back or on": "un paso atrás o adelante", "to the start, to the end": "al principio, al final",
    "play or pause": "reproducir o pausar",
    "to the forward or the backward pass": "a la propagación hacia delante o hacia atrás",
    "from node to node": "de nodo en nodo", "details of the node": "detalles del nodo",
    "predict first": "predecir antes", "predict first [in place of a number]": "primero predice",
    "no prediction here": "aquí ninguna predicción", "table": "tabla",
    "size of the picture": "tamaño de la figura", "these keys": "estas teclas", "Space": "Espacio",
    "Enter": "Intro", "Home": "Inicio", "Esc": "Esc", "node": "nodo", "role": "papel", "value": "valor",
    "gradient": "gradiente", "computed from": "calculado a partir de", "scope": "ámbito",
    "not computed yet": "aún sin calcular", "gradient not computed yet": "gradiente aún sin calcular",
    "not possible": "imposible",
    "derivative of {scope} with respect to {source}": "derivada de {scope} respecto de {source}",
    "Outputs": "Salidas", "{count} nodes inside": "{count} nodos dentro",
    "Nodes inside {scope}": "Nodos dentro de {scope}", "{count} more": "{count} más",
    "rows {from} to {to} of {of}": "filas {from} a {to} de {of}", "Rows before": "Filas anteriores",
    "Rows after": "Filas siguientes",
    "Choose a node in the picture: its formula, its derivatives and its paths appear here.":
        "Elige un nodo de la figura: aquí aparecen su fórmula, sus derivadas y sus caminos.",
    "Change an input or a parameter, there or by dragging it sideways, and everything is computed anew.":
        "Cambia una entrada o un parámetro, allí o arrastrándolo hacia un lado, y todo se calcula de nuevo.",
    "Local derivatives": "Derivadas locales", "Chain rule": "Regla de la cadena", "Paths": "Caminos",
    "what each use passes back, added up": "la suma de lo que devuelve cada uso",
    "the result itself: its derivative with respect to itself is 1":
        "es el resultado: su derivada respecto de sí mismo es 1",
    "{count} to {root}; each contributes the product of its local derivatives":
        "{count} hasta {root}; cada uno aporta el producto de sus derivadas locales",
    "{count} paths lead to {root}: too many to list. The chain rule adds them up node by node.":
        "{count} caminos llevan a {root}: demasiados para escribirlos. La regla de la cadena los suma nodo "
        "a nodo.",
    "1 path": "1 camino", "{count} paths": "{count} caminos", "What if?": "¿Y si…?",
    "{name} is": "{name} vale", "As recorded ({value})": "Como al principio ({value})",
    "All as recorded": "Todo como al principio",
    "Changed in this page: {names}": "Cambiado en esta página: {names}",
    "a finite number, such as 2 or −1.5": "un número finito, como 2 o −1.5",
    "{name} cannot be changed here: {op} is a custom operation, written in Python.":
        "{name} no se puede cambiar aquí: {op} es una operación propia, escrita en Python.",
    "No derivative exists at this point; by convention: {convention}.":
        "En este punto no existe la derivada; por convenio: {convention}.",
    "{call} is not a real number: {op} needs {needs}.": "{call} no es un número real: {op} necesita {needs}.",
    "{call} divides by zero.": "{call} divide por cero.",
    "{call} is beyond the largest number a computer's double holds, 1.8e308.":
        "{call} supera el mayor número que cabe en un double, 1.8e308.",
    "It is computed from {name}, which is not possible.": "Se calcula a partir de {name}, que es imposible.",
    "Without a result there are no gradients.": "Sin resultado no hay gradientes.",
    "Your prediction: {asked} =": "Tu predicción: {asked} =", "Check": "Comprobar", "Show me": "Muéstralo",
    "{right} of {asked} right": "{right} de {asked} correctas", "Right: {value}.": "Correcto: {value}.",
    "The size is right, but not the sign.": "El tamaño es correcto, pero el signo no.",
    "The size of what is added is right, but not its sign.":
        "El tamaño de lo que se suma es correcto, pero el signo no.",
    "Not asked: this step computes many numbers at once.":
        "No se pregunta: este paso calcula muchos números a la vez.",
    "Not asked: what this step computes is nan, no number.":
        "No se pregunta: lo que este paso calcula es nan, que no es un número.",
    "No longer asked: with these numbers the step is not possible.":
        "Ya no se pregunta: con estos números el paso es imposible.",
    "The numbers have changed: predict with those that are there now.":
        "Los números han cambiado: predice con los de ahora.",
    "That is only what arrives on this edge. {name} is {before} already: add.":
        "Eso es solo lo que llega por esta arista. {name} ya vale {before}: súmalo.",
    "That is the local derivative alone. Multiply it by the gradient that arrives, {gradient}.":
        "Eso es solo la derivada local. Multiplícala por el gradiente que llega, {gradient}.",
    "That is the gradient that arrives. Multiply it by the local derivative, {local}.":
        "Eso es el gradiente que llega. Multiplícalo por la derivada local, {local}.",
    "That is the gradient before this step; this edge adds to it.":
        "Eso es el gradiente antes de este paso; esta arista le suma algo.",
    "Divided where it is multiplied?": "¿Has dividido en lugar de multiplicar?",
    "Close, but not close enough: 1 percent is.": "Cerca, pero no lo bastante: se admite un 1 por ciento.",
    "Not yet. {hint}": "Todavía no. {hint}",
    "Put the numbers into the formula.": "Pon los números en la fórmula.",
    "Multiply the gradient that arrives by the local derivative, and add what is there.":
        "Multiplica el gradiente que llega por la derivada local y suma lo que ya hay.",
    "Open the scope: its operations are listed inside, in order.":
        "Abre el ámbito: dentro están sus operaciones, en orden.",
    "How fast does a number grow with itself?": "¿Cuánto crece un número respecto de sí mismo?",
    "Type a number, such as −1.5, 3e-4 or, without a comma, 1200.": "Escribe un número, como −1.5 o 3e-4.",
    "Type a number, such as −1.5, 3e-4 or, without a comma, 1200; or ∞, as inf.":
        "Escribe un número, como −1.5 o 3e-4; o ∞, como inf.",
    "It is {value}.": "Es {value}.", "Verified": "Verificado", "Not verified": "No verificado",
    "Not fully verified": "Verificado solo en parte", "Not verified here": "Aquí no se ha verificado",
    "Before this page was written, microgrid checked every derivative in this graph.":
        "Antes de escribir esta página, microgrid comprobó cada derivada de este grafo.",
    "Before this page was written, microgrid set out to verify this graph. This is what it found:":
        "Antes de escribir esta página, microgrid se propuso verificar este grafo. Esto encontró:",
    "The verdict is about the numbers as recorded, not those you have changed.":
        "El veredicto se refiere a los números originales, no a los que has cambiado.",
    "the derivative of each operation, by computer algebra":
        "la derivada de cada operación, con álgebra computacional",
    "the chain rule on this graph, in exact arithmetic":
        "la regla de la cadena en este grafo, con aritmética exacta",
    "every number, against 50 digits": "cada número, comparado con 50 dígitos",
    "the whole derivative of each leaf, as a formula": "la derivada completa de cada hoja, como fórmula",
    "points where no derivative exists": "puntos donde no existe la derivada",
    "This page computes with JavaScript, which is switched off here; the picture above shows the final "
    "numbers.":
        "Esta página calcula con JavaScript, que aquí está desactivado; la figura de arriba muestra los "
        "números finales.",
}  # fmt: skip
