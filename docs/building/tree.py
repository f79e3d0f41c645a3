"""Which pages there are, in the order of the navigation; both languages have the same."""

from __future__ import annotations

from pathlib import Path

__all__ = ["LETTERS", "navigation"]

LETTERS = "abcdefgh"

Section = tuple[str, list[str]]

SECTIONS: list[Section] = [
    ("start", ["index.md", "start.md", "playground.md"]),
    (
        "guide",
        [f"guide/{name}.md" for name in (
            "values", "drawing", "stepping", "networks", "proof", "exercises", "training", "machines",
            "speed", "extending",
        )],
    ),
    (
        "course",
        ["course/index.md", "course/slides.md"]
        + [f"course/{kind}{x}.md" for x in LETTERS for kind in ("lesson-", "")],
    ),
    ("gallery", ["gallery/index.md", "gallery/pictures.md", *(f"gallery/{x}.md" for x in LETTERS[:5])]),
    (
        "reference",
        [f"reference/{name}.md" for name in (
            "index", "microgrid", "nn", "losses", "init", "optim", "optimizers", "train", "monitor",
            "datasets", "viz", "plots", "claims", "exercises", "graph", "operations", "command",
        )],
    ),
    ("users", [f"users/{name}.md" for name in ("micrograd", "pytorch", "keras", "jax")]),
    ("inside", [f"inside/{name}.md" for name in ("architecture", "engine", "program", "proofs", "promises")]),
    ("help", ["faq.md", "errors.md", "glossary.md", "changelog.md", "cite.md"]),
]  # fmt: skip
"""An index opens its section.  Pages that are not there yet are left out, others of a section follow."""


def navigation(folder: Path) -> list[Section]:
    """The sections with those of their pages that lie in the folder, and with pages that no section names."""
    there = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.md"))]
    named = {page for _, pages in SECTIONS for page in pages}
    sections = []
    for name, pages in SECTIONS:
        more = [page for page in there if page not in named and page.startswith(f"{name}/")]
        sections.append((name, [page for page in pages if page in there] + more))
    listed = {page for _, pages in sections for page in pages}
    if lost := [page for page in there if page not in listed]:
        raise ValueError(
            f"no section of the navigation has {', '.join(lost)}: name it in docs/building/tree.py"
        )
    return [(name, pages) for name, pages in sections if pages]
