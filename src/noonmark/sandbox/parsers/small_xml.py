"""XML as a tree of small elements, by expat: no entity of the file's own, nothing from outside."""

from __future__ import annotations

import xml.parsers.expat
from collections.abc import Iterator
from dataclasses import dataclass, field

from noonmark.errors import InputError

DEEPEST, MOST_ELEMENTS = 64, 2_000_000


@dataclass
class SmallElement:
    """An element: its name, its attributes, and its children: elements and texts in their order."""

    name: str
    attributes: dict[str, str]
    children: list[SmallElement | str] = field(default_factory=list)

    def all(self, name: str) -> Iterator[SmallElement]:
        """Every element of that name below this one, in the order of the file."""
        todo = [child for child in reversed(self.children) if not isinstance(child, str)]
        while todo:
            element = todo.pop()
            if element.name == name:
                yield element
            todo += [child for child in reversed(element.children) if not isinstance(child, str)]

    def text(self) -> str:
        """All text below it."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


@dataclass
class _Builder:
    """The elements that are open while a file is read, the outermost first, and how many came."""

    open_ones: list[SmallElement] = field(default_factory=lambda: [SmallElement("", {})])
    count: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open_ones) > DEEPEST:
            raise _bad("too many elements, or too deep")
        element = SmallElement(name, attributes)
        self.open_ones[-1].children.append(element)
        self.open_ones.append(element)

    def end(self, _: str) -> None:
        """An element ends."""
        self.open_ones.pop()

    def words(self, text: str) -> None:
        """Text stands in an element."""
        children = self.open_ones[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += text
        else:
            children.append(text)


def tree(data: bytes) -> SmallElement:
    """The root element. Raises InputError ``bad-xml`` and ``xml-entity``."""
    builder = _Builder()
    (root,) = builder.open_ones
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(xml.parsers.expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler, parser.EntityDeclHandler = builder.words, _refuse_entity
    try:
        parser.Parse(data, True)
    except (xml.parsers.expat.ExpatError, ValueError, LookupError) as error:
        raise _bad(str(error)[:80]) from None
    (first,) = [child for child in root.children if not isinstance(child, str)]
    return first


def _refuse_entity(*_: object) -> None:
    """An entity that the file defines itself is never followed."""
    raise InputError(
        "the file defines entities of its own, which are not followed",
        code="xml-entity",
        hint="export it again from the program that made it",
    )


def _bad(why: str) -> InputError:
    return InputError(
        f"the file is no XML that can be read: {why}",
        code="bad-xml",
        hint="export it again from the program that made it",
    )
