"""What the site itself says, in each language; pages and lessons have their own texts."""

from __future__ import annotations

__all__ = ["LANGUAGES", "TITLES", "WORDS"]

LANGUAGES = ("en", "es")

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "language": "English",
        "needs-numpy": "needs NumPy",
        "figure": "Figure {n}",
        "cell": "Cell {n}",
        "as_file": "file",
        "cite": "{authors}: microgrid {version}, “{page}”, {what}.",
        "untranslated": "This page is not in this language yet: [read it in English]({link}).",
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
        "cite": "{authors}: microgrid {version}, «{page}», {what}.",
        "untranslated": "Esta página aún no está en español: [léela en inglés]({link}).",
        "playground": "Abrir el banco de pruebas",
        "start": "Inicio", "guide": "Guía", "course": "Curso", "gallery": "Galería",
        "reference": "Referencia", "users": "Si vienes de…", "inside": "Cómo funciona", "help": "Ayuda",
        "dark": "Oscuro", "light": "Claro", "automatic": "Como el sistema",
        "description": "Aprende y enseña la retropropagación: calculada, dibujada, paso a paso, demostrada.",
    },
}  # fmt: skip

TITLES = {
    "changelog.md": "Cambios",
    "cite.md": "Cómo citar",
    "errors.md": "Errores y qué hacer",
    "faq.md": "Preguntas",
    "gallery/pictures.md": "Grafos y redes",
    "guide/drawing.md": "Dibujar",
    "guide/exercises.md": "Ejercicios",
    "guide/extending.md": "Ampliar",
    "guide/networks.md": "Redes",
    "guide/proof.md": "Demostración y afirmaciones",
    "guide/speed.md": "Velocidad",
    "guide/stepping.md": "Paso a paso",
    "guide/training.md": "Entrenar",
    "inside/architecture.md": "La arquitectura",
    "inside/engine.md": "El motor, línea a línea",
    "inside/program.md": "El programa",
    "inside/promises.md": "Lo que microgrid promete",
    "inside/proofs.md": "Las demostraciones",
    "reference/optimizers.md": "Optimizadores",
    "users/jax.md": "Si vienes de JAX",
    "users/keras.md": "Si vienes de Keras",
    "users/micrograd.md": "Si vienes de micrograd",
    "users/pytorch.md": "Si vienes de PyTorch",
}
"""The Spanish titles of pages that are in English alone."""
