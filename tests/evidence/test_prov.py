"""PROV-JSON: the history as others read it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from noonmark.evidence.packages import prov
from tests.evidence import sealed_case


def made(tmp_path: Path) -> prov.Document:
    with sealed_case.make(tmp_path / "case") as vault:
        return prov.document(vault.log.entries(), origin=vault.origin)


def test_every_relation_joins_things_that_are_declared(tmp_path: Path) -> None:
    document = made(tmp_path)
    declared = set().union(*(document[kind] for kind in ("entity", "activity", "agent")))
    relations = [
        ends
        for kind, part in document.items()
        if kind.startswith(("was", "used"))
        for ends in part.values()
    ]
    assert len(relations) > 10
    for ends in relations:
        named = {value for key, value in ends.items() if key.startswith("prov:")}
        assert named <= declared, ends


def test_the_clip_came_by_a_collection_the_frame_from_the_clip_and_one_was_withdrawn(
    tmp_path: Path,
) -> None:
    document = made(tmp_path)
    derived = next(iter(document["wasDerivedFrom"].values()))
    labels = {name: entity.get("prov:label") for name, entity in document["entity"].items()}
    assert (
        labels[derived["prov:generatedEntity"]] == "frame.png"
        and "clip" in labels[derived["prov:usedEntity"]]
    )
    collections = [n for n, a in document["activity"].items() if a.get("prov:type") == "collection"]
    generated = {r["prov:entity"]: r["prov:activity"] for r in document["wasGeneratedBy"].values()}
    assert generated[derived["prov:usedEntity"]] in collections
    gone = next(iter(document["wasInvalidatedBy"].values()))["prov:entity"]
    assert labels[gone] == "gone.jpg"


def test_whoever_acted_is_an_alias_and_never_said_to_be_more(tmp_path: Path) -> None:
    document = made(tmp_path)
    aliases = {a["prov:label"] for a in document["agent"].values() if a.get("nm:kind") == "alias"}
    assert aliases == {"quiet-desk", "brisk-otter"}
    assert "Person" not in json.dumps(document)


def test_the_library_prov_reads_it(tmp_path: Path) -> None:
    library = pytest.importorskip("prov.model", reason="prov is not installed")
    text = json.dumps(made(tmp_path))
    read = library.ProvDocument.deserialize(io.StringIO(text), format="json")
    assert len(list(read.get_records())) > 20


@pytest.mark.parametrize("text", ["", "a b/c:é\n", "x" * 500])
def test_a_local_name_is_plain_whatever_the_text(text: str) -> None:
    assert (
        all(c.isascii() and (c.isalnum() or c in "-_") for c in prov._safe(text))
        and len(prov._safe(text)) <= 200
    )
