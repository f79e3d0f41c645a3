"""Numbers to fill in: values, local derivatives, gradients, and parameters after a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...base.phrases import Phrase, say
from ..exercise import Asked, Blank, Mistake, Number
from ..rounding import HALF
from ..wording import sentence
from .worked import Worked, told_apart

__all__ = ["backward", "backward_mistakes", "forward", "forward_mistakes", "gradient", "local", "update"]


def forward(worked: Worked) -> list[Blank]:
    """The value of each named node, in the order in which they are computed."""
    return told_apart(worked, lambda each: [_value(each, k) for k in each.calculation.asked])


def local(worked: Worked) -> list[Blank]:
    """Of each arrow between a parameter and the result the local derivative."""
    return told_apart(worked, lambda each: [_local(each, k, j) for k, j in each.arrows])


def backward(worked: Worked) -> list[Blank]:
    """The gradients, from the result back to the parameters."""
    return told_apart(
        worked, lambda each: [gradient(each, k, backward_mistakes(each, k)) for k in each.backward]
    )


def update(worked: Worked) -> list[Blank]:
    """Each parameter after one step of gradient descent."""
    return told_apart(worked, lambda each: [_updated(each, k) for k in each.learnt])


# ---------------------------------------------------------------- values


def _value(worked: Worked, k: int) -> Blank:
    hint = say("Put the numbers into the formula.")
    return worked.blank(
        worked.name(k),
        Asked(worked.name(k)),
        worked.found.values[k],
        forward_mistakes(worked, k),
        hint,
        worked.made(k),
        worked.error("values", k),
    )


def forward_mistakes(worked: Worked, k: int) -> Iterator[Mistake]:
    found, step = worked.found, worked.calculation.steps[k]
    value, operands = found.values[k], worked.calculation.operands[k]
    yield Mistake("sign", -value)
    direct = all(worked.name(j) for j in step.operands)
    row = step.row.name if step.row else ""
    if len(operands) > 1 and worked.calculation.is_sum(k):
        for j in operands:
            yield Mistake("left_out", value - found.locals[k, j] * found.values[j], {"name": worked.text(j)})
    if not direct:
        return
    x, *others = (found.values[j] for j in step.operands)
    if row == "powc" and step.constant is not None and step.constant > 1:
        factor = int(step.constant)
        yield Mistake("doubled", x * factor, {"factor": factor})
    elif row == "mul":
        yield Mistake("added", x + others[0])
    elif row == "div":
        yield Mistake("upside_down", _divided(others[0], x))
    elif step.row is not None and len(step.operands) == 1:
        slope = found.locals[k, step.operands[0]]
        yield Mistake("slope", slope, {"name": worked.text(k)})
        yield Mistake("no_bend", x, {"name": worked.text(step.operands[0])})


def _divided(x: Number, y: Number) -> Number:
    return x / y if y else float("inf")


# ---------------------------------------------------------------- local derivatives


def _local(worked: Worked, k: int, j: int) -> Blank:
    asked = Asked(worked.name(k), worked.name(j))
    key = f"d{worked.name(k)}_d{worked.name(j)}"
    hint = say(
        "Differentiate {formula} with respect to {name} alone.",
        formula=worked.formula(k),
        name=worked.text(j),
    )
    found = worked.found.locals[k, j]
    mistakes, error = _local_mistakes(worked, k, j), worked.error("locals", (k, j))
    return worked.blank(key, asked, found, mistakes, hint, worked.slope(k, j), error)


def _local_mistakes(worked: Worked, k: int, j: int) -> Iterator[Mistake]:
    found, step = worked.found, worked.calculation.steps[k]
    slope = found.locals[k, j]
    yield Mistake("sign", -slope)
    for other in worked.calculation.operands[k]:
        if other != j:
            yield Mistake("other_variable", found.locals[k, other], {"name": worked.text(other)})
    if step.row is not None and step.row.name == "powc" and step.constant:
        factor = int(step.constant)
        yield Mistake("no_factor", slope / factor, {"factor": factor})
    yield Mistake("value", found.values[k], {"name": worked.text(k)})
    yield Mistake("operand", found.values[j], {"name": worked.text(j)})


# ---------------------------------------------------------------- gradients


def gradient(worked: Worked, k: int, mistakes: Iterable[Mistake]) -> Blank:
    """The gradient of one named node."""
    hint = say("For each use multiply the gradient that arrives by the local derivative, and add.")
    expected, error = worked.found.gradients[k], worked.error("gradients", k)
    name, asked = worked.name(k), worked.gradient_of(k)
    return worked.blank(name, asked, expected, mistakes, hint, _summed(worked, k), error)


def _summed(worked: Worked, k: int) -> str:
    found, write = worked.found, worked.write
    terms, root = worked.terms(k), worked.calculation.root
    products = [f"{worked.gradient_of(user).text} · {worked.rate_of(user, k)}" for user, _ in terms]
    if len(terms) > 1 and terms[0][0] == root:  # its name would be that of the whole gradient
        products[0] = worked.slope(root, k) or "1"
    numbers = [
        f"{write(found.gradients[user])} · {_bracketed(write(found.locals[user, k]))}"
        for user, _ in worked.terms(k)
    ]
    numbers[1:] = [
        f"({text[: text.index(' ')]}){text[text.index(' ') :]}" if text[0] == "−" else text
        for text in numbers[1:]
    ]
    return f"{' + '.join(products)} = {' + '.join(numbers)}"


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith("−") else number


def backward_mistakes(worked: Worked, k: int) -> Iterator[Mistake]:
    found, terms = worked.found, worked.terms(k)
    total, name = found.gradients[k], worked.gradient_of(k).text
    yield Mistake("sign", -total)
    if len(terms) == 1:
        user = terms[0][0]
        slope, arriving = found.locals[user, k], found.gradients[user]
        yield Mistake("only_local", slope, {"gradient": worked.write(arriving)})
        yield Mistake("only_gradient", arriving, {"local": worked.write(slope)})
        yield Mistake("inverse", _divided(arriving, slope))
        return
    last = terms[-1][0]
    yield Mistake("not_accumulated", terms[-1][1], {"through": worked.text(last), "name": name})
    for user, term in terms[:-1]:
        others = sentence(worked.text(other) for other, _ in terms if other != user)
        yield Mistake("one_path", term, {"through": worked.text(user), "name": name, "others": others})
    if len(terms) > 2:
        for user, term in terms:
            yield Mistake("path_left_out", total - term, {"name": worked.text(user)})
    for user, term in terms:
        yield Mistake("sign_of_path", total - 2 * term, {"through": worked.text(user)})
    yield Mistake("locals_added", sum(found.locals[user, k] for user, _ in terms))


# ---------------------------------------------------------------- updates


def _updated(worked: Worked, k: int) -> Blank:
    write, rate = worked.write, worked.rate if worked.calculation.exact else float(worked.rate)
    value, gradient = worked.found.values[k], worked.found.gradients[k]
    name, slope = worked.text(k), worked.gradient_of(k).text
    solution = f"{name} − η · {slope} = {write(value)} − {write(rate)} · {_bracketed(write(gradient))}"
    return worked.blank(
        worked.name(k),
        Asked(worked.name(k), new=True),
        value - rate * gradient,
        _update_mistakes(worked, k, rate),
        _update_hint(name, slope),
        solution,
        float(rate) * worked.error("gradients", k) + HALF,
    )


def _update_hint(name: str, slope: str) -> Phrase:
    return say("First the gradient {slope}; then {name} − η · {slope}.", name=name, slope=slope)


def _update_mistakes(worked: Worked, k: int, rate: Number) -> Iterator[Mistake]:
    value, gradient = worked.found.values[k], worked.found.gradients[k]
    name = worked.text(k)
    yield Mistake("uphill", value + rate * gradient)
    yield Mistake("no_rate", value - gradient, {"rate": worked.write(rate)})
    for step in (-rate * gradient, rate * gradient):
        yield Mistake("only_step", step, {"name": name, "value": worked.write(value)})
    yield Mistake("gradient", gradient)
    terms = worked.terms(k)
    if len(terms) > 1:
        for user, term in terms:
            yield Mistake("update_path", value - rate * (gradient - term), {"others": worked.text(user)})
    yield Mistake("unchanged", value, {"name": name})
    yield Mistake("sign", rate * gradient - value)
