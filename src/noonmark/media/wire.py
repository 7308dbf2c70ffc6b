"""What a worker may say, read strictly: frames of JSON and raw arrays. Never pickle, never a string that acts.

A frame is ``NMK1``, the length of the JSON (u32), the length of the arrays (u64), little end first, then both.
The JSON is ``{"value": ..., "arrays": [{"dtype", "shape"}]}``; ``{"$array": i}`` stands for the i-th array.
"""

from __future__ import annotations

import json
import math
import struct
import unicodedata
from typing import Any

MAGIC = b"NMK1"
_HEAD = struct.Struct("<4sIQ")
_ITEM_BYTES = {"u1": 1, "i1": 1, "b1": 1, "u2": 2, "i2": 2, "u4": 4, "i4": 4, "f4": 4, "u8": 8, "i8": 8, "f8": 8}
_MAX_DEPTH = 64
_MAX_DIMENSIONS = 6


class Garbled(ValueError):
    """The answer is not of the agreed form: a broken or hostile worker."""


def first_frame(data: bytes | memoryview) -> tuple[dict[str, Any] | None, memoryview]:
    """The value of the first frame, or None where there is none, and what follows. Arrays are views of ``data``."""
    data = memoryview(data)
    if len(data) < _HEAD.size:
        return None, data
    magic, text_bytes, blob_bytes = _HEAD.unpack_from(data)
    end = _HEAD.size + text_bytes + blob_bytes
    if magic != MAGIC or end > len(data):
        return None, data
    text = bytes(data[_HEAD.size : _HEAD.size + text_bytes])
    return _value(text, data[_HEAD.size + text_bytes : end]), data[end:]


def _value(text: bytes, blob: memoryview) -> dict[str, Any]:
    try:
        frame = json.loads(text.decode("utf-8", "surrogatepass"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Garbled(f"not JSON: {type(error).__name__}") from None
    if not isinstance(frame, dict) or set(frame) != {"value", "arrays"} or not isinstance(frame["arrays"], list):
        raise Garbled("not a frame")
    arrays, at = [], 0
    for shape in frame["arrays"]:
        array, at = _array(shape, blob, at)
        arrays.append(array)
    if at != len(blob):
        raise Garbled("bytes left over")
    value = _filled(frame["value"], arrays, 0)
    if not isinstance(value, dict):
        raise Garbled("not an object")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _array(header: Any, blob: memoryview, at: int) -> tuple[Any, int]:
    if not isinstance(header, dict) or set(header) != {"dtype", "shape"}:
        raise Garbled("not an array header")
    dtype, shape = header["dtype"], header["shape"]
    if dtype not in _ITEM_BYTES or not isinstance(shape, list) or not 1 <= len(shape) <= _MAX_DIMENSIONS:
        raise Garbled("an array of no agreed kind")
    if any(type(n) is not int or n < 0 for n in shape):
        raise Garbled("an array of no size")
    size = math.prod(shape) * _ITEM_BYTES[dtype]
    if size > len(blob) - at:
        raise Garbled("an array longer than the answer")
    import numpy as np

    order = "" if _ITEM_BYTES[dtype] == 1 else "<"
    return np.frombuffer(blob[at : at + size], dtype=np.dtype(order + dtype)).reshape(shape), at + size


def _filled(item: Any, arrays: list[Any], depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise Garbled("nested too deep")
    if isinstance(item, str):
        return printable(item)
    if isinstance(item, list):
        return [_filled(each, arrays, depth + 1) for each in item]
    if isinstance(item, dict):
        if set(item) == {"$array"}:
            index = item["$array"]
            if type(index) is not int or not 0 <= index < len(arrays):
                raise Garbled("an array that was not sent")
            return arrays[index]
        return {printable(key): _filled(each, arrays, depth + 1) for key, each in item.items()}
    if isinstance(item, float) and not math.isfinite(item):
        raise Garbled("a number too large")
    return item


def printable(text: str) -> str:
    r"""The text with what could act on a terminal or turn its order made visible.

    >>> printable("a\x1b[2Jb\u202egpj.exe")
    'a\\x1b[2Jb\\u202egpj.exe'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(c) for c in text)


def _visible(char: str) -> str:
    if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
