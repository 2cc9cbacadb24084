"""Makefiles: targets, prerequisites, recipes, variables."""

from __future__ import annotations

import pytest

from mlscan.read.ci_parts import with_folders
from mlscan.read.make import parse_make
from mlscan.types.source import Script
from read.showing import commands


def read(text: str) -> Script:
    return parse_make(text.encode(), "Makefile")


def test_targets_have_their_commands_prerequisites_and_lines() -> None:
    found = read(
        ".PHONY: train data\n"
        "# said\n"
        "train: data model/ | out ## Train; then rest\n"
        "\t@echo start\n"
        "\t-python train.py \\\n"
        "\t  --epochs 3\n"
        "\n"
        "\t# said\n"
        "\t+@python eval.py\n"
        "data test:\n"
        "\tpython $@.py\n"
        "lint: ; ruff check; mypy # said\n"
    )
    assert commands(found) == {
        "train": ["4: echo start", "5: python train.py --epochs 3", "9: python eval.py"],
        "data": ["11: python data.py"],
        "test": ["11: python test.py"],
        "lint": ["12: ruff check", "12: mypy"],
    }
    assert found.needs == {"train": ("data", "model/", "out")}
    assert found.lines == {"train": 3, "data": 10, "test": 10, "lint": 12}
    assert found.default == "train"


@pytest.mark.parametrize(
    "name",
    ["export-model", "include-data", "else-case", "define-x", "vpath.x", "ifeq2", "endif_", "a/b.txt", "x.PHONY"],
)
def test_a_target_may_begin_like_a_directive(name: str) -> None:
    assert commands(read(f"{name}: data\n\tpython a.py\n")) == {name: ["2: python a.py"]}


@pytest.mark.parametrize(
    "line",
    [
        "include common.mk",
        "-include x.mk y.mk",
        "sinclude z",
        "export",
        "export A",
        "unexport A B",
        "vpath %.c src",
        "ifeq ($(A),b)",
        "ifneq(a, b)",
        "ifdef A",
        "A := b:c",
        "A ::= b",
        "export A = b",
        "override A += b",
        "A != git rev-parse HEAD",
        ".SUFFIXES: .c .o",
        ".DELETE_ON_ERROR:",
    ],
)
def test_directives_and_assignments_are_no_targets(line: str) -> None:
    assert commands(read(f"{line}\nall:\n\ta\n")) == {"all": ["3: a"]}


def test_variables_are_filled_in_and_unknown_ones_stay() -> None:
    found = read(
        "PY ?= python3\n"
        "PY ?= other\n"
        "ARGS := --a \\\n"
        "  --b # said\n"
        "ARGS += --c\n"
        "RUN = $(PY) -m\n"
        "all: raw.csv other\n"
        "\t${RUN} train $(ARGS) $(UNKNOWN) $$HOME $(shell git x) $(call f,1) $(MAKE) $< $^ $(@)\n"
    )
    assert commands(found)["all"][0] == (
        "8: python3 -m train --a --b --c ${UNKNOWN} $HOME $(git x) ${call} make raw.csv raw.csv other all"
    )


def test_variables_name_targets_and_prerequisites() -> None:
    found = read("MODEL = out/model\n$(MODEL).pkl: $(MODEL).csv\n\ttrain $@\n")
    assert commands(found) == {"out/model.pkl": ["3: train out/model.pkl"]}
    assert found.needs == {"out/model.pkl": ("out/model.csv",)}


def test_both_branches_of_a_condition_are_read() -> None:
    found = read("ifdef GPU\na:\n\tb\nelse\nc:\n\td\nendif\nall:\nifeq (1,2)\n\te\nelse\n\tf\nendif\n")
    assert commands(found) == {"a": ["3: b"], "c": ["6: d"], "all": ["10: e", "12: f"]}


def test_define_blocks_hide_what_is_in_them_and_nothing_else() -> None:
    found = read("define X\nno:\n\ta\ndefine Y\nendef\nendef # said\noverride define Z =\nno2:\nendef\nall:\n\tb\n")
    assert commands(found) == {"all": ["11: b"]}


def test_pattern_rules_and_static_patterns() -> None:
    found = read("%.o: %.c\n\tcc $<\nall: main.o\nobjs: %.x: %.y\n\tb\n")
    assert commands(found) == {"%.o": ["2: cc %.c"], "all": [], "objs": ["5: b"]}
    assert found.needs == {"%.o": ("%.c",), "all": ("main.o",), "objs": ("%.y",)}
    assert found.default == "all"


def test_variables_of_a_target_are_no_prerequisites() -> None:
    found = read("all: A = b\nall: export C := d\nall: private E += f\nall: dep\n\ta\n")
    assert found.needs == {"all": ("dep",)}


def test_a_target_of_several_rules_has_all_of_them() -> None:
    found = read("all: a\nall: b\n\tx\nall:: c\n\ty\n")
    assert (found.needs, commands(found)) == ({"all": ("a", "b", "c")}, {"all": ["3: x", "5: y"]})


def test_the_default_can_be_set() -> None:
    assert read("a:\nb:\n.DEFAULT_GOAL := b\n").default == "b"


def test_each_line_of_a_recipe_has_a_shell_of_its_own() -> None:
    text = "all:\n\tcd src && \\\n\t  a\n\tb\n"
    assert [(c.program, c.folder) for c in with_folders(read(text).groups["all"])] == [
        ("cd", ""),
        ("a", "src"),
        ("b", ""),
    ]
    assert [c.folder for c in with_folders(read(".ONESHELL:\n" + text).groups["all"])] == ["", "src", "src"]


def test_another_prefix_of_recipes() -> None:
    assert commands(read(".RECIPEPREFIX = >\nall:\n> a\n>b\n")) == {"all": ["3: a", "4: b"]}


def test_a_block_of_shell_in_a_recipe() -> None:
    found = read("all:\n\t@if [ -f x ]; then \\\n\t\tpython a.py; \\\n\tfi\n\tfor i in 1 2; do python $$i.py; done\n")
    assert commands(found)["all"] == ["2: [ -f x ]", "3: python a.py", "5: python $i.py"]


def test_variables_that_need_themselves_end() -> None:
    found = read("A = $(A) $(B)\nB = $(A)$(A)\nall:\n\tx $(A)\n")
    assert commands(found)["all"][0].startswith("4: x")


@pytest.mark.parametrize("text", ["", "\n", "said", "3", "[1]", "null", ":", "\ta", "="])
def test_files_without_targets_have_none(text: str) -> None:
    found = read(text)
    assert (found.groups, found.problems) == ({}, ())


def test_line_ends_of_windows() -> None:
    found = parse_make(b"\xef\xbb\xbfA = b\r\nall: c\r\n\td $(A) \\\r\n\t e\r\n", "Makefile")
    assert commands(found) == {"all": ["3: d b e"]}
