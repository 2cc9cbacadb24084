"""Readers that are no target of the guided fuzzing: whatever pieces of their formats meet, they end as they promise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscan.read.docker import parse_dockerfile
from mlscan.read.hcl import parse_hcl
from mlscan.read.tasks import parse_tasks
from mlscan.read.text import decode
from mlscan.read.tree import parse_tree
from mlscan.types.source import Node

PIECES = {
    "package.json": '{ } [ ] : , "a" "b": "\\u0000" "\\ud800" 1e999 -0 NaN true null // /* */ \ufeff \n',
    "pyproject.toml": "[a] [[a]] [a.b] a = a.b.c = {} { } [ ] , 1 \"x\" 'x' \"\"\" ''' # \\ 1979-05-27 inf \r \n",
    "pom.xml": '<a> </a> <a/> <b x="1"> </b> <!-- --> <![CDATA[ ]]> <!DOCTYPE <!ENTITY &a; &#0; <?xml ?> x \x01 \n',
    "setup.cfg": "[a] [a b] a = a: = x ; # % %(a)s ' \" \\ [] \t \x0b \n",
    "main.tf": 'resource "a" "b" { } = [ ] ( ) , ${ %{ } <<E <<-E E # // /* */ " \\ ? : => ... * \n',
    "config.yaml": "a: - ? | > & * &a *a <<: !!x ! % @ ` ' \" { } [ ] , # --- ... \t \ufeff \x85 \n",
    "run.sh": "a | || && ; & ( ) { } $( ` \" ' \\ <<E E << < > 2>&1 # if then for do done case esac cd -c bash \n",
    "Makefile": "a: b .PHONY: \t @ - + $(A) ${A} $$ = := ?= += define endef ifeq else endif include \\ # : ; | \n",
    "justfile": "a: b @ {{ }} := ' \" ` # set export [x] \\ if else && import mod \t \n",
    "tox.ini": "[testenv] [testenv:a] commands = {[testenv]deps} {posargs} - a: \\ # ; { } \t \n",
    "Taskfile.yml": "tasks: a: cmds: deps: - cmd: task: {{ }} sources: includes: > | [ ] { } \t \n",
    "crontab": "* 0 1-5 */2 , @daily @reboot A=b a # % \t MAILTO= ; | \n",
    "Dockerfile": 'FROM a AS b RUN CMD [ ] "a" , COPY --from=b ARG A=b ${A:-b} <<E E # escape=` \\ ` ENTRYPOINT \n',
}
"""A file of each format, and what may stand in one."""


def texts(path: str) -> st.SearchStrategy[bytes]:
    words = st.sampled_from(PIECES[path].split(" "))
    joints = st.sampled_from(["", " ", " ", "\n", "\n  ", "\n\t"])
    pieces = st.lists(st.builds(str.__add__, words, joints), max_size=40).map(lambda found: "".join(found).encode())
    return st.one_of(pieces, pieces, st.binary(max_size=200))


def nodes(documents: tuple[Node, ...]) -> Iterator[Node]:
    stack = list(documents)
    while stack:
        node = stack.pop()
        yield node
        stack += node.map.values() if node.map else node.value if isinstance(node.value, tuple) else ()


@pytest.mark.parametrize("path", PIECES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_line_is_one_of_the_file_and_nothing_is_raised(path: str, data: st.DataObject) -> None:
    content = data.draw(texts(path))
    last = decode(content).count("\n") + 1
    tree, script = parse_tree(content, path), parse_tasks(content, path)
    image, blocks = parse_dockerfile(content, path), parse_hcl(content)
    lines = [node.line for node in nodes(tree.documents)]
    lines += [
        problem.line for found in (tree, script, image, blocks) if found for problem in found.problems if problem.line
    ]
    if script is not None:
        lines += [command.line for commands in script.groups.values() for command in commands]
    lines += [stage.line for stage in image.stages] + [block.line for block in blocks.blocks]
    assert [line for line in lines if not 1 <= line <= last] == []
