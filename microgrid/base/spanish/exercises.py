"""What exercises say, in Spanish."""

from __future__ import annotations

__all__ = ["EXERCISES"]

EXERCISES = {
    # what they are about
    "a line and its squared error": "una recta y su error cuadrático",
    "a perceptron": "un perceptrón",
    "the forward pass of the XOR network": "la propagación hacia delante de la red XOR",
    "two inputs, two hidden units, two outputs": "dos entradas, dos unidades ocultas y dos salidas",
    "a network that uses a weight twice": "una red que usa un peso dos veces",
    "three sigmoids one after the other": "tres sigmoides, una tras otra",
    "softmax and cross-entropy": "softmax y entropía cruzada",
    "gradient descent on a quartic": "descenso por gradiente en una función de cuarto grado",
    "network {shape} with {activation}": "red {shape} con {activation}",
    "Exercises: {subject}": "Ejercicios: {subject}",
    "Key to the exercises: {subject}": "Soluciones de los ejercicios: {subject}",
    "Made again by: {command}": "Para volver a hacerlos: {command}",
    "new {name}": "{name} nuevo",
    "Derivatives of the graph: {verdict}.": "Derivadas del grafo: {verdict}.",

    "{n} exercise": "{n} ejercicio", "{n} exercises": "{n} ejercicios",

    # kinds
    "One step of gradient descent": "Un paso de descenso por gradiente",

    # tasks
    "Compute the value of every node.": "Calcula el valor de cada nodo.",
    "Compute the local derivative on every arrow.": "Calcula la derivada local de cada flecha.",
    "Compute the gradients, from the result back.": "Calcula los gradientes, empezando por el resultado.",
    "Take one step of gradient descent: what is every parameter afterwards?":
        "Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?",
    "Carry three decimals at every step; answers within ±{tolerance} count.":
        "Trabaja con tres decimales en cada paso; se aceptan respuestas a ±{tolerance}.",
    "Carry three decimals at every step; answers within ±{low} to ±{high} count, as far as rounding can "
    "carry.":
        "Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±{low} a ±{high}, "
        "por el redondeo acumulado.",

    "The forward pass gives {values}.": "La propagación hacia delante da {values}.",

    "The wrong number": "El número erróneo", "The missing path": "El camino que falta",
    "True or false?": "¿Verdadero o falso?", "Vanishing or not?": "¿Se desvanece o no?",
    "One number in this graph is wrong; all others are right.":
        "Un número de este grafo es erróneo; todos los demás son correctos.",
    "Which number is wrong?": "¿Qué número es erróneo?", "the right number": "el número correcto",
    "It has to be {made}.": "Tiene que ser {made}.", "This one follows: {made}.": "Este es correcto: {made}.",
    "Find the number that does not follow from those it is computed from.":
        "Busca el número que no se sigue de aquellos con los que se calcula.",
    "A gradient was written as a sum over paths, and one is missing: {claim}.":
        "Un gradiente se ha escrito como suma sobre caminos, y falta uno: {claim}.",
    "Which path from {start} to {end} is missing?": "¿Qué camino de {start} a {end} falta?",
    "That path is there: {product}.": "Ese camino está: {product}.",
    "It contributes {product}.": "Aporta {product}.",
    "That is the sum as it was written: the path {path} is still missing.":
        "Esa es la suma tal como estaba escrita: sigue faltando el camino {path}.",
    "Is {claim} true, for all numbers?": "¿Se cumple {claim} para todos los números?",
    "true": "verdadero", "false": "falso",
    "It is the sum over all paths.": "Es la suma sobre todos los caminos.",
    "{slip} Right is {right}.": "{slip} Lo correcto es {right}.",
    "The path with {term} is missing.": "Falta el camino con {term}.",
    "The sign of {term} is turned.": "El signo de {term} está cambiado.",
    "The factor {factor} is missing.": "Falta el factor {factor}.",
    "{wrong} stands where its derivative {right} is meant.":
        "Pone {wrong} donde debería estar su derivada {right}.",
    "Multiply the local derivatives from {end} back to {start}.":
        "Multiplica las derivadas locales desde {end} hacia atrás hasta {start}.",
    "What becomes of the gradient on its way from {end} back to {start}?":
        "¿Qué le pasa al gradiente en su camino hacia atrás desde {end} hasta {start}?",
    "The product is {product}.": "El producto es {product}.",
    "It vanishes: less than a tenth is left.": "Se desvanece: queda menos de una décima parte.",
    "It explodes: it has grown more than tenfold.": "Explota: se ha multiplicado por más de diez.",
    "Neither.": "Ni lo uno ni lo otro.",
    "The local derivatives along a path are multiplied, not added.":
        "Las derivadas locales a lo largo de un camino se multiplican, no se suman.",

    # hints
    "Differentiate {formula} with respect to {name} alone.": "Deriva {formula} solo respecto de {name}.",
    "For each use multiply the gradient that arrives by the local derivative, and add.":
        "Para cada uso, multiplica el gradiente que llega por la derivada local, y suma.",
    "First the gradient {slope}; then {name} − η · {slope}.":
        "Primero el gradiente {slope}; después {name} − η · {slope}.",

    # the page
    "Exercises": "Ejercicios", "Exercise": "Ejercicio", "Back [to the exercise before]": "Anterior",
    "Next": "Siguiente", "Print": "Imprimir", "{right} of {all} right.": "{right} de {all} correctas.",
    "{right} of {asked} right at once": "{right} de {asked} bien a la primera",
    "Write an answer first.": "Escribe antes una respuesta.",
    "This page marks itself with JavaScript, which is switched off here.":
        "Esta página se corrige sola con JavaScript, que aquí está desactivado.",

    # what answers show
    "Right.": "Correcto.", "Not this one.": "Esta no es.",
    "Give your answers by name: {names}.": "Da tus respuestas por su nombre: {names}.",
    "Write your answers between the parentheses, as in z=6, and run the cell.":
        "Escribe tus respuestas entre los paréntesis, como en z=6, y ejecuta la celda.",
    "Still to be answered: {names}.": "Falta responder: {names}.",
    "Close, but not close enough.": "Cerca, pero no lo suficiente.",
    "That leaves out {name}.": "Falta {name}.",
    "That is {factor} times the number: a power multiplies the number by itself.":
        "Eso es {factor} veces el número: una potencia multiplica el número por sí mismo.",
    "Added where it is multiplied?": "¿Sumaste donde hay que multiplicar?",
    "Numerator and denominator have changed places.": "El numerador y el denominador están intercambiados.",
    "That is the derivative of {name}. Its value is asked.":
        "Esa es la derivada de {name}; se pide su valor.",
    "That is {name}: the function has still to be applied.": "Eso es {name}: falta aplicar la función.",
    "That is the derivative with respect to {name}.": "Esa es la derivada respecto de {name}.",
    "That is the value of {name}. Its derivative is asked.":
        "Ese es el valor de {name}; se pide su derivada.",
    "The exponent comes down as a factor, {factor}.": "El exponente baja como factor, {factor}.",
    "That is {name}, with respect to which it is differentiated.":
        "Eso es {name}, la variable respecto de la que se deriva.",
    "That is only the path through {through}. {name} is a sum: add what comes through {others}.":
        "Ese es solo el camino por {through}. {name} es una suma: falta lo que llega por {others}.",
    "The path through {name} is missing.": "Falta el camino por {name}.",
    "That is only what arrives last, through {through}. It is added to what is there: {name} is a sum.":
        "Eso es solo lo último que llega, por {through}. Se suma a lo que ya hay: {name} es una suma.",
    "Those are the local derivatives, added up. Multiply each by the gradient that arrives.":
        "Esa es la suma de las derivadas locales. Multiplica cada una por el gradiente que le llega.",
    "What comes through {through} has the wrong sign.": "Lo que llega por {through} tiene el signo cambiado.",
    "That goes uphill: the step is subtracted.": "Así se sube: el paso se resta.",
    "That is the step alone. It is taken from {name} = {value}.":
        "Eso es solo el paso, que se resta de {name} = {value}.",
    "Multiply the gradient by the learning rate, {rate}, before it is subtracted.":
        "Multiplica el gradiente por la tasa de aprendizaje, {rate}, antes de restarlo.",
    "That is the gradient. The step is the learning rate times it.":
        "Ese es el gradiente. El paso es la tasa de aprendizaje por el gradiente.",
    "In the gradient the path through {others} is missing.": "En el gradiente falta el camino por {others}.",
    "That is where {name} was before the step.": "Eso valía {name} antes del paso.",
    "That is the number that stands there, and it is wrong.": "Ese es el número que ya está, y es erróneo.",
}  # fmt: skip
