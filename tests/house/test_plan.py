"""The house as it stands keeps the plan."""

from __future__ import annotations

import pytest

from tests.house import checks, plan
from tests.house.checks import package

RULES = [
    checks.stray_imports,
    checks.stray_processes,
    checks.stray_sockets,
    checks.stray_clocks,
    checks.stray_decoders,
    checks.stray_prints,
    checks.too_long,
    checks.leaning,
    checks.unfinished,
    checks.undescribed,
    checks.person_fields,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module_breaks_the_rule(rule):
    found = [sentence for source in package() for sentence in rule(source)]
    assert not found, "\n".join(found)


def test_nothing_is_imported_in_a_circle():
    assert checks.cycles(package()) == []


def test_every_exception_in_the_plan_is_used():
    names = [source.name for source in package()]
    for prefixes in (plan.READS_THE_CLOCK, plan.PRINTS, plan.CAGED, ("media.sandbox", "evidence.anchor")):
        for prefix in prefixes:
            assert any(name == prefix or name.startswith(prefix + ".") for name in names), prefix
