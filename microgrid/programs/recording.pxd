cimport cython

from ..engine cimport Value

@cython.locals(nodes=list, v=Value)
cpdef object record(object outputs, object inputs, object parameters)

@cython.locals(
    i=Py_ssize_t, v=Value, code="int[::1]", a="int[::1]", b="int[::1]", data="double[::1]",
    role="signed char[::1]", leaves=int, listed=bytearray,
)
cdef object write(list nodes, object wanted)
