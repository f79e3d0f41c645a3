# cython: language_level=3, boundscheck=False, wraparound=False
"""The native kernel's binding: takes arrays in, lets C run the program without the GIL, gives arrays out.

Absent where the package was built without a compiler; `replay.py` then does the work.
"""

import os
from array import array

from cpython.bytearray cimport PyByteArray_AS_STRING
from libc.string cimport memset

from ..base.buffers cimport PyBUF_WRITABLE, Py_buffer, doubles, release


cdef extern from "native/program.h" nogil:
    ctypedef struct Stream:
        int *code
        int *offsets
        size_t size
        size_t count

    ctypedef struct Program:
        Stream uniform
        Stream lanes
        const double *initial
        const int *outputs
        int parameters
        int inputs
        int uniform_slots
        int lane_slots
        int n_outputs

    ctypedef struct Scratch:
        int lanes

    ctypedef struct Call:
        const Program *program
        const double *parameters
        const double *X
        ptrdiff_t batch
        double *outputs
        double *gradients
        int each
        double scale
        double value
        int threads
        int processors
        int level

    const char *microgrid_check(Program *program, const char **stream, size_t *instruction)
    int microgrid_native(int code)
    void microgrid_run_built(Program *program, size_t begin, size_t samples, size_t end, size_t doubles)
    const char *microgrid_level(int index)
    Scratch *microgrid_scratch(const Program *program, int lanes)
    void microgrid_free(Scratch *scratch)
    int microgrid_lanes(const Call *call)
    int microgrid_run(Call *call, Scratch *scratch)


def native(int code) -> bool:
    """Whether the operation with this number has a native kernel (custom operations have none)."""
    return microgrid_native(code) != 0


def levels() -> tuple[str, ...]:
    """The instruction sets this processor can run the kernel with, the one that is used last."""
    names = []
    while microgrid_level(len(names)) != NULL:
        names.append(microgrid_level(len(names)).decode())
    return tuple(names)


cdef tuple LEVELS = levels()
# Those this process may use, where the system tells: a container may have fewer than the machine.
cdef int PROCESSORS = os.cpu_count() or 1
if hasattr(os, "sched_getaffinity"):
    PROCESSORS = len(os.sched_getaffinity(0))


cdef object NDARRAY = None


cdef bint numbers(object source, int dimensions, Py_buffer *view, int more=0):
    return doubles(source, NDARRAY, dimensions, view, more)


cdef bint overlap(const double *a, ptrdiff_t n, const double *b, ptrdiff_t m):
    """Whether n numbers at a and m at b have some in common."""
    return a < b + m and b < a + n


cdef Stream stream(bytearray code, bytearray offsets):
    cdef Stream made
    made.code, made.size = <int *>PyByteArray_AS_STRING(code), len(code) // sizeof(int)
    made.offsets, made.count = <int *>PyByteArray_AS_STRING(offsets), len(offsets) // sizeof(int)
    return made


cdef class Machine:
    """A program's code, checked and ready to run.

    It keeps the memory of one run; runs at the same time, in several threads, make their own.  Its calls give
    None for what is not the ordinary case: arrays of another type or shape, numbers that are not finite.
    """

    cdef Program program
    cdef Scratch *spare
    cdef list parts
    cdef object empty, library

    def __cinit__(self, code):
        global NDARRAY
        from numpy import empty, ndarray

        NDARRAY = ndarray
        streams = code.uniform, code.uniform_offsets, code.lanes, code.lane_offsets, code.outputs
        uniform, starts, lanes, lane_starts, outputs = (bytearray(array("i", ints)) for ints in streams)
        initial = bytearray(array("d", code.initial))
        self.empty, self.parts = empty, [uniform, starts, lanes, lane_starts, outputs, initial]
        cdef Program *p = &self.program
        p.uniform = stream(uniform, starts)
        p.lanes = stream(lanes, lane_starts)
        p.outputs = <int *>PyByteArray_AS_STRING(outputs)
        p.initial = <double *>PyByteArray_AS_STRING(initial)
        p.n_outputs = len(outputs) // sizeof(int) // 2
        p.parameters, p.inputs = code.parameters, code.inputs
        p.uniform_slots, p.lane_slots = code.uniform_slots, code.lane_slots
        cdef const char *name = b"uniform"
        cdef const char *wrong = b"its initial values do not fill the memory"
        cdef size_t instruction = 0
        if len(initial) == sizeof(double) * p.uniform_slots:
            wrong = microgrid_check(p, &name, &instruction)
        if wrong != NULL:
            place = f"instruction {instruction} of its {name.decode()} code"
            raise ValueError(f"this program is damaged ({place}: {wrong.decode()}): compile it again")

    def run_built(self, library, size_t begin, size_t samples, size_t end, size_t doubles):
        """From now on run the functions at these addresses, made of the same program, while the library lives."""
        microgrid_free(self.spare)
        self.spare, self.library = NULL, library
        microgrid_run_built(&self.program, begin, samples, end, doubles)

    def __dealloc__(self):
        microgrid_free(self.spare)

    def value_and_grad(
        self, parameters, X, reduce="mean", int threads=0, str level=None, int most=0, out=None
    ):
        """Value and gradient: float and (n,); with reduce None (batch,) and (batch, n).  The gradient is `out`,
        if that is given; where None comes back it is as it was.
        """
        cdef Call call
        cdef Py_buffer p, x, g, v
        cdef object shape
        cdef bint mean = reduce == "mean"
        p.obj = x.obj = g.obj = v.obj = NULL
        try:
            if self.program.n_outputs != 1 or not self.opened(parameters, X, &call, &p, &x) or not (
                mean and call.batch or reduce is None or reduce == "sum"
            ):
                return None
            self.settings(&call, threads, level, most)
            call.each = reduce is None and X is not None
            call.scale = 1.0 / call.batch if mean else 1.0
            gradient = out
            if out is None:
                shape = self.program.parameters
                gradient = self.empty((call.batch, shape) if call.each else shape)
            if not isinstance(gradient, NDARRAY) or not numbers(gradient, 1 + call.each, &g, PyBUF_WRITABLE):
                return None
            if not self.fits(&call, &g):
                return None
            if call.each and out is not None:  # whose rows would be written before the last sample is known
                found = self.value_and_grad(parameters, X, reduce, threads, level, most)
                if found is not None:
                    out[:] = found[1]
                    found = found[0], out
                return found
            call.gradients = <double *>g.buf
            value = None
            if call.each:
                value = self.empty(call.batch)
                numbers(value, 1, &v)
                call.outputs = <double *>v.buf
            if not self.run(&call):
                return None
            if not call.each:
                value = call.value / call.batch if mean else call.value
            return value, gradient
        finally:
            release(&p)
            release(&x)
            release(&g)
            release(&v)

    def forward(self, parameters, X, bint flat, int threads=0, str level=None, int most=0):
        """The outputs: (batch, m), or (batch,) if flat and m is 1; without inputs (m,) or a float."""
        cdef Call call
        cdef Py_buffer p, x, out
        cdef object shape
        p.obj = x.obj = out.obj = NULL
        try:
            if not self.opened(parameters, X, &call, &p, &x):
                return None
            self.settings(&call, threads, level, most)
            flat = flat and self.program.n_outputs == 1
            shape = call.batch
            if not flat:
                shape = shape, self.program.n_outputs
            outputs = self.empty(shape)
            numbers(outputs, 1 if flat else 2, &out)
            call.outputs = <double *>out.buf
            if not self.run(&call):
                return None
            return outputs if X is not None else call.value if flat else outputs[0]
        finally:
            release(&p)
            release(&x)
            release(&out)

    cdef bint opened(self, parameters, X, Call *call, Py_buffer *p, Py_buffer *x):
        """Fill in what a call reads; False if it cannot be read as it is."""
        cdef Program *program = &self.program
        memset(call, 0, sizeof(Call))
        if not numbers(parameters, 1, p) or p.shape[0] != program.parameters:
            return False
        if (X is None) != (program.inputs == 0):
            return False
        if X is not None and (not numbers(X, 2, x) or x.shape[1] != program.inputs):
            return False
        call.program, call.parameters = program, <double *>p.buf
        call.X = call.parameters if X is None else <double *>x.buf
        call.batch = 1 if X is None else x.shape[0]
        return True

    cdef bint fits(self, const Call *call, const Py_buffer *gradient):
        """Whether a call can write its gradient there."""
        cdef ptrdiff_t n = self.program.parameters, size = call.batch * n if call.each else n
        cdef ptrdiff_t read = call.batch * self.program.inputs
        cdef const double *into = <double *>gradient.buf
        if gradient.shape[call.each] != n or call.each and gradient.shape[0] != call.batch:
            return False
        return not overlap(into, size, call.parameters, n) and not overlap(into, size, call.X, read)

    cdef object settings(self, Call *call, int threads, str level, int most):
        """`threads` is how many there are, 0 as many as pay, of which `most` is the greatest number unless 0."""
        if threads < 0 or level is not None and level not in LEVELS:
            expected = f"threads is 0 (as many as pay) or more and level one of {LEVELS}"
            raise ValueError(f"{expected}, got {threads}, {level!r}")
        call.threads, call.processors = threads, min(most or PROCESSORS, PROCESSORS)
        call.level = len(LEVELS) - 1 if level is None else LEVELS.index(level)

    cdef bint run(self, Call *call) except -1:
        """Run it without the GIL; whether all that came out is finite."""
        cdef Scratch *scratch = self.spare
        cdef int finite, lanes = microgrid_lanes(call)
        self.spare = NULL  # taken while the GIL is held: a run in another thread meets none and makes its own
        if scratch == NULL or scratch.lanes < lanes:
            microgrid_free(scratch)
            scratch = microgrid_scratch(&self.program, lanes)
            if scratch == NULL:
                raise MemoryError("no memory for the program's values")
        with nogil:
            finite = microgrid_run(call, scratch)
        if finite < 0:
            microgrid_free(scratch)
            raise MemoryError("no memory for the program's threads")
        microgrid_free(self.spare)
        self.spare = scratch
        return finite
