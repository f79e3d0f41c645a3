/* What Python code cannot do to a type of C. */

/* Enter an attribute of all instances. */
static inline int set_on_class(PyObject *kind, PyObject *name, PyObject *descriptor) {
  int failed = PyDict_SetItem(((PyTypeObject *)kind)->tp_dict, name, descriptor);
  PyType_Modified((PyTypeObject *)kind);
  return failed;
}

static PyObject *keep; /* a function of the node, the name and the value */

/* As every object does it; `keep` is asked where nothing has the name.  Reading stays as it is. */
static int node_setattro(PyObject *v, PyObject *name, PyObject *value) {
  PyObject *kind, *error, *traceback, *done;
  if (!PyObject_GenericSetAttr(v, name, value)) return 0;
  if (!value || !PyErr_ExceptionMatches(PyExc_AttributeError)) return -1;
  PyErr_Fetch(&kind, &error, &traceback);
  if (PyObject_HasAttr((PyObject *)Py_TYPE(v), name)) { /* which cannot be assigned */
    PyErr_Restore(kind, error, traceback);
    return -1;
  }
  Py_XDECREF(kind);
  Py_XDECREF(error);
  Py_XDECREF(traceback);
  done = PyObject_CallFunctionObjArgs(keep, v, name, value, NULL);
  Py_XDECREF(done);
  return done ? 0 : -1;
}

/* Let `function` keep the attributes that instances of the type have no place for. */
static inline int keep_others(PyObject *kind, PyObject *function) {
  static const char *names[] = {"__setattr__", "__delattr__"}; /* for subclasses that call them by super() */
  PyTypeObject *type = (PyTypeObject *)kind;
  int i, failed = 0;
  Py_INCREF(function);
  keep = function;
  type->tp_setattro = node_setattro;
  for (i = 0; i < 2 && !failed; i++) {
    PyObject *usual = PyObject_GetAttrString((PyObject *)&PyBaseObject_Type, names[i]), *own;
    if (!usual) return -1;
    own = PyDescr_NewWrapper(type, ((PyWrapperDescrObject *)usual)->d_base, (void *)node_setattro);
    failed = !own || PyDict_SetItemString(type->tp_dict, names[i], own);
    Py_DECREF(usual);
    Py_XDECREF(own);
  }
  PyType_Modified(type);
  return failed ? -1 : 0;
}
