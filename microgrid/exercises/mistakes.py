"""What a wrong answer shows: a sentence for each mistake, some of which the page of steps says too."""

from __future__ import annotations

__all__ = ["MISTAKES", "NEAR", "PREDICTED"]

NEAR = 0.05
"""How near a wrong answer may be, in relation to the right one, to be called close."""

PREDICTED = {
    "sign": "The size is right, but not the sign.",
    "only_local": "That is the local derivative alone. Multiply it by the gradient that arrives, {gradient}.",
    "only_gradient": "That is the gradient that arrives. Multiply it by the local derivative, {local}.",
    "inverse": "Divided where it is multiplied?",
    "wrong": "Not yet. {hint}",
    "hint_forward": "Put the numbers into the formula.",
}
"""Those that the page of steps says too."""

MISTAKES = PREDICTED | {
    "close": "Close, but not close enough.",
    # forward
    "left_out": "That leaves out {name}.",
    "doubled": "That is {factor} times the number: a power multiplies the number by itself.",
    "added": "Added where it is multiplied?",
    "upside_down": "Numerator and denominator have changed places.",
    "slope": "That is the derivative of {name}. Its value is asked.",
    "no_bend": "That is {name}: the function has still to be applied.",
    # local derivatives
    "other_variable": "That is the derivative with respect to {name}.",
    "value": "That is the value of {name}. Its derivative is asked.",
    "no_factor": "The exponent comes down as a factor, {factor}.",
    "operand": "That is {name}, with respect to which it is differentiated.",
    # gradients
    "one_path": "That is only the path through {through}. {name} is a sum: add what comes through {others}.",
    "path_left_out": "The path through {name} is missing.",
    "not_accumulated":
        "That is only what arrives last, through {through}. It is added to what is there: {name} is a sum.",
    "locals_added": "Those are the local derivatives, added up. Multiply each by the gradient that arrives.",
    "sign_of_path": "What comes through {through} has the wrong sign.",
    "still_missing": "That is the sum as it was written: the path {path} is still missing.",
    "factors_added": "The local derivatives along a path are multiplied, not added.",
    "factor_left_out": "The factor {factor} is missing.",
    # updates
    "uphill": "That goes uphill: the step is subtracted.",
    "only_step": "That is the step alone. It is taken from {name} = {value}.",
    "no_rate": "Multiply the gradient by the learning rate, {rate}, before it is subtracted.",
    "gradient": "That is the gradient. The step is the learning rate times it.",
    "update_path": "In the gradient the path through {others} is missing.",
    "unchanged": "That is where {name} was before the step.",
    # a worked graph
    "planted": "That is the number that stands there, and it is wrong.",
}  # fmt: skip
"""By the name of the mistake, its sentence in English."""
