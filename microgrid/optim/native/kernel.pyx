# cython: language_level=3, boundscheck=False, wraparound=False
"""Steps of optimisers and the clipping of gradients over arrays, in C; what they cannot do is left to NumPy.

Absent where the package was built without a compiler.
"""

from libc.math cimport isfinite

from ...base.buffers cimport PyBUF_WRITABLE, Py_buffer, doubles, release

from numpy import ndarray


cdef extern from "native/steps.h" nogil:
    ctypedef struct Step:
        ptrdiff_t n
        double *x
        const double *g
        const double *last
        double *next
        const double *scalars

    const char *microgrid_choose_level(int index)
    const char *microgrid_rule(int rule)
    int microgrid_step(int rule, const Step *step)
    double microgrid_length(const double *g, ptrdiff_t n)
    void microgrid_scale(double *g, ptrdiff_t n, double scale)
    int microgrid_limit(double *g, ptrdiff_t n, double limit)


cdef enum:
    MOST_SCALARS = 32


def rules() -> dict[str, int]:
    """The numbers of the rules by their lines."""
    found = {}
    while microgrid_rule(len(found)) != NULL:
        found[microgrid_rule(len(found)).decode()] = len(found)
    return found


RULES = rules()


def choose_level(int index) -> str:
    """Run on the index-th instruction set from now on, -1 the best one; its name, "" if there is none."""
    cdef const char *name = microgrid_choose_level(index)
    return "" if name == NULL else name.decode()


cdef bint overlap(Py_buffer *a, Py_buffer *b):
    return (
        <double *>a.buf < <double *>b.buf + b.shape[0] and <double *>b.buf < <double *>a.buf + a.shape[0]
    )


def step(optimizer, memory, int rule, int k, tuple scalars, x, gradient) -> bool:
    """Take the k-th step, of x in place; False, and nothing changes, if Python has to look at what is amiss.

    Nothing comes between what changes: no other thread, no Ctrl-C.
    """
    cdef Step taken
    cdef double numbers[MOST_SCALARS]
    cdef Py_buffer at, g, last, next
    cdef int i
    at.obj = g.obj = last.obj = next.obj = NULL
    try:
        if (
            len(scalars) > MOST_SCALARS
            or not doubles(x, ndarray, 1, &at, PyBUF_WRITABLE)
            or not doubles(gradient, ndarray, 1, &g)
            or not doubles(memory._last, ndarray, 2, &last)
            or not doubles(memory._next, ndarray, 2, &next, PyBUF_WRITABLE)
            or not at.shape[0] == g.shape[0] == last.shape[1] == next.shape[1]
            or at.buf != g.buf and overlap(&at, &g)
        ):
            return False
        for i in range(len(scalars)):
            numbers[i] = scalars[i]
        taken.n, taken.x, taken.g = at.shape[0], <double *>at.buf, <double *>g.buf
        taken.last, taken.next, taken.scalars = <double *>last.buf, <double *>next.buf, numbers
        if not microgrid_step(rule, &taken):
            return False
        memory._last, memory._next = memory._next, memory._last
        optimizer._steps = k
        return True
    finally:
        release(&at)
        release(&g)
        release(&last)
        release(&next)


def clip_norm(gradient, double most):
    """The length that the gradient had, before it was shortened to at most `most`; None, and nothing changes,
    if Python has to look at it.
    """
    cdef Py_buffer g
    cdef double length, scale
    g.obj = NULL
    try:
        if not doubles(gradient, ndarray, 1, &g, PyBUF_WRITABLE):
            return None
        length = microgrid_length(<double *>g.buf, g.shape[0])
        if not isfinite(length):
            return None
        scale = most / (length + 1e-6)
        if scale < 1:
            microgrid_scale(<double *>g.buf, g.shape[0], scale)
        return length
    finally:
        release(&g)


def clip_value(gradient, double limit) -> bool:
    """Whether every number of the gradient was brought into [-limit, limit]; False: Python has to look at it."""
    cdef Py_buffer g
    g.obj = NULL
    try:
        return doubles(gradient, ndarray, 1, &g, PyBUF_WRITABLE) and bool(
            microgrid_limit(<double *>g.buf, g.shape[0], limit)
        )
    finally:
        release(&g)
