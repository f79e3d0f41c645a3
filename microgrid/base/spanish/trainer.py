"""What the page that trains a model says, in Spanish."""

from __future__ import annotations

__all__ = ["TRAINER"]

TRAINER = {
    "Training: {model}": "Entrenamiento: {model}",
    "{model} learns {n} samples: each step computes the loss ({loss}), its gradient, and moves every "
    "parameter a little.":
        "{model} aprende {n} muestras: cada paso calcula la pérdida ({loss}) y su gradiente, y mueve un poco "
        "cada parámetro.",
    "Training": "Entrenamiento", "How far it is": "Estado", "Run": "Entrenar", "One step": "Un paso",
    "Ten steps": "Diez pasos", "Reset": "Reiniciar",
    "The parameters that it began with, and no steps": "Los parámetros iniciales, y ningún paso",
    "as fast as can be": "lo más rápido posible", "Learning rate": "Tasa de aprendizaje",
    "Optimiser": "Optimizador", "Batch size": "Tamaño del lote", "Seed": "Semilla",
    "Back to the lowest loss": "Volver a la pérdida mínima", "Data": "Datos", "Network": "Red",
    "Circles show": "Los círculos muestran",
    "what they compute over the data": "lo que calculan sobre los datos", "weight > 0": "peso > 0",
    "weight < 0": "peso < 0",
    "values of the chosen sample": "valores de la muestra elegida",
    "gradients of its loss": "gradientes de su pérdida", "Numbers": "Números",
    "Loss of each batch": "Pérdida de cada lote", "steps": "pasos",
    "Loss of each batch, on a logarithmic scale": "Pérdida de cada lote, en escala logarítmica",
    "What goes wrong": "Qué va mal",
    "Parameters and memory": "Parámetros y memoria", "Circle": "Círculo",
    "Settings and formulas of the optimiser": "Ajustes y fórmulas del optimizador",
    "Step {n}, epoch {epoch}": "Paso {n}, época {epoch}",
    "loss of all samples {x}": "pérdida de todas las muestras {x}",
    "of the last batch {x} ({n} samples)": "del último lote {x} ({n} muestras)",
    "{sample} → {outputs}, loss {loss}": "{sample} → {outputs}, pérdida {loss}",
    "There are no samples.": "No hay muestras.",
    "Sample {n}: ({point}), class {target}": "Muestra {n}: ({point}), clase {target}",
    "Sample {n}: {point}, target {target}": "Muestra {n}: {point}, objetivo {target}",
    "saturated: hardly any slope": "saturada: casi sin pendiente",
    "Dead (1): {names} gives no slope for any sample, so no gradient reaches its weights: it does not "
    "learn any more.":
        "Muerta (1): {names} no da pendiente para ninguna muestra y ningún gradiente llega a sus pesos: ya "
        "no aprende.",
    "Saturated (1): {names} stands on a level end of its curve for nine samples of ten, so hardly any "
    "gradient passes.":
        "Saturada (1): {names} está en un extremo llano de su curva en nueve de cada diez muestras, y casi "
        "no pasa gradiente.",
    "This network has weights of its own: its training begins at step 0.":
        "Esta red tiene sus propios pesos: su entrenamiento empieza en el paso 0.",
    "Dead ({n}): {names} give no slope for any sample, so no gradient reaches their weights: they do not "
    "learn any more.":
        "Muertas ({n}): {names} no dan pendiente para ninguna muestra y ningún gradiente llega a sus pesos: "
        "ya no aprenden.",
    "Saturated ({n}): {names} stand on the level ends of their curves for nine samples of ten, so hardly "
    "any gradient passes.":
        "Saturadas ({n}): {names} están en los extremos llanos de su curva en nueve de cada diez muestras, y "
        "casi no pasa gradiente.",
    "Vanishing: the gradient in layer {first} is {ratio} times smaller than in layer {last}, so the "
    "first layers learn that much more slowly.":
        "Se desvanece: el gradiente de la capa {first} es {ratio} veces menor que el de la capa {last}, y "
        "las primeras capas aprenden otro tanto más despacio.",
    "Exploding: the gradient in layer {first} is {ratio} times larger than in layer {last}; a smaller "
    "learning rate or other starting weights keep the steps small.":
        "Explota: el gradiente de la capa {first} es {ratio} veces mayor que el de la capa {last}; una tasa "
        "de aprendizaje menor u otros pesos iniciales dan pasos pequeños.",
    "It diverges: at step {step} the loss has grown from {first} to {loss}. With the learning rate {lr} "
    "the steps jump over the valley: go back, and choose a smaller one.":
        "Diverge: en el paso {step} la pérdida ha crecido de {first} a {loss}. Con la tasa de aprendizaje "
        "{lr} los pasos saltan por encima del valle: vuelve atrás y elige una menor.",
    "Stopped before step {step}: the loss of this batch is {value}, as numbers on the way are beyond what "
    "a computer's double holds; with the learning rate {lr} the steps have become too large.":
        "Parado antes del paso {step}: la pérdida de este lote es {value}, porque algún número intermedio no "
        "cabe en la doble precisión; con la tasa de aprendizaje {lr} los pasos son ya demasiado grandes.",
    "Stopped before step {step}: the gradient of {name} is {value}.":
        "Parado antes del paso {step}: el gradiente de {name} es {value}.",
    "Stopped before step {step}: with the learning rate {lr} it would make {name} {value}; the "
    "parameters are as they were.":
        "Parado antes del paso {step}: con la tasa de aprendizaje {lr}, {name} llegaría a {value}; los "
        "parámetros están como estaban.",
    "Stopped before step {step}: it would make {letter}, what is remembered of {name}, {value}; the "
    "parameters are as they were.":
        "Parado antes del paso {step}: {letter}, lo que se recuerda de {name}, llegaría a {value}; los "
        "parámetros están como estaban.",
    "The way back: a smaller learning rate, and then “Reset”, or “Back to the lowest loss”, that of step "
    "{n}.":
        "El camino de vuelta: una tasa de aprendizaje menor, y después «Reiniciar» o «Volver a la pérdida "
        "mínima», la del paso {n}.",
    "“{typed}” is no learning rate: it is a finite number from 0 on, such as 0.1 or 3e-4. It stays "
    "{kept}.":
        "«{typed}» no es una tasa de aprendizaje: es un número finito desde 0, como 0.1 o 3e-4. Sigue siendo "
        "{kept}.",
    "“{typed}” is no batch size: it is a whole number from 1 on. It stays {kept}.":
        "«{typed}» no es un tamaño de lote: es un entero desde 1. Sigue siendo {kept}.",
    "There are {n} samples, and a batch has all of them.": "Hay {n} muestras, y el lote las tiene todas.",
    "“{typed}” is no seed: it is a whole number from 0 on. It stays {kept}.":
        "«{typed}» no es una semilla: es un entero desde 0. Sigue siendo {kept}.",
    "“{typed}” cannot be {name}: it lies from {low} to {high}. It stays {kept}.":
        "«{typed}» no puede ser {name}: va de {low} a {high}. Sigue siendo {kept}.",
    "That cannot be together with the other settings: Nesterov momentum, for one, needs momentum above "
    "0 and no dampening. It stays as it was ({names}).":
        "No puede ser junto con los demás ajustes: el momento de Nesterov, por ejemplo, necesita un momento "
        "mayor que 0 y ningún amortiguamiento. Se queda como estaba ({names}).",
    "Sample": "Muestra",
    "A plane is drawn of samples with one input or two.":
        "El plano se dibuja para muestras con una o dos entradas.",
    "“{typed}” is no sample: they are numbered from 1 to {most}. It stays {kept}.":
        "«{typed}» no es una muestra: van numeradas de 1 a {most}. Sigue siendo {kept}.",
    "This step as a walk": "Este paso, recorrido",
    "Forward and backward through the loss of the chosen sample, in a window of its own":
        "Hacia delante y hacia atrás por la pérdida de la muestra elegida, en otra ventana",
    "Walk over the neurons": "Recorrido por las neuronas",
    "→ Forward pass": "→ Propagación hacia delante",
    "← Backward pass": "← Propagación hacia atrás",
    "Its numbers go through this network, neuron by neuron; then the gradients of its loss come back. "
    "Nothing is dropped.":
        "Sus números atraviesan esta red, neurona a neurona; después vuelven los gradientes de su pérdida. "
        "No se descarta ninguna.",
    "All gradients of the loss of sample {n} are known; a training step takes the mean over its batch.":
        "Se conocen todos los gradientes de la pérdida de la muestra {n}; un paso de entrenamiento toma la "
        "media en su lote.",
    "Loss": "Pérdida",
    "This network is too large for a walk through it.": "Esta red es demasiado grande para recorrerla.",
    "The browser did not open a window for the walk: allow windows for this page.":
        "El navegador no ha abierto la ventana del recorrido: permite ventanas a esta página.",
    "Data set": "Conjunto de datos", "as given": "los de Python", "Change samples": "Cambiar muestras",
    "Class": "Clase", "Add one": "Añadir una", "Remove it": "Quitarla", "none": "ninguna",
    "Hidden layers": "Capas ocultas", "Activation": "Activación", "Dropout": "Dropout",
    "Penalty on all parameters": "Penalización de todos los parámetros", "Strength": "Intensidad",
    "A click adds a sample, dragging moves one. With the keyboard: arrow keys choose, Alt with an arrow "
    "key moves, Delete removes.":
        "Un clic añade una muestra, arrastrarla la mueve. Con el teclado: las flechas eligen, Alt con una "
        "flecha mueve, Supr quita.",
    "The page holds {n} samples at most: remove some before.":
        "En la página caben {n} muestras como máximo: quita antes algunas.",
    "“{typed}” cannot be: hidden layers are up to six numbers of units from 1 to 32, such as 16-16, with "
    "{most} parameters at most. They stay {kept}.":
        "«{typed}» no puede ser: las capas ocultas son hasta seis números de unidades de 1 a 32, como 16-16, "
        "con {most} parámetros como máximo. Siguen siendo {kept}.",
    "“{typed}” cannot be: the share that is dropped lies from 0 to below 1. It stays {kept}.":
        "«{typed}» no puede ser: la parte que se descarta va de 0 a menos de 1. Sigue siendo {kept}.",
    "“{typed}” cannot be: a strength is a finite number from 0 on. It stays {kept}.":
        "«{typed}» no puede ser: una intensidad es un número finito desde 0. Sigue siendo {kept}.",
    "The computing half of this page has stopped ({why}): reload the page.":
        "La parte que calcula se ha parado ({why}): vuelve a cargar la página.",
    "This page trains with JavaScript, which is switched off here.":
        "Esta página entrena con JavaScript, que aquí está desactivado.",
    "Stopped before step {step}: its batch has one sample, which has no variance to normalise by. With "
    "another batch size, press “Reset”.":
        "Parado antes del paso {step}: su lote tiene una sola muestra, que no tiene varianza con la que "
        "normalizar. Con otro tamaño de lote, pulsa «Reiniciar».",
    "The link says {name}: “{typed}”, which cannot be here and is passed over.":
        "El enlace dice {name}: «{typed}», que aquí no es posible y se pasa por alto.",
    "The link asks for “{typed}” steps, and that can be a whole number up to {most}: no step was taken.":
        "El enlace pide «{typed}» pasos, y puede ser un número entero hasta {most}: no se ha dado ningún "
        "paso.",
    "Copied: it opens with these settings, at step 0, since they were changed on the way. “Save the page” "
    "keeps the training itself.":
        "Copiado: se abre con estos ajustes, en el paso 0, porque se cambiaron por el camino. «Guardar la "
        "página» conserva el entrenamiento mismo.",
    "Copied: it opens with these settings, at step 0, since a link takes {most} steps at most. “Save the "
    "page” keeps the training itself.":
        "Copiado: se abre con estos ajustes, en el paso 0, porque un enlace da como mucho {most} pasos. "
        "«Guardar la página» conserva el entrenamiento mismo.",
    "A link has room for {most} samples that were moved, added or removed, and here are {n}: save the page, "
    "which keeps them.":
        "En un enlace caben {most} muestras movidas, añadidas o quitadas, y aquí hay {n}: guarda la página, "
        "que las conserva.",
    "Inside a notebook the page has no address and may save no files: save it with "
    "page.save(\"train.html\") and open that.":
        "Dentro de un cuaderno la página no tiene dirección ni puede guardar archivos: guárdala con "
        "page.save(\"train.html\") y abre eso.",
}  # fmt: skip
