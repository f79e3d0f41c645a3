from .engine cimport Value

cdef class Stack:
    cdef void **items
    cdef void **slots
    cdef unsigned int *serials
    cdef Py_ssize_t count, room, span

    cdef void clear(self) noexcept
    cdef int append(self, Value v) except -1
    cdef Value pop(self)
    cdef Value at(self, Py_ssize_t place)
    cdef int sort(self, key=*, reverse=*) except -1
    cdef int sort_sparse(self) except -1

cdef class Numbers:
    cdef double *items
    cdef Py_ssize_t room

    cdef double *zeros(self, Py_ssize_t count) except NULL
