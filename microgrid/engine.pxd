cimport cython
from cpython.object cimport PyObject, destructor

from .base.nodes cimport Blocks, Row

cdef extern from "native/slabs.h":
    void own_memory(object type, destructor dealloc)
    void *node_place() except NULL
    void give_back(void *)

cdef extern from "Python.h":
    Py_ssize_t Py_REFCNT(void *)
    void Py_DECREF(void *)
    void *Py_TYPE(void *)
    void Py_SET_REFCNT(void *, Py_ssize_t)
    void Py_INCREF(object)

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

# The same without counting references: the roots of a walk hold all its nodes, and to count whenever one is
# looked at takes a third of the walk.  The name is that which Cython gives to the structure.
cdef extern from *:
    ctypedef struct Record "struct __pyx_obj_9microgrid_6engine_Value":
        double _grad, _da, _db
        Record *_first
        Record *_second
        PyObject *_label
        int _index
        unsigned int _serial
    Record *NOBODY "((struct __pyx_obj_9microgrid_6engine_Value *) Py_None)"
    Value new_reference "(PyObject *)" (Record *)

cdef inline Record *uncounted(Value v) noexcept:
    return <Record *> <void *> v

cdef inline Record *counted(object v) noexcept:
    Py_INCREF(v)
    return <Record *> <void *> v

cdef Blocks BLOCKS
cdef Row ABS, ADD, DIV, EXP, LOG, MUL, NEG, POW, POWC, RELU, SIGMOID, SUB, TANH
cdef unsigned int newest, assigned
cdef double NONE_YET

@cython.locals(a=Value, c=double, z=double, da=double, _=double)
cpdef Value unary(Row row, object x, object constant=*)

cpdef binary(Row row, object x, object y)

@cython.locals(z=double, da=double, db=double)
cdef Value join(Row row, Value a, Value b)

@cython.locals(made=Value, added=Value, i=Py_ssize_t, known=bint)
cpdef weighted_sum(Value start, list us, list vs, Row row=*, int place=*)

@cython.locals(i=Py_ssize_t)
cpdef list weighted_sums(list starts, list us, list vs, Row row, list places)

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

@cython.locals(made=Value)
cpdef Value node(Value v, double data, int code, Value a, Value b, double da, double db, int role=*)

cdef inline Value hold(Value v, Value a, Value b):
    """Give v its operands, and no label yet.

    Where v is None, a new node: `Value.__new__` would have each field written twice, None and 0 first, and
    references to None counted one after the other, which takes as long as all the rest.
    """
    cdef Record *made
    if v is not None:
        v._first, v._second, v._label = a, b, ""
        return v
    made = <Record *> node_place()
    made._first, made._second, made._label = counted(a), counted(b), <PyObject *> counted("")
    return new_reference(made)


# What takes the place of the `tp_dealloc` that Cython writes, which calls itself for each operand: on a chain
# of a million nodes that overflows the C stack (Cython's issue 1354).
cdef inline void dealloc(PyObject *dying) noexcept:
    """Free a node and what only it keeps alive, without recursing however deep that is.

    The nodes that wait for their end form a stack, each pointing to the next from where its label was:
    freeing memory must not need memory.
    """
    cdef Record *v = <Record *> dying
    cdef Record *top = NULL
    cdef Record *operands[2]
    cdef int i
    Py_DECREF(v._label)
    while True:
        operands[:] = [v._first, v._second]
        give_back(v)
        for i in range(2):
            if Py_REFCNT(operands[i]) > 1 or Py_TYPE(operands[i]) != <void *> Value:
                Py_DECREF(operands[i])  # held elsewhere too, or None, or of a subclass
            else:
                Py_SET_REFCNT(operands[i], 0)  # as Py_DECREF would, but for calling this function again
                Py_DECREF(operands[i]._label)
                operands[i]._label = <PyObject *> top
                top = operands[i]
        if top == NULL:
            return
        v = top
        top = <Record *> v._label
