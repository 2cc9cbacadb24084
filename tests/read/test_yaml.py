"""YAML as repositories write it: documents, tags, anchors, templates, broken files; values and their lines."""

from __future__ import annotations

import pytest

from mlscan.read.tree_builder import Scalar
from mlscan.types.source import Node
from read.showing import lines, plain, told, tree, values


def test_values_have_the_types_that_tools_give_them() -> None:
    text = """
    text: plain words
    quoted: "yes"
    yes_is_text: yes
    flag: true
    other: FALSE
    nothing:
    tilde: ~
    whole: -17
    real: 0.5
    small: 1e-3
    zero_first: 0123
    date: 2026-01-31
    time: 12:30:45
    version: 1.2.3
    list: [1, two, null]
    empty_map: {}
    empty_list: []
    """
    assert values(text, "a.yaml") == [
        {
            "text": "plain words",
            "quoted": "yes",
            "yes_is_text": "yes",
            "flag": True,
            "other": False,
            "nothing": None,
            "tilde": None,
            "whole": -17,
            "real": 0.5,
            "small": 0.001,
            "zero_first": "0123",
            "date": "2026-01-31",
            "time": "12:30:45",
            "version": "1.2.3",
            "list": [1, "two", None],
            "empty_map": {},
            "empty_list": [],
        }
    ]


@pytest.mark.parametrize("number", ["12345678901234567890", "1e400", "123e456", "1" * 5_000])
def test_a_number_that_would_lose_digits_stays_text(number: str) -> None:
    assert values(f"a: {number}", "a.yaml") == [{"a": number}]


def test_keys_stay_as_they_are_written() -> None:
    assert values("on: {push: {}}\n1: a\n~: b\ntrue: c\n", "a.yml") == [
        {"on": {"push": {}}, "1": "a", "~": "b", "true": "c"}
    ]


def test_a_child_has_the_line_of_its_key_and_an_item_the_line_it_begins_at() -> None:
    text = """\
    # comment
    train:
      steps:
        - name: one
          run: |
            first
            second

        - two
      folded: >
        x
    last:
      far below
    """
    assert lines(tree(text, "a.yaml").documents[0]) == {
        "train": 2,
        "train.steps": 3,
        "train.steps[0]": 4,
        "train.steps[0].name": 4,
        "train.steps[0].run": 5,
        "train.steps[1]": 9,
        "train.folded": 10,
        "last": 12,
    }


def test_documents_are_read_one_by_one_and_empty_ones_left_out() -> None:
    found = tree("---\n# nothing\n---\nkind: A\n---\nkind: B\n...\n---\n- 1\n", "a.yaml")
    assert [plain(d) for d in found.documents] == [{"kind": "A"}, {"kind": "B"}, [1]]
    assert [d.line for d in found.documents] == [4, 6, 9]


def test_a_repeated_key_keeps_the_last_value_with_its_line() -> None:
    found = tree("a: 1\nb: 2\na: 3\n", "a.yaml").documents[0]
    assert plain(found) == {"a": 3, "b": 2}
    assert lines(found)["a"] == 3


@pytest.mark.parametrize(
    ("text", "tag", "value"),
    [
        ("a: !Ref Bucket", "!Ref", "Bucket"),
        ("a: !Sub '${A}-x'", "!Sub", "${A}-x"),
        ("a: !GetAtt [x, y]", "!GetAtt", ["x", "y"]),
        ("a: !include other.yml", "!include", "other.yml"),
        ("a: !reference [.setup, script]", "!reference", [".setup", "script"]),
        ("a: !Join ['-', [x, 1]]", "!Join", ["-", ["x", 1]]),
        ("a: !If {x: 1}", "!If", {"x": 1}),
        ("a: !!python/object/apply:os.system ['x']", None, ["x"]),
        ("a: !!str 12", None, "12"),
        ("a: !!int '12'", None, 12),
        ("a: !<tag:example.org,2026:x> y", "tag:example.org,2026:x", "y"),
    ],
)
def test_unknown_tags_are_kept_and_never_run(text: str, tag: str | None, value: object) -> None:
    node = tree(text, "a.yaml").documents[0].get("a")
    assert node is not None
    assert (node.tag, plain(node)) == (tag, value)


def test_an_alias_is_what_its_anchor_is_at_the_line_of_the_alias() -> None:
    found = tree("base: &b\n  image: x\nuse: *b\nlist: [*b]\n", "a.yaml").documents[0]
    assert plain(found) == {"base": {"image": "x"}, "use": {"image": "x"}, "list": [{"image": "x"}]}
    assert found.map["use"].line == 3


def test_merge_keys_give_way_to_what_is_written_and_the_first_of_several_wins() -> None:
    text = """
    a: &a {x: 1, y: 1}
    b: &b {y: 2, z: 2}
    one: {<<: *a, y: 9}
    two:
      <<: [*a, *b]
      w: 3
    """
    found = tree(text, "a.yaml").documents[0]
    assert plain(found.map["one"]) == {"x": 1, "y": 9}
    assert plain(found.map["two"]) == {"x": 1, "y": 1, "z": 2, "w": 3}
    assert found.map["two"].map["z"].line == 3


def test_a_merge_of_something_that_is_no_map_is_a_key() -> None:
    assert values("a:\n  <<: text\n", "a.yaml") == [{"a": {"<<": "text"}}]


@pytest.mark.parametrize(
    ("text", "documents", "line"),
    [
        ("a: 1\n---\nb: [\n---\nc: 3\n", [{"a": 1}, {"b": []}, {"c": 3}], 4),
        ('a: 1\n---\nb: "open\n---\nc: 3\n', [{"a": 1}, {}, {"c": 3}], 4),
        ("a: 1\n---\nb:\n  - 2\n c: 3\n---\nd: 4\n", [{"a": 1}, {"b": [2]}, {"d": 4}], 5),
        ("a: 1\nb:\n\t- x\n---\nc: 2\n", [{"a": 1}, {"c": 2}], 3),
        ("a: @x\n---\nb: 1\n", [{}, {"b": 1}], 1),
    ],
)
def test_a_broken_document_loses_only_what_comes_after_the_error_in_it(
    text: str, documents: list[object], line: int
) -> None:
    found = tree(text.encode(), "a.yaml")
    assert [plain(d) for d in found.documents] == documents
    assert told(found.problems) == [(line, "broken YAML")]


def test_merge_conflicts_are_a_problem() -> None:
    found = tree("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n", "a.yaml")
    assert [reason for _, reason in told(found.problems)] == ["broken YAML"]
    assert plain(found.documents[0]) == {"a": 1}


def test_unknown_and_recursive_aliases_are_null_and_told() -> None:
    found = tree("a: *nobody\nb: &b [1, *b]\nc: 1\n", "a.yaml")
    assert plain(found.documents[0]) == {"a": None, "b": [1, None], "c": 1}
    assert told(found.problems) == [(1, "unknown alias"), (2, "unknown alias")]


def test_a_key_that_is_a_list_is_told_and_its_value_kept() -> None:
    found = tree("? [a, b]\n: 1\nc: 2\n", "a.yaml")
    assert told(found.problems) == [(1, "key that is no scalar")]
    assert plain(found.documents[0]) == {"": 1, "c": 2}


# --- templates --------------------------------------------------------------------------------------------------------


def test_a_helm_template_keeps_its_values_and_lines() -> None:
    text = """\
    {{- if .Values.enabled }}
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: {{ include "app.name" . }}
      labels:
        {{- include "app.labels" . | nindent 4 }}
    spec:
      template:
        spec:
          containers:
            - name: {{ .Chart.Name }}
              image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default "latest" }}"
              {{- with .Values.resources }}
              resources:
                {{- toYaml . | nindent 12 }}
              {{- end }}
              ports:
                {{- range .Values.ports }}
                - containerPort: {{ . }}
                {{- end }}
    {{- end }}
    """
    found = tree(text, "templates/deployment.yaml")
    assert found.templated
    assert found.problems == ()
    container = found.documents[0].get("spec", "template", "spec", "containers")
    assert container is not None
    assert plain(container.items[0]) == {
        "name": "{{ .Chart.Name }}",
        "image": '{{ .Values.image.repository }}:{{ .Values.image.tag | default "latest" }}',
        "resources": None,
        "ports": [{"containerPort": "{{ . }}"}],
    }
    assert lines(found.documents[0])["spec.template.spec.containers[0].ports[0].containerPort"] == 20


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("m: {name: {{ .Values.name }}}", {"m": {"name": "{{ .Values.name }}"}}),
        ("m: {a: {b: {{ .x }}}, c: {{ .y }}}", {"m": {"a": {"b": "{{ .x }}"}, "c": "{{ .y }}"}}),
        ("m: {{ {'a': 1}}}", {"m": "{{ {'a': 1}}}"}),
        ("m: {{{ raw }}}", {"m": "{{{ raw }}}"}),
        ('labels:{{ include "x" . | nindent 2 }}', {"labels": '{{ include "x" . | nindent 2 }}'}),
        ("{{ if x }}\nurl: http:{{ .x }}\n{{ end }}", {"url": "http:{{ .x }}"}),
        ("{{ .key }}: 1", {"{{ .key }}": 1}),
        ("a: {{/* said\nbefore */}} 1\nb: 2", {"a": 1, "b": 2}),
        ("a: x/{{ .one\n  }}/y\nb: 2\n{{ if c }}\nc: 1\n{{ end }}", {"a": "x/{{ .one\n  }}/y", "b": 2, "c": 1}),
        ("l:\n  - {{- if .h }}\n    host: x\n    {{- end }}\n    port: 1", {"l": [{"host": "x", "port": 1}]}),
        ('l:\n  - {{ include "x" . }}\n', {"l": ['{{ include "x" . }}']}),
    ],
)
def test_expressions_stand_where_yaml_would_not_have_them(text: str, value: object) -> None:
    found = tree(text.encode(), "templates/a.yaml")
    assert ([plain(d) for d in found.documents], found.templated) == ([value], True)


@pytest.mark.parametrize(
    "text",
    [
        "{% if cookiecutter.x %}\na: 1\n{% endif %}\nb: {{ cookiecutter.name }}\n{# said #}\n",
        "%{ if x }\na: 1\n%{ endif ~}\nb: {{ cookiecutter.name }}\n\n",
        "<% if x %>\na: 1\n<% end %>\nb: {{ cookiecutter.name }}\n\n",
    ],
)
def test_statements_of_jinja_terraform_and_erb_are_blanked(text: str) -> None:
    found = tree(text.encode(), "a.yml")
    assert [plain(d) for d in found.documents] == [{"a": 1, "b": "{{ cookiecutter.name }}"}]
    assert lines(found.documents[0]) == {"a": 2, "b": 4}


def test_terraform_statements_are_read_without_other_markers() -> None:
    found = tree('%{ for p in all ~}\n- id: ${ p.id }\n  said: "%{host}"\n%{ endfor ~}\n', "a.yaml.tmpl")
    assert [plain(d) for d in found.documents] == [[{"id": "${ p.id }", "said": "%{host}"}]]


def test_names_in_braces_at_the_begin_of_a_value_are_text() -> None:
    assert [plain(d) for d in tree("image: {user}/app:1\nflow: {a: 1}\n", "a.yaml").documents] == [
        {"image": "{user}/app:1", "flow": {"a": 1}}
    ]


@pytest.mark.parametrize(
    "text",
    [
        "on: push\nname: ${{ github.ref }}\nrun: echo ${{ matrix.x }}\n",
        "run: docker ps --format '{{.Names}}'\n",
        "run: echo ${#items[@]} {{\n",
    ],
)
def test_braces_in_text_do_not_make_a_template(text: str) -> None:
    found = tree(text.encode(), ".github/workflows/a.yml")
    assert not found.templated
    assert found.problems == ()


def test_the_head_of_a_prompt_file_is_its_tree() -> None:
    assert values("---\nname: x\nmodel: {api: chat}\n---\nsystem:\nYou: [are\n", "a.prompty") == [
        {"name": "x", "model": {"api": "chat"}}
    ]


def test_the_services_of_a_compose_file_with_shared_parts() -> None:
    text = """
    x-common: &common
      image: "registry/app:${TAG:-latest}"
      environment: [A=1]
    services:
      train:
        <<: *common
        command: python train.py
        depends_on: {db: {condition: service_healthy}}
      db: {image: postgres:16, ports: ["5432:5432", 22:22]}
    """
    services = tree(text, "docker-compose.yml").documents[0].map["services"]
    assert plain(services) == {
        "train": {
            "image": "registry/app:${TAG:-latest}",
            "environment": ["A=1"],
            "command": "python train.py",
            "depends_on": {"db": {"condition": "service_healthy"}},
        },
        "db": {"image": "postgres:16", "ports": ["5432:5432", "22:22"]},
    }
    assert {name: node.line for name, node in services.map.items()} == {"train": 6, "db": 10}


def test_text_of_a_node() -> None:
    given: list[Scalar | tuple[Node, ...] | dict[str, Node]] = [True, 2, 0.5, "x", None, (), {}]
    assert [Node(value, 1).text for value in given] == ["true", "2", "0.5", "x", "", "", ""]
