cimport cython

cdef extern from "native/forward.h":
    const char *MICROGRID_BUILT_FROM
    bint row_forward(int code, double x, double y, double *z, double *p, double *q)

cdef extern from "math.h":
    const double NAN

cdef extern from "native/attributes.h":
    int set_on_class(object kind, object name, object descriptor) except -1
    int keep_others(object kind, object function) except -1

cdef class Row:
    cdef public int code

    @cython.final
    cdef inline (double, double, double) attempt(self, double x, double y) noexcept:
        """What `rows_c.py` made of the row's formulas.

        The value is nan where Python's floats would raise, and for operations that are not compiled.
        """
        cdef double z, p = 0.0, q = 0.0
        if row_forward(self.code, x, y, &z, &p, &q):
            z = NAN
        return z, p, q

cdef class Blocks:
    cdef public int open

@cython.locals(i=Py_ssize_t, expected=list)
cpdef list columns(list things, tuple names, tuple same)
