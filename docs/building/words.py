"""What the site itself says, in each language; pages and lessons have their own texts."""

from __future__ import annotations

__all__ = ["LANGUAGES", "REFERENCE", "TITLES", "WORDS"]

LANGUAGES = ("en", "es")

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "language": "English",
        "needs-numpy": "needs NumPy",
        "figure": "Figure {n}",
        "cell": "Cell {n}",
        "as_file": "file",
        "alone": "in a tab of its own",
        "cite": "{authors}: microgrid {version}, “{page}”, {what}.",
        "untranslated": "This page is in English only: [go to it]({link}).",
        "licence": "MIT licence",
        "permalink": "Link to this section",
        "playground": "Open the playground",
        # sections of the navigation
        "start": "Start", "guide": "Guide", "course": "Course", "gallery": "Gallery",
        "reference": "Reference", "users": "Coming from …", "inside": "How it works", "help": "Help",
        # the palette
        "dark": "Dark", "light": "Light", "automatic": "As the system",
        "description": "Learn and teach backpropagation: computed, drawn, stepped through and proved.",
    },
    "es": {
        "language": "Español",
        "needs-numpy": "necesita NumPy",
        "figure": "Figura {n}",
        "cell": "Celda {n}",
        "as_file": "archivo",
        "alone": "en su propia pestaña",
        "cite": "{authors}: microgrid {version}, «{page}», {what}.",
        "untranslated": "Esta página está solo en inglés: [ir a ella]({link}).",
        "licence": "Licencia MIT",
        "permalink": "Enlace a esta sección",
        "playground": "Abrir el banco de pruebas",
        "start": "Inicio", "guide": "Guía", "course": "Curso", "gallery": "Galería",
        "reference": "Referencia", "users": "Si vienes de…", "inside": "Cómo funciona", "help": "Ayuda",
        "dark": "Oscuro", "light": "Claro", "automatic": "Como el sistema",
        "description": "Aprende y enseña la retropropagación: calculada, dibujada, paso a paso, demostrada.",
    },
}  # fmt: skip

OPERATIONS = {
    "en": (
        "# Operations\n\nEach operation is a row of the table in `microgrid/ops.py`: its value and its local "
        "derivatives, in terms of the operands `x` and `y` and of the result `z`.  Every row is proved "
        "against sympy and 50 digits by `microgrid.verify_rules()`; `custom_op` adds one of your own."
    ),
    "es": (
        "# Operaciones\n\nCada operación es una fila de la tabla de `microgrid/ops.py`: su valor y sus "
        "derivadas locales, en función de los operandos `x` e `y` y del resultado `z`. "
        "`microgrid.verify_rules()` demuestra cada fila con sympy y la comprueba con "
        "50 cifras; `custom_op` añade una tuya."
    ),
}

REFERENCE: dict[str, dict[str, str]] = {
    "en": {
        "microgrid": "Values, functions, gradients, programs, proof.",
        "nn": "Layers and models.",
        "losses": "Losses.",
        "init": "First weights.",
        "optim": "Optimisers, schedules, clipping; [the step of each as a formula](optimizers.md).",
        "train": "Training, from samples to a history.",
        "monitor": "What goes on in each layer meanwhile.",
        "datasets": "Data made by formulas.",
        "exercises": "Exercises with answers, and what each mistake shows.",
        "claims": "Formulas of yours, judged.",
        "graph": "A recorded graph, read.",
        "viz": "Pictures, walks, pages.",
        "plots": "Plots of trainings, networks, functions and data.",
        "first": "Run this first; the examples below use what it imports.",
        "inherited": "It has, too, what {base} has.",
        "columns": "| name | value | derivatives | defined for | at kinks |",
        "operations": OPERATIONS["en"],
        "command": "# The command `microgrid`",
    },
    "es": {
        "microgrid": "Valores, funciones, gradientes, programas, demostraciones.",
        "nn": "Capas y modelos.",
        "losses": "Pérdidas.",
        "init": "Los primeros pesos: inicialización.",
        "optim": "Optimizadores, programas de la tasa de aprendizaje, recorte del gradiente; "
                 "[el paso de cada uno como fórmula](optimizers.md).",
        "train": "Entrenamiento, de las muestras al historial.",
        "monitor": "Lo que pasa mientras tanto en cada capa.",
        "datasets": "Datos hechos con fórmulas.",
        "exercises": "Ejercicios con respuestas, y lo que revela cada error.",
        "claims": "Afirmaciones: fórmulas tuyas, juzgadas.",
        "graph": "Leer un grafo ya calculado: orden, hojas, caminos.",
        "viz": "Figuras, recorridos, páginas.",
        "plots": "Gráficas de entrenamientos, redes, funciones y datos.",
        "first": "Ejecuta esto primero: los ejemplos de abajo usan lo que importa.",
        "in English": "La documentación de cada nombre está en inglés, tal como la muestra `help()`; los "
                      "términos, en el [glosario](../glossary.md).",
        "inherited": "Tiene también lo de {base}.",
        "columns": "| nombre | valor | derivadas | definida para | donde no hay derivada |",
        "operations": OPERATIONS["es"],
        "command": "# La orden `microgrid`\n\nLo que dice de sí misma con `--help`, en inglés. Sus "
                   "resultados salen en español con `--lang es` o con `MICROGRID_LANG=es`.",
    },
}  # fmt: skip
"""What the pages of the reference say beside the docstrings, which are English in both languages."""

TITLES = {"changelog.md": "Cambios"}
"""The Spanish titles of pages that are in English alone."""
