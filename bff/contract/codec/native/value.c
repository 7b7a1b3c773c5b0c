/* Strict JSON to Python values: see value.h.
 *
 * Why     A body of 19,000 strings holds the interpreter, and with it a whole worker, while it is
 *         read. One pass here takes a fifth of what counting, scanning and hooks take.
 * Meaning bff/contract/json_text.py, `parse`: the same values, or declined.
 * Never   keeps a string beyond its call: names are shared within one document alone.
 */
#include "value.h"

#include <math.h>

#include "lex.h"
#include "number_read.h"

enum { SHARED_NAMES = 128, LONGEST_SHARED = 32, LONGEST_NUMBER = 400 };

typedef struct {
    Lexer lexer;
    PyObject *names[SHARED_NAMES]; /* of members met so far, by a hash of their text */
} Parser;

static PyObject *read_value(Parser *parser); /* NULL: declined, or an exception is set */

static PyObject *string_of(const Text *text) {
    return PyUnicode_DecodeUTF8((const char *)text->data, (Py_ssize_t)text->length, NULL);
}

static size_t slot_of(const Text *name) {
    size_t hash = name->length;
    for (size_t i = 0; i < name->length; i++)
        hash = hash * 31 + name->data[i];
    return hash % SHARED_NAMES;
}

static int is_name(PyObject *known, const Text *name) {
    if (known == NULL || PyUnicode_GET_LENGTH(known) != (Py_ssize_t)name->length)
        return 0;
    return memcmp(PyUnicode_1BYTE_DATA(known), name->data, name->length) == 0;
}

/* A member's name: the very string that an earlier object of this document has for it. */
static PyObject *name_of(Parser *parser, const Text *name) {
    if (name->length > LONGEST_SHARED)
        return string_of(name);
    PyObject **slot = &parser->names[slot_of(name)];
    if (is_name(*slot, name))
        return Py_NewRef(*slot);
    PyObject *made = string_of(name);
    if (made != NULL && PyUnicode_IS_COMPACT_ASCII(made))
        Py_XSETREF(*slot, Py_NewRef(made));
    return made;
}

static PyObject *read_string(Parser *parser) {
    Text text;
    return lex_string(&parser->lexer, &text) == 0 ? string_of(&text) : NULL;
}

static PyObject *integer_of(const Number *number) {
    char copy[LONGEST_NUMBER + 1];
    if (number->whole_digits && number->digits <= INT64_MAX) {
        long long value = (long long)number->digits;
        return PyLong_FromLongLong(number->negative ? -value : value);
    }
    memcpy(copy, number->text, number->length);
    copy[number->length] = '\0';
    return PyLong_FromString(copy, NULL, 10);
}

/* A whole float whose text may have said something else is left to the pure parser. */
static PyObject *float_of(const Number *number) {
    double value;
    if (number_double(number, &PYTHON_NUMBERS, &value) != 0)
        return NULL;
    if (value == floor(value) && !number_is_exactly_whole(number))
        return NULL;
    return PyFloat_FromDouble(value);
}

static PyObject *read_number(Parser *parser) {
    Lexer *lexer = &parser->lexer;
    Number number;
    const uint8_t *end = number_scan(lexer->at, lexer->end, &number);
    if (end == NULL || number.length > LONGEST_NUMBER)
        return NULL;
    lexer->at = end;
    return number.real ? float_of(&number) : integer_of(&number);
}

static int read_item(Parser *parser, PyObject *list) {
    if (lex_value(&parser->lexer) != 0)
        return -1;
    PyObject *item = read_value(parser);
    int failed = item == NULL || PyList_Append(list, item) != 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

static PyObject *read_array(Parser *parser) {
    int more, first = 1;
    if (lex_open(&parser->lexer, '[') != 0)
        return NULL;
    PyObject *list = PyList_New(0);
    if (list == NULL)
        return NULL;
    while ((more = lex_more(&parser->lexer, ']', &first)) > 0)
        if (read_item(parser, list) != 0)
            break;
    if (more != 0)
        Py_CLEAR(list);
    return list;
}

/* Declined when the object has that name already. */
static int put_member(PyObject *object, PyObject *name, PyObject *value) {
    Py_ssize_t before = PyDict_GET_SIZE(object);
    if (PyDict_SetItem(object, name, value) != 0)
        return -1;
    return PyDict_GET_SIZE(object) == before ? -1 : 0;
}

static int read_member(Parser *parser, PyObject *object) {
    Text text;
    if (lex_name(&parser->lexer, &text) != 0)
        return -1;
    PyObject *name = name_of(parser, &text);
    if (name == NULL)
        return -1;
    PyObject *value = lex_value(&parser->lexer) == 0 ? read_value(parser) : NULL;
    int failed = value == NULL || put_member(object, name, value) != 0;
    Py_DECREF(name);
    Py_XDECREF(value);
    return failed ? -1 : 0;
}

static PyObject *read_object(Parser *parser) {
    int more, first = 1;
    if (lex_open(&parser->lexer, '{') != 0)
        return NULL;
    PyObject *object = PyDict_New();
    if (object == NULL)
        return NULL;
    while ((more = lex_more(&parser->lexer, '}', &first)) > 0)
        if (read_member(parser, object) != 0)
            break;
    if (more != 0)
        Py_CLEAR(object);
    return object;
}

static PyObject *read_word(Parser *parser, const char *word, PyObject *value) {
    return lex_word(&parser->lexer, word, strlen(word)) == 0 ? Py_NewRef(value) : NULL;
}

static PyObject *read_value(Parser *parser) {
    switch (*parser->lexer.at) {
    case '{':
        return read_object(parser);
    case '[':
        return read_array(parser);
    case '"':
        return read_string(parser);
    case 't':
        return read_word(parser, "true", Py_True);
    case 'f':
        return read_word(parser, "false", Py_False);
    case 'n':
        return read_word(parser, "null", Py_None);
    default:
        return read_number(parser);
    }
}

static PyObject *read_document(const Py_buffer *json, uint32_t depth, uint32_t nodes) {
    Parser parser = {.names = {NULL}};
    lex_start(&parser.lexer, json->buf, (size_t)json->len, depth, nodes);
    PyObject *value = lex_value(&parser.lexer) == 0 ? read_value(&parser) : NULL;
    if (value != NULL && lex_end(&parser.lexer) != 0)
        Py_CLEAR(value);
    for (size_t i = 0; i < SHARED_NAMES; i++)
        Py_XDECREF(parser.names[i]);
    lex_free(&parser.lexer);
    return value;
}

/* A limit of any size: what fits no uint32_t bounds nothing. 0 with an exception set: no number. */
static uint32_t limit_of(PyObject *number) {
    unsigned long long value = PyLong_AsUnsignedLongLong(number);
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

PyObject *value_parse(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    Py_buffer json;
    (void)self;
    if (count != 3) {
        PyErr_SetString(PyExc_TypeError, "parse(json, depth, nodes)");
        return NULL;
    }
    uint32_t depth = limit_of(args[1]), nodes = PyErr_Occurred() ? 0 : limit_of(args[2]);
    if (PyErr_Occurred() || PyObject_GetBuffer(args[0], &json, PyBUF_SIMPLE) != 0)
        return NULL;
    PyObject *value = read_document(&json, depth, nodes);
    PyBuffer_Release(&json);
    if (value == NULL && !PyErr_Occurred())
        Py_RETURN_NOTIMPLEMENTED;
    return value;
}
