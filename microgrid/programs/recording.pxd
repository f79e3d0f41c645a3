cimport cython

from ..engine cimport Value

@cython.locals(nodes=list, v=Value)
cpdef object record(object outputs, object inputs, object parameters)

@cython.locals(k=Py_ssize_t, v=Value, place="int[::1]")
cdef object places(list nodes)

@cython.locals(
    i=Py_ssize_t, v=Value, code="int[::1]", a="int[::1]", b="int[::1]", data="double[::1]",
    role="signed char[::1]", leaves=int, listed=bytearray, k=Py_ssize_t, place="int[::1]",
)
cdef object write(list nodes, object wanted)
