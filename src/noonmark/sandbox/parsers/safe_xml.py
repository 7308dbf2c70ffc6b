"""XML of strangers, read as events. A document type is refused: entities come from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat

from noonmark.errors import InputError

_DEEPEST = 200
Start = Callable[[str, dict[str, str]], object]
End = Callable[[str], object]
Text = Callable[[str], object]


def read(data: bytes, start: Start, end: End, text: Text) -> None:
    """Call ``start``, ``end`` and ``text`` for each part. Names are local, without a prefix.

    Attributes are by local name too. Raises InputError "xml-entities" for a document type,
    "document-damaged" where it is no XML.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _damaged(f"nested more than {_DEEPEST} deep")
        start(_local(name), {_local(key): value for key, value in attributes.items()})

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(_local(name))

    def refuse(*_: object) -> NoReturn:
        raise InputError(
            "the document's XML declares entities or a document type, which no office program "
            "writes",
            code="xml-entities",
            hint="it was made to reach other files; treat it as hostile",
        )

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise _damaged(str(error)[:100]) from None


def _damaged(why: str) -> InputError:
    return InputError(
        f"the document's XML is damaged ({why})",
        code="document-damaged",
        hint="ask for another copy; the file itself is kept as it is",
    )


def _local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition(" ")[2]
