"""Free the picture size of an ONNX model and pin its weights, without the onnx package.

CenterFace is published with one fixed input size. The size stands in ``graph.input`` as numbers; a
name in its place makes it free.

It also lists every weight as an input, as models of before 2019 do, so a runtime must expect other
weights at each call and leaves out its fast layouts. Without that list the same network gives the
same numbers 2.3 times as fast.

A model is a protobuf message: fields, each with a number and a kind, whose values are numbers,
bytes, or messages. The numbers of the fields are those of onnx.proto.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

_MODEL_GRAPH = 7
_GRAPH_WEIGHT, _GRAPH_INPUT, _GRAPH_OUTPUT = 5, 11, 12
_WEIGHT_NAME, _INPUT_NAME = 8, 1
_VALUE_TYPE, _TYPE_TENSOR, _TENSOR_SHAPE, _SHAPE_DIMENSION = 2, 1, 2, 1
_DIMENSION_NAME = 2
_MOST_DIMENSIONS = 100

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
"""The kinds of fields."""

Change = Callable[[bytes], bytes]


def free(model: bytes) -> bytes:
    """The model with inputs and outputs of any size, whose weights are no inputs.

    Raises ValueError where the bytes are no model. What is not changed keeps its bytes.
    """
    return _changed(model, _MODEL_GRAPH, _graph)


def _graph(graph: bytes) -> bytes:
    """The graph without the inputs that are weights, and with free ends."""
    weights: set[bytes] = set()
    for field in _fields(graph):
        if field.number == _GRAPH_WEIGHT:
            weights.update(_values(field.value, _WEIGHT_NAME))
    kept = bytearray()
    for field in _fields(graph):
        is_input = field.number == _GRAPH_INPUT
        if is_input and weights.intersection(_values(field.value, _INPUT_NAME)):
            continue
        kept += field.whole
    free_inputs = _changed(bytes(kept), _GRAPH_INPUT, _free_end)
    return _changed(free_inputs, _GRAPH_OUTPUT, _free_end)


def _free_end(end: bytes) -> bytes:
    """An input or output whose dimensions have names in the place of numbers."""
    return _changed(end, _VALUE_TYPE, _free_type)


def _free_type(type_: bytes) -> bytes:
    """A type whose tensor has a free shape."""
    return _changed(type_, _TYPE_TENSOR, _free_tensor)


def _free_tensor(tensor: bytes) -> bytes:
    """A tensor with a free shape."""
    return _changed(tensor, _TENSOR_SHAPE, _free_shape)


def _free_shape(shape: bytes) -> bytes:
    """The shape with its dimensions named d0, d1, ..."""
    numbers = iter(range(_MOST_DIMENSIONS))

    def named(_: bytes) -> bytes:
        """The next name."""
        return _encoded(_DIMENSION_NAME, b"d%d" % next(numbers))

    return _changed(shape, _SHAPE_DIMENSION, named)


@dataclass(frozen=True)
class _Field:
    """One field: its number, its kind, its bytes in the message, and its value if it is bytes."""

    number: int
    kind: int
    whole: bytes
    value: bytes


def _values(message: bytes, number: int) -> list[bytes]:
    """The values of a field of bytes."""
    found = []
    for field in _fields(message):
        if field.number == number and field.kind == _BYTES:
            found.append(field.value)
    return found


def _changed(message: bytes, number: int, change: Change) -> bytes:
    """The message with the values of one of its fields changed."""
    out = bytearray()
    for field in _fields(message):
        if field.kind == _BYTES and field.number == number:
            out += _encoded(number, change(field.value))
        else:
            out += field.whole
    return bytes(out)


def _fields(data: bytes) -> Iterator[_Field]:
    """Each field of a message. Raises ValueError where it is none or is cut off."""
    at = 0
    while at < len(data):
        begin = at
        key, at = _varint(data, at)
        kind, value = key & 7, b""
        if kind == _VARINT:
            _, at = _varint(data, at)
        elif kind == _BYTES:
            length, at = _varint(data, at)
            value = data[at : at + length]
            at += length
        elif kind == _EIGHT_BYTES:
            at += 8
        elif kind == _FOUR_BYTES:
            at += 4
        else:
            raise ValueError("not an ONNX model")
        if at > len(data):
            raise ValueError("the ONNX model is cut off")
        yield _Field(key >> 3, kind, data[begin:at], value)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends."""
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("the ONNX model is cut off")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _encoded(number: int, value: bytes) -> bytes:
    """A field of bytes."""
    out = bytearray()
    for each in (number << 3 | _BYTES, len(value)):
        while each > 0x7F:
            out.append(each & 0x7F | 0x80)
            each >>= 7
        out.append(each)
    return bytes(out) + value
