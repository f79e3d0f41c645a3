cimport cython

from ..engine cimport Record, Value

cdef struct Dated:
    unsigned int age
    void *node

@cython.final
cdef class Stack:
    cdef void **items  # the nodes, `count` of them, with room for `room`
    cdef unsigned int *serials  # their serial numbers, so that sorting need not go to each node
    cdef void **slots  # for `by_slots`, with room for `span`
    cdef Dated *dated  # for `by_digits`, with room for twice `dates`
    cdef Py_ssize_t count, room, span, dates

    cdef int grow(self) except -1
    cdef Py_ssize_t kept(self) noexcept
    cdef void give_back(self) noexcept
    cdef int newest_first(self, unsigned int newest) except -1
    cdef bint by_slots(self, unsigned int newest, unsigned int oldest) except -1
    cdef int by_digits(self, unsigned int newest, unsigned int oldest) except -1

    cdef inline void clear(self) noexcept:
        self.count = 0

    cdef inline int append(self, Record *v) except -1:
        if self.count == self.room:
            self.grow()
        self.items[self.count] = v
        self.serials[self.count] = v._serial
        self.count += 1
        return 0

    cdef inline int push(self, Record *v) except -1:
        if self.count == self.room:
            self.grow()
        self.items[self.count] = v
        self.count += 1
        return 0

    cdef inline Record *pop(self) noexcept:
        self.count -= 1
        return <Record *> self.items[self.count]

    cdef inline Record *look(self, Py_ssize_t place) noexcept:
        return <Record *> self.items[place]

    cdef inline Value at(self, Py_ssize_t place):
        return <Value> self.items[place]

@cython.final
cdef class Numbers:
    cdef double *items
    cdef Py_ssize_t room

    cdef double *zeros(self, Py_ssize_t count) except NULL
    cdef double *places(self, Py_ssize_t count) except NULL
    cdef Py_ssize_t kept(self) noexcept
    cdef void give_back(self) noexcept
    cdef void trim(self, Numbers other, Stack a, Stack b, Stack c) noexcept
