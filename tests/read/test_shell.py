"""Shell text as simple commands: words, lines, groups, folders; nothing is expanded."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlscan.read.ci_parts import with_folders
from mlscan.read.shell import MAX_COMMANDS, parse_commands, parse_shell
from mlscan.types.source import Problem, Script
from read.showing import commands


def script(text: str) -> Script:
    return parse_shell(dedent(text).encode(), "a.sh")


def words(text: str) -> list[str]:
    """The commands of a text, their words joined by `|`."""
    return ["|".join(c.words) for c in parse_commands(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python train.py --lr=0.1", ["python|train.py|--lr=0.1"]),
        ("a && b || c; d | e |& f & g", ["a", "b", "c", "d", "e", "f", "g"]),
        ("python 'a b.py' \"c $D\" e\\ f", ["python|a b.py|c $D|e f"]),
        ("python a.py \\\n  --b \\\n  c", ["python|a.py|--b|c"]),
        ("A=1 B='2 3' python a.py", ["python|a.py"]),
        ("A=1", []),
        ("python a.py > out 2>&1 < in >> log 2>/dev/null &> all", ["python|a.py"]),
        ("# python a.py\npython b.py # c.py", ["python|b.py"]),
        ("echo 'a # b' \"c # d\" e#f", ["echo|a # b|c # d|e#f"]),
        ("if python a.py; then b; elif c; then d; else e; fi", ["python|a.py", "b", "c", "d", "e"]),
        ("for x in 1 2; do python $x.py; done", ["python|$x.py"]),
        ("for ((i=0; i<3; i++)); do a; done", ["a"]),
        ("while ! nc -z x 1; do sleep 1; done", ["nc|-z|x|1", "sleep|1"]),
        ("until a; do b; done < file", ["a", "b"]),
        (
            'case "$1" in\n train|fit) python a.py ;;\n (x) b;;\n *) c;& d) e;;&\nesac\nf',
            ["python|a.py", "b", "c", "e", "f"],
        ),
        ("[[ $a == (x|y) && -f b ]] && c", ["[[|$a|==|(x|y)|&&|-f|b|]]", "c"]),
        ("[ -f x ] && a", ["[|-f|x|]", "a"]),
        ("((i++)); let x=1<<2; a", ["((i++))", "let|x=1", "a"]),
        ("echo $((1 << 3)) ${x:-$(y)} $# ${#z[@]}", ["echo|$((1 << 3))|${x:-$(y)}|$#|${#z[@]}"]),
        ("{ a; b; } > c", ["a", "b"]),
        ("! a", ["a"]),
        ("time python a.py", ["python|a.py"]),
        ("sudo -E -u me env A=b nohup nice -n 5 python a.py", ["python|a.py"]),
        ("timeout -k 5 10m python a.py", ["python|a.py"]),
        ("exec python a.py", ["python|a.py"]),
        ("command -v python", ["command|-v|python"]),
        ("sudo", ["sudo"]),
        ("echo ${{ matrix.x }} {{ y z }}", ["echo|${{ matrix.x }}|{{ y z }}"]),
        ("a=(1 2 3) b", ["b"]),
        ("select x in a b; do c; done", ["c"]),
        ('a `b c` $(d "$(e)")', ['a|`b c`|$(d "$(e)")', "b|c", "d|$(e)", "e"]),
        ("diff <(sort a) <(b)", ["diff|<(sort a)|<(b)", "sort|a", "b"]),
        ("X=$(python a.py)", ["python|a.py"]),
        ("bash -c 'cd x && python a.py'", ["bash|-c|cd x && python a.py", "cd|x", "python|a.py"]),
        ('docker run img sh -lc "python a.py"', ["docker|run|img|sh|-lc|python a.py", "python|a.py"]),
        ('cat <<< "word $(a)"; b', ["cat", "a", "b"]),
        ("'open", ["'open"]),
        ('"open $(a', ['"open|$(a']),
        ("", []),
        (";;;&&||", []),
        ("\n\n  \t\n", []),
    ],
)
def test_simple_commands(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_here_documents_are_no_commands_unless_a_shell_reads_them() -> None:
    text = """\
    cat <<EOF > out
    python no.py
    EOF
    cat <<-'X' <<Y
    \tpython no.py
    \tX
    python no.py
    Y
    bash <<'END'
    python yes.py
    END
    ssh host <<EOF
    python far.py
    EOF
    python - <<PY
    import no
    PY
    python last.py
    """
    assert commands(script(text))[""] == [
        "1: cat",
        "4: cat",
        "9: bash",
        "10: python yes.py",
        "12: ssh host",
        "13: python far.py",
        "15: python -",
        "18: python last.py",
    ]


def test_a_here_document_without_an_end_hides_nothing() -> None:
    assert commands(script("cat <<EOF\npython a.py\n"))[""] == ["1: cat", "2: python a.py"]


def test_functions_are_groups_and_what_calls_them_needs_them() -> None:
    text = """\
    train() {
      python train.py
    }
    evaluate () { python evaluate.py; }
    function report { python report.py; }
    function all() {
      train && evaluate
    }
    deploy() (
      cd k8s
      kubectl apply -f .
    )
    unused()
    {
      python unused.py
    }
    all
    deploy
    """
    found = script(text)
    assert commands(found) == {
        "": ["17: all", "18: deploy"],
        "train": ["2: python train.py"],
        "evaluate": ["4: python evaluate.py"],
        "report": ["5: python report.py"],
        "all": ["7: train", "7: evaluate"],
        "deploy": ["10: cd k8s", "11: kubectl apply -f ."],
        "unused": ["15: python unused.py"],
    }
    assert found.needs == {"": ("all", "deploy"), "all": ("train", "evaluate")}


def test_a_change_of_folder_ends_with_its_subshell() -> None:
    text = """\
    (cd web && npm ci)
    python one.py
    HERE="$(cd x && pwd)"
    python two.py
    cd src
    python three.py
    (cd deep; (cd deeper; a); b)
    pushd other; c; popd; d
    bash -c "cd inner && e"
    cd .. && f
    """
    found = with_folders(parse_commands(dedent(text)))
    assert [(c.program, c.folder) for c in found if c.program not in ("cd", "pushd", "popd", "bash", "pwd")] == [
        ("npm", "web"),
        ("python", ""),
        ("python", ""),
        ("python", "src"),
        ("a", "src/deep/deeper"),
        ("b", "src/deep"),
        ("c", "src/other"),
        ("d", "src"),
        ("e", "src/inner"),
        ("f", ""),
    ]


def test_texts_that_run_apart_keep_their_own_folder() -> None:
    found = [*parse_commands("cd a &&\nb", 3, apart=True), *parse_commands("c", 5, apart=True)]
    assert [(c.line, c.program, c.folder) for c in with_folders(found)] == [(3, "cd", ""), (4, "b", "a"), (5, "c", "")]


def test_background_text_and_program() -> None:
    first, second = parse_commands("/usr/bin/python   a.py  \\\n  --x &\nb")
    assert (first.background, first.program, first.text) == (True, "python", "/usr/bin/python a.py --x")
    assert not second.background


def test_lines_count_from_the_line_of_the_text() -> None:
    assert [c.line for c in parse_commands("a\n\nb $(c\nd) \\\n e", 10)] == [10, 12, 12, 13]


@pytest.mark.parametrize(
    "head", ["#!/usr/bin/env python3", "#!/usr/bin/python", "#!/usr/bin/env -S node --x", "#!perl -w"]
)
def test_a_script_of_another_interpreter_has_no_commands(head: str) -> None:
    assert commands(script(f"{head}\npython a.py\n")) == {"": []}


@pytest.mark.parametrize(
    "head", ["#!/bin/bash -e", "#!/usr/bin/env bash", "#! /bin/sh", "#!/usr/bin/env -S A=b zsh", "", "# said"]
)
def test_a_script_of_a_shell_has_commands(head: str) -> None:
    assert commands(script(f"{head}\npython a.py\n")) == {"": ["2: python a.py"]}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind(end: str) -> None:
    data = end.join(["\ufeff#!/bin/sh", "python a.py \\", "  --b", "c"]).encode()
    assert commands(parse_shell(data, "a.sh")) == {"": ["2: python a.py --b", "4: c"]}


def test_subshells_inside_subshells_are_told_apart_to_a_bound() -> None:
    """Thousands of open brackets take memory in proportion to the file, not to its square."""
    found = parse_shell(b"(" * 20_000 + b"\npython a.py\n", "run.sh")
    deepest = [c for commands in found.groups.values() for c in commands]
    assert all(len(c.subshell) <= 20 for c in deepest)


def test_commands_are_read_to_a_bound() -> None:
    found = script("true\n" * (MAX_COMMANDS + 10_000))
    assert len(found.groups[""]) == MAX_COMMANDS
    assert found.problems == (Problem(None, "too long"),)
