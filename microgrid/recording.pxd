cimport cython

from .engine cimport Value

cdef unsigned int BITS

@cython.locals(nodes=list, v=Value)
cdef list reach(object outputs)

cdef int add(list nodes, Value v) except -1

@cython.locals(
    size=Py_ssize_t, i=Py_ssize_t, k=Py_ssize_t, shift=int, digit=int, v=Value, ordered=list, leaves=list, operations=list,
    moment="unsigned int[::1]", now="int[::1]", then="int[::1]", ends="int[::1]",
)
cdef list by_age(list nodes, unsigned int newest)

@cython.locals(i=Py_ssize_t, v=Value)
cdef bint number(list nodes) except -1

@cython.locals(v=Value)
cdef int clear(list nodes) except -1

@cython.locals(
    i=Py_ssize_t, v=Value, code="int[::1]", a="int[::1]", b="int[::1]", data="double[::1]", role="signed char[::1]",
    leaves=int, listed=bytearray,
)
cdef object write(list nodes, object wanted)
