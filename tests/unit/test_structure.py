"""The house rules: which part may know which, no platform in the core, short pieces."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_BELOW_ALL = {"kit", "framework", "store", "sync", "talent", "runtime"}

#: What each part of `connector` may import besides itself.
MAY_IMPORT = {
    "kit": set(),
    "framework": {"kit"},
    "store": {"kit", "framework"},
    "sync": {"kit", "framework", "store"},
    "talent": {"kit", "framework", "store"},
    "runtime": {"kit", "framework", "store", "sync", "talent"},
    "commands": _BELOW_ALL,
    "web": _BELOW_ALL,
    "cli": _BELOW_ALL | {"commands", "web"},
}
#: Files that a tool writes in its own form.
_GENERATED = ROOT / "connector" / "store" / "migrations" / "versions"
#: Where pieces are short: in everything that people read and change.
_SHORT = ("connector", "adapters", "tests", "benchmarks")
MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
PLATFORMS = sorted(MANIFEST["adapters"])


def sources(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if _GENERATED not in path.parents
    )


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: imports are absolute"
            yield node.module or ""


def part_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_imports_in_the_core_run_one_way() -> None:
    wrong = []
    for path in sources("connector"):
        inside = path.relative_to(ROOT / "connector")
        own = inside.parts[0].removesuffix(".py")
        if own == "__init__":
            continue
        wrong += [
            f"{name_of(path)} imports {module}"
            for module in imports(path)
            if module.startswith("connector.")
            and part_of(module) not in MAY_IMPORT[own] | {own}
        ]
    assert wrong == []


def test_the_core_imports_no_adapter_and_adapters_only_the_kit() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in sources("connector")
        for module in imports(path)
        if module.split(".")[0] in ("adapters", "tests")
    ]
    for path in sources("adapters"):
        own = path.relative_to(ROOT / "adapters").parts[0]
        for module in imports(path):
            is_kit = module.split(".")[:2] == ["connector", "kit"]
            is_own = module.split(".")[:2] == ["adapters", own]
            if module.split(".")[0] in ("connector", "adapters") and not (
                is_kit or is_own
            ):
                wrong.append(f"{name_of(path)} imports {module}")
    assert wrong == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_core_names_no_platform(platform: str) -> None:
    named = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in sources("connector")
        for number, line in enumerate(
            path.read_text(encoding="utf-8").splitlines(), start=1
        )
        if platform in line.lower()
    ]
    assert named == []


def test_a_sandbox_shares_facts_with_its_adapter_and_nothing_else() -> None:
    shared = [
        f"{name_of(path)} imports {module}"
        for path in sources("adapters")
        if "sandbox" in path.parts
        for module in imports(path)
        if re.match(r"adapters\.\w+(?!\.sandbox|\.facts)(\.|$)", module)
        and not re.match(r"adapters\.\w+\.(sandbox|facts)(\.|$)", module)
    ]
    assert shared == []


def test_an_adapter_reaches_its_sandbox_only_to_start_it() -> None:
    using = {
        name_of(path)
        for path in sources("adapters")
        if "sandbox" not in path.parts
        for module in imports(path)
        if re.match(r"adapters\.\w+\.sandbox", module)
    }
    per_adapter = [name.split("/")[1] for name in using]
    assert sorted(per_adapter) == sorted(set(per_adapter)), using


def test_every_platform_has_its_folder_mapping_tests_and_pages() -> None:
    folders = {
        path.name
        for path in (ROOT / "adapters").iterdir()
        if (path / "__init__.py").is_file()
    }
    assert folders == set(PLATFORMS)
    for name, entry in MANIFEST["adapters"].items():
        assert entry["module"] == f"adapters.{name}"
        mapping = (ROOT / entry["mapping"]).read_text(encoding="utf-8")
        assert f"\nadapter: {name}\n" in mapping
        assert (ROOT / "tests" / "adapters" / name).is_dir()
        assert (ROOT / "adapters" / name / "README.md").is_file()
        assert (ROOT / "docs" / f"install-{name}.md").is_file()


def test_no_two_test_files_have_one_name() -> None:
    # pytest imports those outside packages by their name alone.
    names = Counter(
        path.name
        for path in sources("tests")
        if path.name != "conftest.py" and not (path.parent / "__init__.py").is_file()
    )
    assert [name for name, number in names.items() if number > 1] == []


def test_files_have_fewer_than_500_lines() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(*_SHORT)
    }
    assert {name: n for name, n in lengths.items() if n >= 500} == {}


def test_functions_have_fewer_than_50_lines() -> None:
    long = {}
    for path in sources(*_SHORT):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length >= 50:
                    long[f"{name_of(path)}:{node.lineno} {node.name}"] = length
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name_of(path)
        for path in sources("connector", "adapters")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_loose_ends_and_no_rehearsals() -> None:
    pattern = re.compile(r"\b(TODO|FIXME|XXX|dry_run)\b")
    found = [
        f"{name_of(path)}:{number}"
        for path in sources("connector", "adapters")
        for number, line in enumerate(
            path.read_text(encoding="utf-8").splitlines(), start=1
        )
        if pattern.search(line)
    ]
    assert found == []
