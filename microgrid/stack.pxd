from .engine cimport Value

cdef struct Dated:
    unsigned int age
    void *node

cdef class Stack:
    cdef void **items
    cdef void **slots
    cdef Dated *dated
    cdef unsigned int *serials
    cdef Py_ssize_t count, room, span, dates

    cdef void clear(self) noexcept
    cdef int append(self, Value v) except -1
    cdef Value pop(self)
    cdef Value at(self, Py_ssize_t place)
    cdef int newest_first(self, unsigned int newest) except -1
    cdef bint by_slots(self, unsigned int newest, unsigned int oldest) except -1
    cdef int by_digits(self, unsigned int newest, unsigned int oldest) except -1

cdef class Numbers:
    cdef double *items
    cdef Py_ssize_t room

    cdef double *zeros(self, Py_ssize_t count) except NULL
