"""What compiled walks use in place of lists: memory that is kept from one walk to the next.

A stack counts no references, because the root of a walk holds all its nodes.
"""

from libc.stdlib cimport free, realloc
from libc.string cimport memset

from .engine cimport Value


cdef class Stack:
    def __dealloc__(self):
        free(self.items)
        free(self.serials)
        free(self.slots)

    def __len__(self):
        return self.count

    cdef void clear(self) noexcept:
        self.count = 0

    cdef int append(self, Value v) except -1:
        if self.count == self.room:
            self.room = max(1024, 2 * self.room)
            self.items = <void **> grown(self.items, self.room * sizeof(void *))
            self.serials = <unsigned int *> grown(self.serials, self.room * sizeof(int))
        self.items[self.count] = <void *> v
        if v is not None:
            self.serials[self.count] = v._serial
        self.count += 1
        return 0

    cdef Value pop(self):
        self.count -= 1
        return <Value> self.items[self.count]

    cdef Value at(self, Py_ssize_t place):
        return <Value> self.items[place]

    cdef int sort(self, key=None, reverse=True) except -1:
        """Newest first, by `_serial`.  Ages are counted from the first node, the root, so the number may wrap around."""
        cdef unsigned int age, newest = self.serials[0], oldest = 0
        cdef Py_ssize_t i, place = 0
        for i in range(self.count):
            oldest = max(oldest, newest - self.serials[i])
        if oldest >= 16 * self.count:  # many other nodes were made in between
            return self.sort_sparse()
        if oldest >= self.span:
            self.slots = <void **> grown(self.slots, 2 * (oldest + 1) * sizeof(void *))
            self.span = 2 * (oldest + 1)
        memset(self.slots, 0, (oldest + 1) * sizeof(void *))
        for i in range(self.count):
            self.slots[newest - self.serials[i]] = self.items[i]
        for i in range(oldest + 1):
            self.items[place] = self.slots[i]
            place += self.slots[i] != NULL
        return 0

    cdef int sort_sparse(self) except -1:
        cdef unsigned int newest = self.serials[0]
        cdef list nodes = [(newest - self.serials[i], i, <Value> self.items[i]) for i in range(self.count)]
        for place, (_, _, v) in enumerate(sorted(nodes)):
            self.items[place] = <void *> v
        return 0


cdef class Numbers:
    def __dealloc__(self):
        free(self.items)

    cdef double *zeros(self, Py_ssize_t count) except NULL:
        if count > self.room:
            self.items = <double *> grown(self.items, 2 * count * sizeof(double))
            self.room = 2 * count
        memset(self.items, 0, count * sizeof(double))
        return self.items


cdef void *grown(void *memory, size_t size) except NULL:
    memory = realloc(memory, size)
    if memory == NULL:
        raise MemoryError(f"no room for {size} bytes that the walk through the graph needs")
    return memory
