cimport cython
from cpython.object cimport PyObject, destructor

from .base.nodes cimport Blocks, Row

cdef extern from "native/slabs.h":
    void own_memory(object type, destructor dealloc)
    void give_back(void *)

cdef extern from "Python.h":
    Py_ssize_t Py_REFCNT(void *)
    void Py_DECREF(void *)
    void *Py_TYPE(void *)
    void Py_SET_REFCNT(void *, Py_ssize_t)

# 96 bytes: 16 of every Python object, 8 for weak references, and the fields, in an order that leaves no gaps.
# `public`, so that Python reads and writes them as it does in the uncompiled engine; but nobody writes operands.
cdef class Value:
    cdef object __weakref__
    cdef public double _data
    cdef public double _grad
    cdef public double _da
    cdef public double _db
    cdef readonly Value _first
    cdef readonly Value _second
    cdef public object _label
    cdef public int _index
    cdef public unsigned int _serial  # starts again at 0 after 4,294,967,295
    cdef public int _scope
    cdef public unsigned short _code
    cdef public unsigned char _role

cdef Blocks BLOCKS
cdef Row ABS, ADD, DIV, EXP, LOG, MUL, NEG, POW, POWC, RELU, SIGMOID, SUB, TANH
cdef unsigned int newest, assigned
cdef double NONE_YET

@cython.locals(a=Value, c=double, z=double, da=double, _=double)
cpdef Value unary(Row row, object x, object constant=*)

@cython.locals(a=Value, b=Value, z=double, da=double, db=double)
cpdef binary(Row row, object x, object y)

@cython.locals(made=Value, i=Py_ssize_t)
cpdef weighted_sum(Value start, list us, list vs, Row row=*, int place=*)

@cython.locals(i=Py_ssize_t)
cpdef fold(Row row, list terms)

cdef bint usual(object x)

@cython.locals(number=double)
cdef bint plain(object x) except -1

@cython.locals(v=Value)
cpdef Value operand(Row row, object x, object other=*)

@cython.locals(made=Value)
cpdef Value leaf(double data, int role, object label=*)

@cython.locals(older=Value)
cpdef int tie(Value v, int code, Value a, Value b) except -1

cpdef unsigned int made_so_far()

cpdef Value node(Value v, double data, int code, Value a, Value b, double da, double db, int role=*)


# What takes the place of the `tp_dealloc` that Cython writes, which calls itself for each operand: on a chain
# of a million nodes that overflows the C stack (Cython's issue 1354).
cdef inline void dealloc(PyObject *dying) noexcept:
    """Free a node and what only it keeps alive, without recursing however deep that is.

    The nodes that wait for their end form a stack, each pointing to the next from where its partial was:
    freeing memory must not need memory.
    """
    cdef void *v = <void *> dying
    cdef void *top = NULL
    cdef void *operands[2]
    cdef int i
    while True:
        operands[:] = [<void *> (<Value> v)._first, <void *> (<Value> v)._second]
        Py_DECREF(<void *> (<Value> v)._label)
        give_back(v)
        for i in range(2):
            if Py_REFCNT(operands[i]) > 1 or Py_TYPE(operands[i]) != <void *> Value:
                Py_DECREF(operands[i])  # held elsewhere too, or None, or of a subclass
            else:
                Py_SET_REFCNT(operands[i], 0)  # as Py_DECREF would, but for calling this function again
                (<void **> &(<Value> operands[i])._da)[0] = top
                top = operands[i]
        if top == NULL:
            return
        v = top
        top = (<void **> &(<Value> v)._da)[0]
