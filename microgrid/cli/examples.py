"""Examples of the commands, which their help shows."""

from __future__ import annotations

__all__ = [
    "LECTURE",
    "EXAMPLES",
    "DRAW_EXAMPLES",
    "STEP_EXAMPLES",
    "NETWORK_EXAMPLES",
    "SERVE_EXAMPLES",
    "VERIFY_EXAMPLES",
    "CHECK_EXAMPLES",
    "DERIVE_EXAMPLES",
    "EXERCISES_EXAMPLES",
    "DEMO_EXAMPLES",
]

LECTURE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"

EXAMPLES = f"""examples:
  microgrid demo
  microgrid draw "{LECTURE}" w=2 b=1 x=3 y=9 --params w,b
  microgrid draw "tanh(w*x)" w=0.5 x=2 -o neuron.pdf
  microgrid step "{LECTURE}" w=2 b=1 x=3 y=9 --params w,b
  microgrid serve lesson.py:loss                   (the page follows your own lesson.py as you write it)
  microgrid verify "sigmoid(w*x + b)" w=0.5 x=2 b=-1
  microgrid draw lesson.py:loss -o loss.svg        (the Value called loss in your own lesson.py)
"""
DRAW_EXAMPLES = f"""examples:
  microgrid draw "{LECTURE}" w=2 b=1 x=3 y=9 --params w,b -o graph.svg
  microgrid draw "tanh(w*x)" w=0.5 x=2 -o neuron.png --rankdir TB --theme print
  microgrid draw "y = w*x + w" w=2 x=3 --path w,y  (every route from w to y, with its product)
  microgrid draw lesson.py:loss --collapse layer --slide 16:9 -o slide.pdf
  microgrid draw lesson.py:loss x=3 -o loss.pdf    (with the leaf labelled x set to 3)

The suffix of FILE chooses the format: .svg .pdf .png .html .tex .pptx .dot.  In EXPR, statements are
separated by ";", a power is written **, and functions such as sigmoid(x), relu(x), log(x) and max(a, b) can
be called.
"""
STEP_EXAMPLES = f"""examples:
  microgrid step "{LECTURE}" w=2 b=1 x=3 y=9 --params w,b -o step.html
  microgrid step "w*x*x" w=0.5 x=2 --lang es -o paso.html
  microgrid step lesson.py:loss --by layer -o "frames/step-{{:03d}}.png"

FILE.html is a page that needs no network: forward and backward one step at a time, numbers to predict and to
change.  All steps are also written as .pdf (a page each), .gif or .svg (which move); {{:03d}} in the name
makes a file for each.
"""
SERVE_EXAMPLES = f"""examples:
  microgrid serve lesson.py:L                      (the Value called L in your own lesson.py)
  microgrid serve "{LECTURE}" w=2 b=1 x=3 y=9 --params w,b
  microgrid serve lesson.py:L --lang es --port 8080 --no-open

The page of microgrid step, at an address that this machine alone can reach.  It is made again when FILE.py or
what that imports from its folder is saved, and stays at its step.  A mistake in the script is said in the
page.  Ctrl-C ends it.
"""
NETWORK_EXAMPLES = """examples:
  microgrid network 2-8-8-1 -o net.svg             (inputs, then the units of each layer)
  microgrid network lesson.py:model --x 0.5,-1 --slide 16:9 -o net.pdf
  microgrid network lesson.py:model --show gradients --weights numbers

A model is a Module in your own script, or the Value that one has computed.  --x "0.5,-1; 2,0" are two
samples, of which circles show the mean.
"""
VERIFY_EXAMPLES = """examples:
  microgrid verify "sigmoid(w*x + b)" w=0.5 x=2 b=-1
  microgrid verify lesson.py:loss --json
  microgrid verify "relu(w*x)" w=2 x=0 --lang es
  microgrid verify --rules                         (prove the derivative of every operation)

Exit code 0 if everything is confirmed, 1 if not.
"""
DERIVE_EXAMPLES = f"""examples:
  microgrid derive "{LECTURE}" w=2 b=1 x=3 y=9 --by w
  microgrid derive "{LECTURE}" --by w,b --latex    (no values, no numbers)
  microgrid derive lesson.py:loss --by w1
"""
CHECK_EXAMPLES = f"""examples:
  microgrid check "{LECTURE}" w=2 b=1 x=3 y=9 --claim "dL/dw = 2*e*x"
  microgrid check "{LECTURE}" --claim "∂L/∂w = ∂L/∂e · ∂e/∂yhat · ∂yhat/∂w"
  microgrid check "{LECTURE}" --claim "w <- w - eta*dL/dw" --claim "d^2L/dw^2 = 2*x^2"
  microgrid check lesson.py:loss --claims slide.txt --lang es

A claim is judged for all values of the leaves; those given come first in a counterexample, and may be left
out.  In a file of claims each line is one, and "#" begins a comment.

Exit code 0 if every claim is true, 1 if one is false or undecided, 2 for bad input.
"""
EXERCISES_EXAMPLES = f"""examples:
  microgrid exercises line -n 20 --seed 7 -o sheet/
  microgrid exercises "{LECTURE}; w in -3..3 step 0.5; b in -2..2; x in 1..5; y in 1..9" -o sheet/
  microgrid exercises "2-2-1 relu" -n 8 --kinds forward,backward --lang es -o hoja/
  microgrid exercises line --seed 7 --only 17 -o one/   (number 17 again)

SPEC is the name of a template (line, perceptron, xor, two-two-two, reuse, three-sigmoids, softmax, quartic),
the shape of a network, or statements with the numbers of their names: a range, which leaves out 0, or a list.
Numbers have at most two decimals at every step, or three where they have to be rounded; none is zero by
accident, and no factor is 1 or like the other, unless a list names it.
Exit code 2 if the ranges give too few.
"""
DEMO_EXAMPLES = """example:
  microgrid demo --dir pictures
"""
