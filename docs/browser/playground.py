"""What the playground's buttons do, in the page's own Python."""

from microgrid import check as judged
from microgrid import optim, parameter, parse, verify
from microgrid.graph import leaves, order
from microgrid.transforms import recompute

SPANISH = {
    "a value is a name and a number, w=2, and not {what!r}": (
        "un valor es un nombre y un número, w=2, y no {what!r}"
    ),
    "a parameter needs a value: {what}": "un parámetro necesita un valor: {what}",
    "the program has to make a Value: end it with one, or call one L": (
        "el programa tiene que dar un Value: termínalo con uno, o llama L a alguno"
    ),
    "nothing can learn: name parameters, such as w, b": "nada puede aprender: nombra parámetros, como w, b",
}
"""What this page says itself; what the package raises is in English everywhere."""


def fault(text, lang, **fields):
    """An error of this page's own, in its language."""
    return ValueError((SPANISH[text] if lang == "es" else text).format(**fields))


def given(kind, code, values, params, lang):
    """The Value that is written: formulas with values of their leaves, or a program's last Value."""
    result = of_formulas(code, values, params, lang) if kind == "expression" else of_program(code, lang)
    for v in order(result):
        v.grad = 0.0
    result.backward()
    return result


def of_formulas(code, values, params, lang):
    """What the last formula says, of leaves with these values, some of them parameters."""
    learnt = {name.strip() for name in params.split(",") if name.strip()}
    named = {}
    for pair in filter(str.strip, values.replace(";", ",").split(",")):
        name, _, text = map(str.strip, pair.partition("="))
        try:
            number = float(text.replace("−", "-"))
        except ValueError:
            told = fault("a value is a name and a number, w=2, and not {what!r}", lang, what=pair.strip())
            raise told from None
        named[name] = parameter(number, name) if name in learnt else number
    if unknown := learnt - named.keys():
        raise fault("a parameter needs a value: {what}", lang, what=", ".join(sorted(unknown)))
    return parse(code.replace("\n", ";"), **named)["result"]


def of_program(code, lang):
    """What the program calls L, or else the last Value that it names or ends with."""
    from pyodide.code import eval_code

    from microgrid import Value

    names = {"__name__": "__main__"}
    last = eval_code(code, globals=names, filename="<cell>")
    found = names.get("L", last)
    if not isinstance(found, Value):
        found = next((v for v in reversed(names.values()) if isinstance(v, Value)), None)
    if found is None:
        raise fault("the program has to make a Value: end it with one, or call one L", lang)
    for name, v in names.items():
        if isinstance(v, Value) and not v.label and not name.startswith("_"):
            v.label = name
    return found


def draw(result, lang):
    import viz

    return viz.draw(result, lang=lang)


def steps(result, lang):
    import viz

    return viz.steps(result, lang=lang)


def proof(result, lang):
    print(verify(result).text(lang))


def check(result, lang, claim):
    print(judged(result, claim).text(lang))


def train(result, lang, rate, count):
    """Gradient descent on the parameters: lines for the first and last steps, and the graph after it."""
    import viz

    parameters = [v for v in leaves(result) if v.role == "parameter"]
    if not parameters:
        raise fault("nothing can learn: name parameters, such as w, b", lang)
    head = [v.label or f"p{k}" for k, v in enumerate(parameters, 1)]
    shown = head[:6]
    print(
        "  ".join(f"{name:>11}" for name in ("step" if lang == "en" else "paso", result.label or "L", *shown))
    )
    optimizer = optim.SGD(parameters, lr=rate)
    for step in range(count + 1):
        recompute(result)
        if step < 10 or step > count - 3:
            numbers = [result.data, *(v.data for v in parameters[: len(shown)])]
            print("  ".join([f"{step:>11}", *(f"{number:>11.5g}" for number in numbers)]))
        elif step == 10:
            print("        ...")
        optimizer.zero_grad()
        result.backward()
        if step < count:
            optimizer.step()
    return viz.draw(result, lang=lang)
