cimport cython

cdef extern from "native/forward.h":
    const char *MICROGRID_BUILT_FROM
    bint row_forward(int code, double x, double y, double *z, double *p, double *q)

cdef extern from "native/attributes.h":
    int set_on_class(object kind, object name, object descriptor) except -1
    int keep_others(object kind, object function) except -1

cdef class Row:
    cdef public int code

    @cython.final
    cdef inline (double, double, double) forward(self, double x, double y) except *:
        """What `rows_c.py` made of the row's formulas.

        Where Python's floats would raise, and for operations of users: the Op's own `forward`.
        """
        cdef double z, p, q
        if row_forward(self.code, x, y, &z, &p, &q):
            return (<object> self).forward(x, y)
        return z, p, q

cdef class Blocks:
    cdef public int open
