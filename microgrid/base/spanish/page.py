"""What the page of a walk says, in Spanish."""

from __future__ import annotations

__all__ = ["PAGE"]

PAGE = {
    # the page of a walk, where `English` stands for the language's own name
    "English": "Español", "Tools": "Herramientas", "Language": "Idioma",
    "Computational graph": "Grafo computacional", "Details": "Detalles", "Step by step": "Paso a paso",
    "Playback": "Reproducción", "Size of the picture": "Tamaño de la figura", "Smaller": "Más pequeña",
    "Larger": "Más grande", "Fit": "Ajustar", "The whole picture": "La figura entera",
    "Predict first": "Predecir antes",
    "Asks for each number before showing it": "Pide cada número antes de mostrarlo", "Table": "Tabla",
    "The same numbers as a table": "Los mismos números en una tabla", "Keys": "Teclas", "Close": "Cerrar",
    "To the start": "Al principio", "Back": "Atrás", "Next": "Siguiente",
    "Update": "Actualización", "update {step} of {last}": "actualización {step} de {last}",
    "training step {count}": "paso de entrenamiento {count}", "Undo": "Deshacer",
    "Takes the last change or training back": "Deshace el último cambio o entrenamiento",
    "A computation as a graph: numbers go forward, gradients back, and it can be trained.":
        "Un cálculo como grafo: los números avanzan, los gradientes vuelven, y se puede entrenar.",
    "Legend": "Leyenda",
    "is used to compute": "sirve para calcular",
    "forward: a number": "hacia delante: un número",
    "backward: a gradient": "hacia atrás: un gradiente",
    "the colour of a box: its gradient": "el color de una caja: su gradiente",
    "a path with its product": "un camino con su producto",
    "Open in the picture": "Abrir en la figura", "Close {scope}": "Cerrar {scope}",
    "Tour": "Visita guiada", "Stop {stop} of {of}": "Parada {stop} de {of}", "Stop before": "Parada anterior",
    "Next stop": "Parada siguiente", "Done": "Listo", "End the tour": "Terminar la visita",
    "Each box is a number, and arrows say what it is computed from. At the start only the leaves have "
    "numbers; all else is empty.":
        "Cada caja es un número, y las flechas dicen a partir de qué se calcula. Al principio solo las hojas "
        "tienen números; lo demás está vacío.",
    "The arrow buttons, or the arrow keys, go one step on or back. In the forward pass each step computes "
    "one box.":
        "Los botones con flecha, o las teclas de flecha, van un paso adelante o atrás. En la propagación "
        "hacia "
        "delante cada paso calcula una caja.",
    "In the backward pass each step sends a gradient back along an arrow: the chain rule, with its numbers.":
        "En la propagación hacia atrás cada paso devuelve un gradiente por una flecha: la regla de la "
        "cadena, "
        "con sus números.",
    "Press a box: its formula, its derivatives and its paths stand here. Give an input another number, and "
    "old and new stand side by side; U takes it back.":
        "Pulsa una caja: aquí están su fórmula, sus derivadas y sus caminos. Da otro número a una entrada, y "
        "el viejo y el nuevo quedan lado a lado; U lo deshace.",
    "All gradients are known, so the parameters can learn. One step moves each a little against its "
    "gradient and computes forward again: the result falls.":
        "Ya se conocen todos los gradientes, así que los parámetros pueden aprender. Un paso mueve cada uno "
        "un "
        "poco en contra de su gradiente y vuelve a calcular hacia delante: el resultado baja.",
    "Share": "Compartir", "Copy link": "Copiar enlace", "Save as SVG": "Guardar como SVG",
    "Save as PNG": "Guardar como PNG", "Print": "Imprimir", "Link to what is shown": "Enlace a lo que se ve",
    "Copied: whoever opens it sees this.": "Copiado: quien lo abra verá esto.",
    "This is the link: copy it.": "Este es el enlace: cópialo.",
    "It leads to a file on this disk, which the others need too.":
        "Lleva a un archivo de este disco, que los demás también necesitan.",
    "Too long for a link, {length} characters of {most}: save the page, which keeps what is shown.":
        "Demasiado largo para un enlace, {length} caracteres de {most}: guarda la página, que conserva lo "
        "que se ve.",
    "Save the page": "Guardar la página",
    "Inside a notebook the page has no address and may save no files: save it with "
    "steps.save(\"walk.html\") and open that.":
        "Dentro de un cuaderno la página no tiene dirección ni puede guardar archivos: guárdala con "
        "steps.save(\"walk.html\") y abre eso.",
    "Find a node": "Buscar un nodo", "No node is called {name}.": "Ningún nodo se llama {name}.",
    "{place} of {count}: Enter goes on": "{place} de {count}: Intro sigue", "find a node": "buscar un nodo",
    "{move}. Back: U.": "{move}. Volver: U.",
    "{move}. Δ{root} = {difference}; foretold by the gradient: {product} = {foretold}. Back: U.":
        "{move}. Δ{root} = {difference}; según el gradiente: {product} = {foretold}. Volver: U.",
    "Train": "Entrenar", "Which numbers shall be trained?": "¿Qué números se entrenan?",
    "Learning rate": "Tasa de aprendizaje",
    "Slider for it, in powers of ten": "Su deslizador, en potencias de diez",
    "One step": "Un paso", "Ten steps": "Diez pasos",
    "One training step: gradients, update, forward again":
        "Un paso de entrenamiento: gradientes, actualización y otra vez hacia delante",
    "Run": "Seguir", "Stop": "Parar", "Reset": "Reiniciar",
    "All numbers as recorded, no training": "Todos los números como al principio, sin entrenar",
    "A learning rate is a finite number from 0 on, such as 0.1 or 3e-4: the last one is kept.":
        "Una tasa de aprendizaje es un número finito desde 0, como 0.1 o 3e-4: se mantiene la última.",
    "There is no number here that could be trained.": "Aquí no hay ningún número que se pueda entrenar.",
    "Nothing here can be trained: {op} is a custom operation, written in Python.":
        "Aquí no se puede entrenar nada: {op} es una operación propia, escrita en Python.",
    "One step would give {loss}; {parameters}.": "Un paso daría {loss}; {parameters}.",
    "One step would take {name} beyond the largest number a computer's double holds, 1.8e308.":
        "Un paso llevaría {name} más allá del mayor número que cabe en un double, 1.8e308.",
    "{name} not possible": "{name} imposible", "Training steps: {count}.": "Pasos de entrenamiento: {count}.",
    "Nothing moves any more: each step is smaller than the digits of the numbers.":
        "Ya no se mueve nada: cada paso es menor que las cifras de los números.",
    "No further: a step would give {name} no finite number. Take a smaller learning rate, or go back.":
        "Hasta aquí: otro paso no daría a {name} un número finito. Toma una tasa menor, o vuelve atrás.",
    "Diverged at training step {count} with η = {rate}. {why}":
        "Diverge en el paso de entrenamiento {count} con η = {rate}. {why}",
    "{name} has risen: with η = {rate} a step goes too far.":
        "{name} ha subido: con η = {rate} un paso va demasiado lejos.",
    "Back to training step {count}": "Volver al paso de entrenamiento {count}",
    "{name} over the training steps": "{name} en los pasos de entrenamiento",
    "{name} over the training steps, logarithmic": "{name} en los pasos de entrenamiento, logarítmico",
    "one training step": "un paso de entrenamiento", "undo": "deshacer",
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
    "Choose a node: its formula, its derivatives and its paths appear here.":
        "Elige un nodo: aquí aparecen su fórmula, sus derivadas y sus caminos.",
    "Drag an input or a parameter sideways, or type a number for it: all is computed anew.":
        "Arrastra una entrada o un parámetro hacia un lado, o escribe un número: todo se calcula de nuevo.",
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
    "{right} of {asked} right at once": "{right} de {asked} correctas a la primera",
    "Right at try {tries}: {value}.": "Correcto al intento {tries}: {value}.",
    "Save scores": "Guardar resultados", "Forget scores": "Olvidar resultados", "asked": "pregunta",
    "yes": "sí", "no": "no", "answers": "respuestas", "right": "correcto", "at once": "a la primera",
    "Right: {value}.": "Correcto: {value}.",
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
    "Multiply its gradient by η, and take that from the number it has.":
        "Multiplica su gradiente por η y réstalo del número que tiene.",
    "Right size, wrong way: a step goes against the gradient.":
        "El tamaño es correcto, pero el sentido no: un paso va en contra del gradiente.",
    "That is without η: the gradient is multiplied by the learning rate first.":
        "Eso es sin η: el gradiente se multiplica antes por la tasa de aprendizaje.",
    "That is only what it moves by: take it from {before}.":
        "Eso es solo lo que se mueve: réstalo de {before}.",
    "That is the number it has before the step.": "Ese es el número que tiene antes del paso.",
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
    "every number, against 50 digits": "cada número, comparado con 50 cifras",
    "the whole derivative of each leaf, as a formula": "la derivada completa de cada hoja, como fórmula",
    "points where no derivative exists": "puntos donde no existe la derivada",
    "This page computes with JavaScript, which is switched off here; the picture above shows the final "
    "numbers.":
        "Esta página calcula con JavaScript, que aquí está desactivado; la figura de arriba muestra los "
        "números finales.",
}  # fmt: skip
