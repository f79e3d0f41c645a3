"""What the page of steps says: its names for texts, and those texts in each language."""

from __future__ import annotations

import re
from typing import Any

from microgrid.base.phrases import LANGUAGES, Phrase, said, say, speaker
from microgrid.exercises.mistakes import PREDICTED
from microgrid.ops import TABLE

from ..graph.trace import Trace
from ..options import Options
from ..walk.captions import MESSAGES
from ..words.descriptions import Words
from ..words.numbers import Numbers
from ..words.scope_texts import NORM

__all__ = ["SHARING", "WORDS", "page_words", "words"]

SHARING: dict[str, str] = {
    "share": "Share", "copy_link": "Copy link", "save_page": "Save the page", "link": "Link to what is shown",
    "copied": "Copied: whoever opens it sees this.", "copy_this": "This is the link: copy it.",
    "link_to_file": "It leads to a file on this disk, which the others need too.",
    "too_long":
        "Too long for a link, {length} characters of {most}: save the page, which keeps what is shown.",
}  # fmt: skip
"""What each page that gives links away says, as `stepper/link.js` asks for it."""

WORDS: dict[str, str] = PREDICTED | SHARING | {
    # the page's own
    "tools": "Tools", "language": "Language", "picture": "Computational graph", "details": "Details",
    "walk": "Step by step", "controls": "Playback", "zoom": "Size of the picture", "smaller": "Smaller",
    "larger": "Larger", "whole": "Fit", "whole_hint": "The whole picture", "predict": "Predict first",
    "predict_hint": "Asks for each number before showing it", "table": "Table",
    "table_hint": "The same numbers as a table", "help": "Keys", "close": "Close", "first": "To the start",
    "back": "Back", "next": "Next", "last": "To the end", "play": "Play", "pause": "Pause",
    "forward": say("Forward pass", sense="button"), "backward": say("Backward pass", sense="button"),
    "update": "Update", "count_update": "update {step} of {last}", "trained": "training step {count}",
    "undo": "Undo", "undo_hint": "Takes the last change or training back",
    "slider": "Step", "speed": "Speed", "count": "{step} of {last}", "key_step": "one step back or on",
    "key_ends": "to the start, to the end", "key_play": "play or pause",
    "key_pass": "to the forward or the backward pass", "key_nodes": "from node to node",
    "key_open": "details of the node", "key_predict": "predict first", "key_withdraw": "no prediction here",
    "key_table": "table", "key_zoom": "size of the picture", "key_help": "these keys", "key_space": "Space",
    "key_enter": "Enter", "Home": "Home", "End": "End", "Esc": "Esc", "node": "node", "role": "role",
    "value": "value", "gradient": "gradient", "operands": "computed from", "scope": "scope",
    "pending_value": "not computed yet", "pending_gradient": "gradient not computed yet",
    "hidden": say("predict first", sense="in place of a number"), "impossible": "not possible",
    "through": "derivative of {scope} with respect to {source}", "outputs": "Outputs",
    "inside": "{count} nodes inside", "inside_of": "Nodes inside {scope}", "more": "{count} more",
    "rows": "rows {from} to {to} of {of}", "rows_before": "Rows before", "rows_after": "Rows after",
    "choose": "Choose a node: its formula, its derivatives and its paths appear here.",
    "choose_change": "Drag an input or a parameter sideways, or type a number for it: all is computed anew.",
    "locals": "Local derivatives", "chain": "Chain rule", "ways": "Paths",
    "chain_text": "what each use passes back, added up",
    "no_use": "the result itself: its derivative with respect to itself is 1",
    "ways_text": "{count} to {root}; each contributes the product of its local derivatives",
    "ways_many": "{count} paths lead to {root}: too many to list. The chain rule adds them up node by node.",
    "way": "1 path", "several_ways": "{count} paths", "what_if": "What if?", "what_if_label": "{name} is",
    "reset": "As recorded ({value})", "reset_all": "All as recorded",
    "changed": "Changed in this page: {names}", "not_a_number": "a finite number, such as 2 or −1.5",
    "fixed": "{name} cannot be changed here: {op} is a custom operation, written in Python.",
    "kink": "No derivative exists at this point; by convention: {convention}.",
    "error_domain": "{call} is not a real number: {op} needs {needs}.",
    "error_pole": "{call} divides by zero.",
    "error_overflow": "{call} is beyond the largest number a computer's double holds, 1.8e308.",
    "error_above": "It is computed from {name}, which is not possible.",
    "error_backward": "Without a result there are no gradients.", "ask": "Your prediction: {asked} =",
    "about":
        "A computation as a graph: numbers go forward, gradients back, and it can be trained.",
    "legend": "Legend", "legend_folded": "scope, collapsed", "legend_root": "thick border: the result",
    "legend_waiting": "not computed yet", "legend_active": "this step",
    "legend_gradient": "gradient", "legend_local": "local derivative",
    "legend_arrow": "is used to compute", "legend_forward": "forward: a number",
    "legend_backward": "backward: a gradient",
    "legend_colored": "the colour of a box: its gradient", "legend_routes": "a path with its product",
    "unfold": "Open in the picture", "fold": "Close {scope}",
    "tour": "Tour", "tour_stop": "Stop {stop} of {of}", "tour_back": "Stop before", "tour_next": "Next stop",
    "tour_done": "Done", "tour_end": "End the tour",
    "tour_picture":
        "Each box is a number, and arrows say what it is computed from. At the start only the leaves have "
        "numbers; all else is empty.",
    "tour_controls":
        "The arrow buttons, or the arrow keys, go one step on or back. In the forward pass each step "
        "computes "
        "one box.",
    "tour_walk":
        "In the backward pass each step sends a gradient back along an arrow: the chain rule, with its "
        "numbers.",
    "tour_node":
        "Press a box: its formula, its derivatives and its paths stand here. Give an input another number, "
        "and "
        "old and new stand side by side; U takes it back.",
    "tour_train":
        "All gradients are known, so the parameters can learn. One step moves each a little against its "
        "gradient and computes forward again: the result falls.",
    "save_svg": "Save as SVG", "save_png": "Save as PNG", "print": "Print",
    "no_address":
        "Inside a notebook the page has no address and may save no files: save it with "
        "steps.save(\"walk.html\") and open that.",
    "find": "Find a node", "find_none": "No node is called {name}.",
    "find_some": "{place} of {count}: Enter goes on",
    "key_find": "find a node", "compared_leaf": "{move}. Back: U.",
    "compared":
        "{move}. Δ{root} = {difference}; foretold by the gradient: {product} = {foretold}. Back: U.",
    "train": "Train", "which": "Which numbers shall be trained?", "rate": "Learning rate",
    "rate_slider": "Slider for it, in powers of ten", "one_step": "One step", "ten_steps": "Ten steps",
    "one_step_hint": "One training step: gradients, update, forward again", "run": "Run", "stop": "Stop",
    "train_reset": "Reset", "train_reset_hint": "All numbers as recorded, no training",
    "rate_help": "A learning rate is a finite number from 0 on, such as 0.1 or 3e-4: the last one is kept.",
    "untrainable": "There is no number here that could be trained.",
    "untrainable_custom": "Nothing here can be trained: {op} is a custom operation, written in Python.",
    "would": "One step would give {loss}; {parameters}.",
    "would_stop": "One step would take {name} beyond the largest number a computer's double holds, 1.8e308.",
    "would_break": "{name} not possible",
    "training_steps": "Training steps: {count}.",
    "still": "Nothing moves any more: each step is smaller than the digits of the numbers.",
    "stopped_here":
        "No further: a step would give {name} no finite number. Take a smaller learning rate, or go back.",
    "diverged": "Diverged at training step {count} with η = {rate}. {why}",
    "rising": "{name} has risen: with η = {rate} a step goes too far.",
    "way_back": "Back to training step {count}", "curve": "{name} over the training steps",
    "curve_logarithmic": "{name} over the training steps, logarithmic",
    "key_train": "one training step", "key_undo": "undo",
    "check": "Check", "reveal": "Show me", "score": "{right} of {asked} right at once",
    "right_later": "Right at try {tries}: {value}.", "save_scores": "Save scores",
    "forget_scores": "Forget scores", "score_count_step": "Step",
    "score_asked": "asked", "score_answers": "answers", "score_expected": "right", "score_at_once": "at once",
    "yes": "yes", "no": "no", "right": "Right: {value}.",
    "sign_added": "The size of what is added is right, but not its sign.",
    "not_asked": "Not asked: this step computes many numbers at once.",
    "not_asked_nan": "Not asked: what this step computes is nan, no number.",
    "not_asked_impossible": "No longer asked: with these numbers the step is not possible.",
    "asked_anew": "The numbers have changed: predict with those that are there now.",
    "not_added": "That is only what arrives on this edge. {name} is {before} already: add.",
    "before": "That is the gradient before this step; this edge adds to it.",
    "close_by": "Close, but not close enough: 1 percent is.",
    "hint_backward": "Multiply the gradient that arrives by the local derivative, and add what is there.",
    "hint_update": "Multiply its gradient by η, and take that from the number it has.",
    "update_sign": "Right size, wrong way: a step goes against the gradient.",
    "update_rate": "That is without η: the gradient is multiplied by the learning rate first.",
    "update_only": "That is only what it moves by: take it from {before}.",
    "update_before": "That is the number it has before the step.",
    "hint_scope": "Open the scope: its operations are listed inside, in order.",
    "hint_seed": "How fast does a number grow with itself?",
    "not_read": "Type a number, such as −1.5, 3e-4 or, without a comma, 1200.",
    "not_read_infinite": "Type a number, such as −1.5, 3e-4 or, without a comma, 1200; or ∞, as inf.",
    "shown": "It is {value}.", "verified": "Verified", "failed": "Not verified", "open": "Not fully verified",
    "unverified": "Not verified here",
    "verified_text": "Before this page was written, microgrid checked every derivative in this graph.",
    "findings_text":
        "Before this page was written, microgrid set out to verify this graph. This is what it found:",
    "changed_text": "The verdict is about the numbers as recorded, not those you have changed.",
    "level_rules": "the derivative of each operation, by computer algebra",
    "level_composition": "the chain rule on this graph, in exact arithmetic",
    "level_numbers": "every number, against 50 digits",
    "level_symbolic": "the whole derivative of each leaf, as a formula",
    "level_kinks": "points where no derivative exists",
    "no_script":
        "This page computes with JavaScript, which is switched off here; the picture above shows the final "
        "numbers.",


    # what pictures and reports say too
    "input": "input", "parameter": "parameter", "constant": "constant", "op": "operation",
    "one_node": "{n} node", "several_node": "{n} nodes",
    "one_operation": "{n} operation", "several_operation": "{n} operations",
    "one_parameter": "1 parameter", "several_parameter": "{n:,} parameters",
    "part_parameter": "{n:,} of {of:,} parameters",
    "one_output": "1 output", "several_output": "{n:,} outputs", "part_output": "{n:,} of {of:,} outputs",
    "several_value": "{n:,} values, {low} to {high}", "part_value": "{n:,} of {of:,} values, {low} to {high}",
    "status_proved": "proved", "status_checked": "checked", "status_failed": "failed",
    "status_not attempted": "not attempted", "status_noted": "noted",
    "in_scope": "scope {scope}", "norm": NORM,
    **{f"caption {name}": template for name, template in MESSAGES.items()},
}  # fmt: skip
"""The English texts, by the names that the code of the page has for them."""

SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "inf": "∞", "x**y": "x^y", "d/dy": "∂/∂y", "-": "−"}


def words(lang: str) -> dict[str, str]:
    """The texts in a language, with their fields still to be filled in."""
    phrases = {name: text if isinstance(text, Phrase) else say(text) for name, text in WORDS.items()}
    return {name: said(phrase, lang) for name, phrase in phrases.items()}


def page_words(trace: Trace, options: Options) -> dict[str, dict[str, Any]]:
    """All that the page says, by language; `phrases` are those of the table that this graph may need,
    and `scopes` what those scopes are called that are not called what the graph has."""
    rows = [TABLE[op] for op in dict.fromkeys(node.op for node in trace.nodes) if op in TABLE]
    phrases = {text: None for row in rows for text in (row.needs or row.domain, row.convention)}
    around = {node.scope[:depth] for node in trace.nodes for depth in range(1, len(node.scope) + 1)}
    paths = sorted(path for path in around if trace.scope_name(path) != "/".join(path))
    texts: dict[str, dict[str, Any]] = {}
    for lang in LANGUAGES:
        root = Words(trace, Numbers(options.precision), lang).heading(trace.root)
        texts[lang] = words(lang) | {
            "drawing": options.title or speaker(lang)("Computational graph of {name}", name=root),
            "scopes": {"/".join(path): trace.scope_name(path, lang) for path in paths},
            "phrases": {
                text: _in_signs(said(say(text), lang)) for text in phrases if text not in ("", "True")
            },
        }
    return texts


def _in_signs(text: str) -> str:
    """A phrase with mathematical signs: ``−∞ at ±1`` for ``-inf at ±1``."""
    return re.sub(r">=|<=|!=|\binf\b|x\*\*y|d/dy|-(?=\d|inf\b)", lambda match: SIGNS[match[0]], text)
