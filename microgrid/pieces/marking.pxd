cimport cython

from ..engine cimport Value, made_so_far

cdef list MARKS, UNMARKED
cdef dict _places, _sample_places
cdef int MOST_NESTED

@cython.locals(
    now="unsigned int", taken=int, made=list, v=Value, i=Py_ssize_t, count=Py_ssize_t, number=int, scope=int,
    place=int, result_place=int, key=tuple,
)
cpdef object mark_piece(str name, unsigned int since, list results)

@cython.locals(v=Value, i=Py_ssize_t, key=tuple)
cpdef object mark_samples(list losses, list classes)

cdef int reach(Value v, list made, unsigned int now, unsigned int since, str name) except -1
