"""What a worker may say, read strictly: frames of JSON and raw arrays.

Never pickle, never a string that acts. A frame is ``NMK1``, the length of the JSON (u32), the
length of the arrays (u64), little end first, then both. The JSON is
``{"value": ..., "arrays": [{"dtype", "shape"}]}``; ``{"$array": i}`` stands for the i-th array.

Whoever took over a worker can write any bytes here. Each ends as a value of plain types or as
:class:`Garbled`; nothing is executed, and no length is believed before it is compared with what is
there.
"""

from __future__ import annotations

import json
import math
import struct
import unicodedata
from typing import Any

MAGIC = b"NMK1"
_HEAD = struct.Struct("<4sIQ")
_ITEM_BYTES = {
    "u1": 1,
    "i1": 1,
    "b1": 1,
    "u2": 2,
    "i2": 2,
    "u4": 4,
    "i4": 4,
    "f4": 4,
    "u8": 8,
    "i8": 8,
    "f8": 8,
}
_MAX_DEPTH = 64
_MAX_DIMENSIONS = 6
_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories: controls, formats, surrogates, separators of lines and paragraphs."""


class Garbled(ValueError):
    """The answer is not of the agreed form: a broken or hostile worker."""


def first_frame(data: bytes | memoryview) -> tuple[dict[str, Any] | None, memoryview]:
    """The value of the first frame, or None where there is none, and what follows.

    Arrays are views of ``data``.
    """
    data = memoryview(data)
    if len(data) < _HEAD.size:
        return None, data
    magic, text_bytes, blob_bytes = _HEAD.unpack_from(data)
    # Both lengths are claims: what is not there yet is no frame.
    text_end = _HEAD.size + text_bytes
    end = text_end + blob_bytes
    if magic != MAGIC or end > len(data):
        return None, data
    text = bytes(data[_HEAD.size : text_end])
    return _value(text, data[text_end:end]), data[end:]


def _value(text: bytes, blob: memoryview) -> dict[str, Any]:
    """The value of one frame, with its arrays in their places."""
    try:
        frame = json.loads(text.decode("utf-8", "surrogatepass"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Garbled(f"not JSON: {type(error).__name__}") from None
    if not isinstance(frame, dict) or set(frame) != {"value", "arrays"}:
        raise Garbled("not a frame")
    if not isinstance(frame["arrays"], list):
        raise Garbled("not a frame")
    arrays = []
    at = 0
    for header in frame["arrays"]:
        dtype, shape = _dtype_and_shape(header)
        size = math.prod(shape) * _ITEM_BYTES[dtype]
        if size > len(blob) - at:
            raise Garbled("an array longer than the answer")
        arrays.append(_array(blob[at : at + size], dtype, shape))
        at += size
    if at != len(blob):
        raise Garbled("bytes left over")
    value = _filled(frame["value"], arrays, 0)
    if not isinstance(value, dict):
        raise Garbled("not an object")
    return value


def _no_constant(name: str) -> None:
    """JSON of Python's own would take NaN and Infinity."""
    raise ValueError(name)


def _dtype_and_shape(header: Any) -> tuple[str, list[int]]:
    """The kind and the shape of an array. Raises Garbled where they are not agreed."""
    if not isinstance(header, dict) or set(header) != {"dtype", "shape"}:
        raise Garbled("not an array header")
    dtype, shape = header["dtype"], header["shape"]
    is_known = isinstance(dtype, str) and dtype in _ITEM_BYTES and isinstance(shape, list)
    if not is_known or not 1 <= len(shape) <= _MAX_DIMENSIONS:
        raise Garbled("an array of no agreed kind")
    if any(type(n) is not int or n < 0 for n in shape):
        raise Garbled("an array of no size")
    return dtype, shape


def _array(raw: memoryview, dtype: str, shape: list[int]) -> Any:
    """A read-only array over the bytes of the answer."""
    import numpy as np

    order = "" if _ITEM_BYTES[dtype] == 1 else "<"
    return np.frombuffer(raw, dtype=np.dtype(order + dtype)).reshape(shape)


def _filled(item: Any, arrays: list[Any], depth: int) -> Any:
    """A value with its arrays in place, its texts printable, its numbers finite."""
    if depth > _MAX_DEPTH:
        raise Garbled("nested too deep")
    if isinstance(item, str):
        return printable(item)
    if isinstance(item, list):
        return [_filled(each, arrays, depth + 1) for each in item]
    if isinstance(item, dict):
        if set(item) == {"$array"}:
            return _array_at(item["$array"], arrays)
        return {printable(key): _filled(each, arrays, depth + 1) for key, each in item.items()}
    if isinstance(item, float) and not math.isfinite(item):
        raise Garbled("a number too large")
    return item


def _array_at(index: Any, arrays: list[Any]) -> Any:
    """The array that stands at a place of the value."""
    if type(index) is not int or not 0 <= index < len(arrays):
        raise Garbled("an array that was not sent")
    return arrays[index]


def printable(text: str) -> str:
    r"""The text with what could act on a terminal or turn its order made visible.

    >>> printable("a\x1b[2Jb\u202egpj.exe")
    'a\\x1b[2Jb\\u202egpj.exe'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    """The character, or its number in the way of Python where it can't be seen."""
    if char in "\n\t" or unicodedata.category(char) not in _INVISIBLE:
        return char
    code = ord(char)
    if code < 256:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
