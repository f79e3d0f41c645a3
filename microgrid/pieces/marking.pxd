cimport cython

from ..engine cimport Value, made_so_far

cdef list MARKS
cdef int MOST_NESTED

@cython.locals(
    now="unsigned int", taken=int, made=list, v=Value, i=Py_ssize_t, count=Py_ssize_t, number=int, marked=bint,
    inner=int, outer=int,
)
cpdef object mark_piece(
    str name, unsigned int since, list results, object samples=*, object classes=*
)

cdef int reach(Value v, list made, unsigned int now, unsigned int since, str name) except -1
