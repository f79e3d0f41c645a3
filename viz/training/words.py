"""What the page that trains says: its names for texts, and those texts in each language."""

from __future__ import annotations

from microgrid.base.phrases import said, say

from ..page.words import SHARING

__all__ = ["WORDS", "words"]

WORDS: dict[str, str] = SHARING | {
    "title": "Training: {model}",
    "about":
        "{model} learns {n} samples: each step computes the loss ({loss}), its gradient, and moves every "
        "parameter a little.",
    "language": "Language", "controls": "Training", "state": "How far it is", "run": "Run", "pause": "Pause",
    "one": "One step", "ten": "Ten steps", "reset": "Reset",
    "reset_hint": "The parameters that it began with, and no steps",
    "pace": "Speed", "fastest": "as fast as can be", "rate": "Learning rate", "optimizer": "Optimiser",
    "batch": "Batch size", "seed": "Seed", "back": "Back to the lowest loss", "data": "Data",
    "diagram": "Network", "circles": "Circles show", "circles_plane": "what they compute over the data",
    "circles_values": "values of the chosen sample", "circles_gradients": "gradients of its loss",
    "key_positive": "weight > 0", "key_negative": "weight < 0",
    "key_width": "width: size, within the layer", "numbers": "Numbers", "curve": "Loss of each batch",
    "axis": "steps",
    "curve_log": "Loss of each batch, on a logarithmic scale", "remarks": "What goes wrong",
    "table": "Parameters and memory",
    "circle": "Circle", "settings": "Settings and formulas of the optimiser", "parameter": "parameter",
    "value": "value", "gradient": "gradient", "steps": "Step {n}, epoch {epoch}",
    "loss_data": "loss of all samples {x}", "loss_batch": "of the last batch {x} ({n} samples)",
    "looked": "{sample} → {outputs}, loss {loss}", "no_samples": "There are no samples.",
    "sample_class": "Sample {n}: ({point}), class {target}",
    "sample_number": "Sample {n}: {point}, target {target}",
    "value_is": "value {x}", "gradient_is": "gradient {x}",
    "dead": "dead: off for all samples", "saturated": "saturated: hardly any slope",
    "dead_unit":
        "Dead (1): {names} gives no slope for any sample, so no gradient reaches its weights: it does not "
        "learn any more.",
    "dead_units":
        "Dead ({n}): {names} give no slope for any sample, so no gradient reaches their weights: they do not "
        "learn any more.",
    "saturated_unit":
        "Saturated (1): {names} stands on a level end of its curve for nine samples of ten, so hardly any "
        "gradient passes.",
    "saturated_units":
        "Saturated ({n}): {names} stand on the level ends of their curves for nine samples of ten, so hardly "
        "any gradient passes.",
    "vanishing":
        "Vanishing: the gradient in layer {first} is {ratio} times smaller than in layer {last}, so the "
        "first layers learn that much more slowly.",
    "exploding":
        "Exploding: the gradient in layer {first} is {ratio} times larger than in layer {last}; a smaller "
        "learning rate or other starting weights keep the steps small.",
    "diverged":
        "It diverges: at step {step} the loss has grown from {first} to {loss}. With the learning rate {lr} "
        "the steps jump over the valley: go back, and choose a smaller one.",
    "fault_loss":
        "Stopped before step {step}: the loss of this batch is {value}, as numbers on the way are beyond "
        "what a computer's double holds; with the learning rate {lr} the steps have become too large.",
    "fault_gradient": "Stopped before step {step}: the gradient of {name} is {value}.",
    "fault_parameter":
        "Stopped before step {step}: with the learning rate {lr} it would make {name} {value}; the "
        "parameters are as they were.",
    "fault_memory":
        "Stopped before step {step}: it would make {letter}, what is remembered of {name}, {value}; the "
        "parameters are as they were.",
    "fault_batch":
        "Stopped before step {step}: its batch has one sample, which has no variance to normalise by. With "
        "another batch size, press “Reset”.",
    "fault_way":
        "The way back: a smaller learning rate, and then “Reset”, or “Back to the lowest loss”, that of step "
        "{n}.",
    "rate_rule":
        "“{typed}” is no learning rate: it is a finite number from 0 on, such as 0.1 or 3e-4. It stays "
        "{kept}.",
    "batch_rule": "“{typed}” is no batch size: it is a whole number from 1 on. It stays {kept}.",
    "batch_all": "There are {n} samples, and a batch has all of them.",
    "seed_rule": "“{typed}” is no seed: it is a whole number from 0 on. It stays {kept}.",
    "setting_rule": "“{typed}” cannot be {name}: it lies from {low} to {high}. It stays {kept}.",
    "not_together":
        "That cannot be together with the other settings: Nesterov momentum, for one, needs momentum above "
        "0 and no dampening. It stays as it was ({names}).",
    "sample": "Sample", "many_inputs": "A plane is drawn of samples with one input or two.",
    "sample_rule": "“{typed}” is no sample: they are numbered from 1 to {most}. It stays {kept}.",
    "anew": "This network has weights of its own: its training begins at step 0.",
    "walk": "This step as a walk",
    "walk_hint": "Forward and backward through the loss of the chosen sample, in a window of its own",
    "walk_title": "Walk over the neurons", "walk_back": "Back", "walk_next": "Next", "walk_close": "Close",
    "walk_count": "{step} of {last}", "walk_begin": "Start", "walk_forward": "→ Forward pass",
    "walk_loss": "Loss", "walk_backward": "← Backward pass", "walk_end": "End",
    "walk_start":
        "Its numbers go through this network, neuron by neuron; then the gradients of its loss come back. "
        "Nothing is dropped.",
    "walk_done":
        "All gradients of the loss of sample {n} are known; a training step takes the mean over its batch.",
    "walk_large": "This network is too large for a walk through it.",
    "walk_blocked": "The browser did not open a window for the walk: allow windows for this page.",
    "dataset": "Data set", "given": "as given", "edit": "Change samples", "kind": "Class", "add": "Add one",
    "remove": "Remove it", "none": "none", "hidden": "Hidden layers", "activation": "Activation",
    "dropout": "Dropout", "penalty": "Penalty on all parameters", "strength": "Strength",
    "edit_hint":
        "A click adds a sample, dragging moves one. With the keyboard: arrow keys choose, Alt with an arrow "
        "key moves, Delete removes.",
    "too_many": "The page holds {n} samples at most: remove some before.",
    "hidden_rule":
        "“{typed}” cannot be: hidden layers are up to six numbers of units from 1 to 32, such as 16-16, with "
        "{most} parameters at most. They stay {kept}.",
    "dropout_rule": "“{typed}” cannot be: the share that is dropped lies from 0 to below 1. It stays {kept}.",
    "strength_rule": "“{typed}” cannot be: a strength is a finite number from 0 on. It stays {kept}.",
    "link_rule": "The link says {name}: “{typed}”, which cannot be here and is passed over.",
    "link_steps":
        "The link asks for “{typed}” steps, and that can be a whole number up to {most}: no step was taken.",
    "copied_mixed":
        "Copied: it opens with these settings, at step 0, since they were changed on the way. “Save the "
        "page” keeps the training itself.",
    "copied_far":
        "Copied: it opens with these settings, at step 0, since a link takes {most} steps at most. “Save the "
        "page” keeps the training itself.",
    "many_edits":
        "A link has room for {most} samples that were moved, added or removed, and here are {n}: save the "
        "page, which keeps them.",
    "no_address":
        "Inside a notebook the page has no address and may save no files: save it with "
        "page.save(\"train.html\") and open that.",
    "worker_failed": "The computing half of this page has stopped ({why}): reload the page.",
    "no_script": "This page trains with JavaScript, which is switched off here.",
}  # fmt: skip
"""The English texts, by the names that the code of the page has for them."""


def words(lang: str) -> dict[str, str]:
    """The texts in a language, with their fields still to be filled in."""
    return {name: said(say(text), lang) for name, text in WORDS.items()}
