"""What the site itself says, in each language; pages and lessons have their own texts."""

from __future__ import annotations

__all__ = ["LANGUAGES", "WORDS"]

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
        "source": "Source: `{place}`",
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
        "source": "Código fuente: `{place}`",
        "start": "Inicio", "guide": "Guía", "course": "Curso", "gallery": "Galería",
        "reference": "Referencia", "users": "Si vienes de…", "inside": "Cómo funciona", "help": "Ayuda",
        "dark": "Oscuro", "light": "Claro", "automatic": "Como el sistema",
        "description": "Aprende y enseña la retropropagación: calculada, dibujada, paso a paso, demostrada.",
    },
}  # fmt: skip
