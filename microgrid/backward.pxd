cimport cython

from .engine cimport NOBODY, Record, Value, uncounted
from .base.stack cimport Numbers, Stack

cdef Stack waiting, operations, leaves
cdef Numbers gradients, replaced
cdef unsigned int previous

@cython.locals(again=bint, good=bint, result="double *", total=double)
cpdef bint backward(Value root, double seed, bint certain=*) except -1

@cython.locals(first=Py_ssize_t, place=Py_ssize_t, some=bint, had=double, got=double, v=Value)
cdef bint doubled(double *result) noexcept

@cython.locals(count=Py_ssize_t, found="double *", place=Py_ssize_t, stack=Stack)
cpdef tuple propagate(Value root, double seed=*)

@cython.locals(nodes=list, place=Py_ssize_t, stack=Stack, v=Value)
cpdef list line_up(list roots, unsigned int newest)

@cython.locals(count=Py_ssize_t, v="Record *", a="Record *", b="Record *", root=Value)
cdef Py_ssize_t reach(list roots, unsigned int newest) except -1

@cython.locals(count=Py_ssize_t, done=Py_ssize_t, total=double, adjoints="double *")
cdef double differentiate(Value root, double seed, double *result, bint write) except? -1.0

@cython.locals(total=double, adjoint=double, place=Py_ssize_t, first=Py_ssize_t, i=int, own=int, v="Record *")
cdef (Py_ssize_t, double) chain(double *adjoints, double *result, bint write) noexcept

@cython.locals(place=Py_ssize_t, first=Py_ssize_t, v=Value)
cdef void undo(double *before) noexcept

@cython.locals(place=Py_ssize_t, v=Value)
cdef bint in_order() noexcept

@cython.locals(place=Py_ssize_t, first=Py_ssize_t, v=Value)
cdef void number() noexcept

@cython.locals(first=Py_ssize_t, place=Py_ssize_t, uses="double *", ordered=list, v=Value, operand=Value)
cdef int disentangle() except -1
