cimport cython

from .engine cimport Value
from .stack cimport Numbers, Stack

cdef Stack waiting, operations, leaves
cdef Numbers gradients, replaced

@cython.locals(good=bint, count=Py_ssize_t, adjoints="double *", before="double *", total=double)
cpdef bint backward(Value root, double seed, bint whatever=*) except -1

@cython.locals(count=Py_ssize_t, adjoints="double *", found="double *", place=Py_ssize_t, stack=Stack)
cpdef tuple propagate(Value root, double seed=*)

@cython.locals(count=Py_ssize_t, v=Value, a=Value, b=Value)
cdef Py_ssize_t reach(Value root) except -1

@cython.locals(total=double, adjoint=double, place=Py_ssize_t, first=Py_ssize_t, v=Value)
cdef double chain(double *adjoints, double *result, bint write) noexcept

@cython.locals(place=Py_ssize_t, first=Py_ssize_t, v=Value)
cdef void undo(double *before) noexcept
