cimport cython

# The names of instructions.py, as C ints.
cdef int CODE, SIZE, REPEAT, FLAGS, DST, DST_STEP
cdef int POST, POST_DST, POST_DST_STEP, POST_Y, POST_Y_STEP, FIRST_RUN
cdef int RUN_BITS, LENGTH, A, A_STEP, A_REP, B, B_STEP, B_REP, RUN_SIZE
cdef int BITS, X, X_STEP, Y, Y_STEP, ROW_SIZE, MORE_BITS, MORE_X, MORE_X_STEP, MORE_SIZE

cdef class Stream:
    cdef int lane, results, sums, count, last, end, first, newest
    cdef object numbers, offsets
    cdef int[::1] code, starts

    @cython.locals(code="int[::1]", end=int, k=int)
    cdef int begin(self, int size) except -1
    @cython.locals(post=bint, code="int[::1]")
    cdef int finish(self, int size) except -1
    @cython.locals(k=int)
    cdef bint alike(self, int size) noexcept
    @cython.locals(k=int)
    cdef bint row_alike(self, int size) noexcept
    cdef bint same(self, int k) noexcept
    @cython.locals(difference=int, repeat=int)
    cdef bint follows(self, int k, int step) noexcept
