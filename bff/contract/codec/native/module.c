/* The extension bff.contract.codec._native: Python's way to the walkers.
 *
 * Plan(packed)                  tables of one packed plan (native_plan.py), for as long as it lives
 *   .write(index, wire)           JSON of a whole message of the type with that index
 *   .write_field(index, numbers, wire)  ... of the one field at the end of these field numbers
 *   .read(index, json, unless=()) wire bytes of the message that the JSON object is; declined if it
 *                                 has a member of one of these field numbers, null or not
 *   .read_field(index, number, json)    ... of the message with nothing but that field
 *   None where the walker declines: the pure engine then answers, or words the refusal
 * parse(json, depth, nodes)     a JSON document as Python values; NotImplemented where declined
 */
#include "value.h"

#include "walk.h"

typedef struct {
    PyObject_HEAD
    TableSet set;
} PlanObject;

/* Numbers without a fast way are written and read by CPython's own dtoa. */
static int python_double_text(double value, char *out, size_t room) {
    char *made = PyOS_double_to_string(value, 'r', 0, 0, NULL);
    if (made == NULL) {
        PyErr_Clear();
        return -1;
    }
    size_t length = strlen(made);
    if (length < room)
        memcpy(out, made, length + 1);
    PyMem_Free(made);
    return length < room ? (int)length : -1;
}

static int python_text_double(const char *text, size_t length, double *value) {
    char copy[512], *end;
    if (length >= sizeof copy)
        return -1;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *value = PyOS_string_to_double(copy, &end, NULL);
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return -1;
    }
    return end == copy + length ? 0 : -1;
}

const Numbers PYTHON_NUMBERS = {python_double_text, python_text_double};

static PyObject *plan_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    Py_buffer packed;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "y*:Plan", &packed))
        return NULL;
    PlanObject *self = (PlanObject *)type->tp_alloc(type, 0);
    int failed = self != NULL && tables_load(&self->set, packed.buf, (size_t)packed.len) != 0;
    PyBuffer_Release(&packed);
    if (failed) {
        Py_DECREF(self);
        PyErr_SetString(PyExc_ValueError, "no plan that this build of the codec can read");
        return NULL;
    }
    if (self != NULL)
        self->set.plan.numbers = &PYTHON_NUMBERS;
    return (PyObject *)self;
}

static void plan_dealloc(PlanObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    tables_free(&self->set);
    type->tp_free(self);
    Py_DECREF(type);
}

/* The table that an argument names, and the bytes of another; NULL with an exception set. */
static const Table *taken(PlanObject *self, PyObject *index, PyObject *bytes, Py_buffer *view) {
    unsigned long at = PyLong_AsUnsignedLong(index);
    if (PyErr_Occurred())
        return NULL;
    if (at >= self->set.count) {
        PyErr_SetString(PyExc_IndexError, "the plan has no such type");
        return NULL;
    }
    return PyObject_GetBuffer(bytes, view, PyBUF_SIMPLE) ? NULL : &self->set.tables[at];
}

static int right_count(Py_ssize_t count, Py_ssize_t wanted) {
    if (count == wanted)
        return 1;
    PyErr_Format(PyExc_TypeError, "%zd arguments wanted, %zd given", wanted, count);
    return 0;
}

static Bytes room_for(size_t length) {
    Bytes out = {.most = PY_SSIZE_T_MAX};
    bytes_need(&out, length);
    return out;
}

/* The output as bytes, or None where the walker declined; the view and the output are let go. */
static PyObject *answer(int declined, Bytes *out, Py_buffer *view) {
    PyObject *made = NULL;
    PyBuffer_Release(view);
    if (declined || out->failed)
        made = Py_NewRef(Py_None);
    else
        made = PyBytes_FromStringAndSize((const char *)out->data, (Py_ssize_t)out->length);
    free(out->data);
    return made;
}

static PyObject *plan_write(PlanObject *self, PyObject *const *args, Py_ssize_t count) {
    Py_buffer wire;
    const Table *table;
    if (!right_count(count, 2) || !(table = taken(self, args[0], args[1], &wire)))
        return NULL;
    size_t length = (size_t)wire.len;
    Bytes out = room_for(length * 2 + 64);
    int declined = wire_to_json(&self->set.plan, table, wire.buf, length, &out);
    return answer(declined, &out, &wire);
}

enum { MOST_STEPS = 64 };

/* How many numbers were put into `numbers`, or -1 with an exception set. */
static Py_ssize_t steps_of(PyObject *tuple, uint32_t *numbers) {
    if (!PyTuple_Check(tuple) || PyTuple_GET_SIZE(tuple) > MOST_STEPS) {
        PyErr_SetString(PyExc_TypeError, "the field numbers must be a short tuple");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++) {
        numbers[i] = (uint32_t)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(tuple, i));
        if (PyErr_Occurred())
            return -1;
    }
    return PyTuple_GET_SIZE(tuple);
}

static PyObject *plan_write_field(PlanObject *self, PyObject *const *args, Py_ssize_t count) {
    Py_buffer wire;
    const Table *table;
    uint32_t numbers[MOST_STEPS];
    if (!right_count(count, 3))
        return NULL;
    Py_ssize_t steps = steps_of(args[1], numbers);
    if (steps < 0 || !(table = taken(self, args[0], args[2], &wire)))
        return NULL;
    Bytes out = room_for((size_t)wire.len * 2 + 64);
    int declined = wire_field_to_json(&self->set.plan, table, numbers, (size_t)steps, wire.buf,
                                      (size_t)wire.len, &out);
    return answer(declined, &out, &wire);
}

static PyObject *plan_read(PlanObject *self, PyObject *const *args, Py_ssize_t count) {
    Py_buffer json;
    const Table *table;
    uint32_t unless[MOST_STEPS];
    if (count != 3 && !right_count(count, 2))
        return NULL;
    Py_ssize_t steps = count == 3 ? steps_of(args[2], unless) : 0;
    if (steps < 0 || !(table = taken(self, args[0], args[1], &json)))
        return NULL;
    Bytes out = room_for((size_t)json.len);
    int declined = json_to_wire_unless(&self->set.plan, table, unless, (size_t)steps, json.buf,
                                       (size_t)json.len, &out);
    return answer(declined, &out, &json);
}

static PyObject *plan_read_field(PlanObject *self, PyObject *const *args, Py_ssize_t count) {
    Py_buffer json;
    const Table *table;
    if (!right_count(count, 3))
        return NULL;
    unsigned long number = PyLong_AsUnsignedLong(args[1]);
    if (PyErr_Occurred() || !(table = taken(self, args[0], args[2], &json)))
        return NULL;
    Bytes out = room_for((size_t)json.len);
    const Field *field = table_field(table, (uint32_t)number);
    int declined =
        field == NULL ||
        json_field_to_wire(&self->set.plan, field, json.buf, (size_t)json.len, &out);
    return answer(declined, &out, &json);
}

#define FAST(function) (PyCFunction)(void (*)(void))(function), METH_FASTCALL

static PyMethodDef PLAN_METHODS[] = {
    {"write", FAST(plan_write), "wire bytes -> JSON bytes, or None: declined"},
    {"write_field", FAST(plan_write_field), "wire bytes -> JSON bytes of one field, or None"},
    {"read", FAST(plan_read), "JSON bytes -> wire bytes, or None: declined"},
    {"read_field", FAST(plan_read_field), "JSON bytes of one field -> wire bytes, or None"},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot PLAN_SLOTS[] = {
    {Py_tp_new, plan_new},
    {Py_tp_dealloc, plan_dealloc},
    {Py_tp_methods, PLAN_METHODS},
    {Py_tp_doc, "The tables of the types that one root reaches; immutable."},
    {0, NULL},
};

static PyType_Spec PLAN_SPEC = {
    .name = "bff.contract.codec._native.Plan",
    .basicsize = sizeof(PlanObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = PLAN_SLOTS,
};

static int module_exec(PyObject *module) {
    PyObject *type = PyType_FromModuleAndSpec(module, &PLAN_SPEC, NULL);
    int failed = type == NULL || PyModule_AddType(module, (PyTypeObject *)type) != 0;
    Py_XDECREF(type);
    return failed ? -1 : 0;
}

static PyMethodDef MODULE_METHODS[] = {
    {"parse", FAST(value_parse), "JSON bytes, depth, nodes -> value, or NotImplemented: declined"},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot MODULE_SLOTS[] = {
    {Py_mod_exec, module_exec},
    {0, NULL},
};

static PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT,
    .m_name = "bff.contract.codec._native",
    .m_doc = "Protobuf wire bytes to proto3 JSON and back, without a message in between.",
    .m_methods = MODULE_METHODS,
    .m_slots = MODULE_SLOTS,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&MODULE); }
