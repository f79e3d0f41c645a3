"""What compiled walks use in place of lists: memory that is kept from one walk to the next.

A stack counts no references, because the roots of a walk hold all its nodes.
"""

from libc.stdlib cimport free, realloc
from libc.string cimport memset

from ..engine cimport Value


cdef enum:
    MOST_KEPT = 48000000  # bytes: what a graph of a million nodes needs


cdef class Stack:
    def __dealloc__(self):
        self.give_back()

    cdef Py_ssize_t kept(self) noexcept:
        """How many bytes it holds."""
        cdef Py_ssize_t items = self.room * (sizeof(void *) + sizeof(int)) + self.span * sizeof(void *)
        return items + 2 * self.dates * <Py_ssize_t> sizeof(Dated)

    cdef void give_back(self) noexcept:
        """Hold none; only while it is empty."""
        free(self.items)
        free(self.serials)
        free(self.slots)
        free(self.dated)
        self.items, self.serials, self.slots, self.dated = NULL, NULL, NULL, NULL
        self.count = self.room = self.span = self.dates = 0

    def __len__(self):
        return self.count

    cdef int grow(self) except -1:
        cdef Py_ssize_t room = max(1024, 2 * self.room)
        self.items = <void **> grown(self.items, room * sizeof(void *))
        self.serials = <unsigned int *> grown(self.serials, room * sizeof(int))
        self.room = room  # only now: without memory for both, `grown` has raised
        return 0

    cdef int newest_first(self, unsigned int newest) except -1:
        """Sort by `_serial`.

        By age, which is `newest` less that number, modulo 2**32: so the numbers may begin again at 0.
        """
        cdef unsigned int oldest = 0
        cdef Py_ssize_t i
        for i in range(self.count):
            oldest = max(oldest, newest - self.serials[i])
        # By digits if many other nodes were made in between (the slots would be 16 times as many as the
        # nodes), or if two nodes have one number, which takes 2**32 others.
        if oldest >= 16 * self.count or not self.by_slots(newest, oldest):
            self.by_digits(newest, oldest)
        return 0

    cdef bint by_slots(self, unsigned int newest, unsigned int oldest) except -1:
        """Put each node at the place of its age, where few places stay empty.

        False, and no change, if two have the same.
        """
        cdef Py_ssize_t i, place = 0
        cdef bint shared = False
        cdef void **slot
        if oldest >= self.span:
            self.slots = <void **> grown(self.slots, with_spare(oldest + 1) * sizeof(void *))
            self.span = with_spare(oldest + 1)
        memset(self.slots, 0, (<size_t> oldest + 1) * sizeof(void *))
        for i in range(self.count):
            slot = self.slots + (newest - self.serials[i])
            shared |= slot[0] != NULL
            slot[0] = self.items[i]
        if shared:
            return False
        for i in range(<Py_ssize_t> oldest + 1):
            self.items[place] = self.slots[i]
            place += self.slots[i] != NULL  # an empty slot is overwritten by the next
        return True

    cdef int by_digits(self, unsigned int newest, unsigned int oldest) except -1:
        """Sort by one byte of the age at a time, the lowest first: a pass keeps the order of the last."""
        cdef Py_ssize_t ends[257]
        cdef Py_ssize_t i, digit
        cdef Dated *now
        cdef Dated *then
        cdef int shift
        if self.count > self.dates:
            self.dated = <Dated *> grown(self.dated, 2 * with_spare(self.count) * sizeof(Dated))
            self.dates = with_spare(self.count)
        now, then = self.dated, self.dated + self.count
        for i in range(self.count):
            now[i].age, now[i].node = newest - self.serials[i], self.items[i]
        for shift in range(0, 32, 8):
            if oldest >> shift == 0:
                break
            memset(ends, 0, sizeof(ends))
            for i in range(self.count):
                ends[((now[i].age >> shift) & 255) + 1] += 1
            for digit in range(256):
                ends[digit + 1] += ends[digit]
            for i in range(self.count):
                digit = (now[i].age >> shift) & 255
                then[ends[digit]] = now[i]
                ends[digit] += 1
            now, then = then, now
        for i in range(self.count):
            self.items[i] = now[i].node
        return 0


cdef class Numbers:
    def __dealloc__(self):
        free(self.items)

    cdef Py_ssize_t kept(self) noexcept:
        return self.room * <Py_ssize_t> sizeof(double)

    cdef void give_back(self) noexcept:
        free(self.items)
        self.items, self.room = NULL, 0

    cdef void trim(self, Numbers other, Stack a, Stack b, Stack c) noexcept:
        """Give all back, between two walks, if together they hold a lot."""
        if self.kept() + other.kept() + a.kept() + b.kept() + c.kept() > MOST_KEPT:
            self.give_back()
            other.give_back()
            a.give_back()
            b.give_back()
            c.give_back()

    cdef double *places(self, Py_ssize_t count) except NULL:
        if count > self.room:
            self.items = <double *> grown(self.items, with_spare(count) * sizeof(double))
            self.room = with_spare(count)
        return self.items

    cdef double *zeros(self, Py_ssize_t count) except NULL:
        return <double *> memset(self.places(count), 0, count * sizeof(double))


cdef Py_ssize_t with_spare(Py_ssize_t count) noexcept:
    """Room for a few more, so that graphs that grow by little need none each time."""
    return count + count // 8 + 1024


cdef void *grown(void *memory, size_t size) except NULL:
    memory = realloc(memory, size)
    if memory == NULL:
        raise MemoryError(f"no room for {size} bytes that the walk through the graph needs")
    return memory
