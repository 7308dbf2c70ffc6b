"""The house as it stands keeps the plan."""

from __future__ import annotations

import pytest

from tests.architecture import checks, plan
from tests.architecture.checks import nodes_a_line, package

RULES = [
    checks.stray_imports,
    checks.stray_processes,
    checks.stray_sockets,
    checks.stray_clocks,
    checks.stray_decoders,
    checks.stray_prints,
    checks.too_complex,
    checks.leaning,
    checks.unfinished,
    checks.undescribed,
    checks.person_fields,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module_breaks_the_rule(rule):
    found = [sentence for source in package() for sentence in rule(source)]
    assert not found, "\n".join(found)


def test_no_package_packs_more_than_it_should_into_a_line():
    packages = sorted({source.room for source in package()})
    dense = {name: nodes_a_line(s for s in package() if s.room == name) for name in packages}
    assert {name: at for name, at in dense.items() if at > plan.MOST_NODES_A_LINE} == {}


def test_nothing_is_imported_in_a_circle():
    assert checks.cycles(package()) == []


def test_every_exception_in_the_plan_is_used():
    names = [source.name for source in package()]
    for prefixes in (
        plan.READS_THE_CLOCK,
        plan.PRINTS,
        plan.SANDBOXED,
        ("sandbox.process", "evidence.timestamps"),
    ):
        for prefix in prefixes:
            assert any(name == prefix or name.startswith(prefix + ".") for name in names), prefix
