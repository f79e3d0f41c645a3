cimport cython

cdef extern from "native/forward.h":
    const char *MICROGRID_BUILT_FROM
    bint row_forward(int code, double x, double y, double *z, double *p, double *q)

cdef class Row:
    cdef public int code

    @cython.locals(z=double, p=double, q=double)
    cdef (double, double, double) forward(self, double x, double y) except *

cdef class Blocks:
    cdef public int open
