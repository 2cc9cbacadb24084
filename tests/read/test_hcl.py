"""Terraform files: blocks with their labels, lines, depths and texts."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlscan.read.hcl import Block, parse_hcl
from read.showing import told


def blocks(text: str) -> list[tuple[str, tuple[str, ...], int, int]]:
    """Blocks of a file without problems as (type, labels, line, depth)."""
    found = parse_hcl(dedent(text).encode())
    assert found.problems == ()
    return [(b.type, b.labels, b.line, b.depth) for b in found]


def only(text: str) -> Block:
    """The first block of a file."""
    return parse_hcl(dedent(text).encode()).blocks[0]


def test_blocks_have_types_labels_lines_and_depth() -> None:
    text = """\
    # resource "commented" "out" {}
    terraform {
      backend "s3" {}
    }

    resource "aws_s3_bucket" "data" {
      bucket = "x"
      lifecycle { prevent_destroy = true }
      dynamic "rule" {
        for_each = var.rules
        content {
          id = rule.value
        }
      }
    }
    module "training" {
      source = "../modules/training"
    }
    /* module "commented" {
    } */
    variable plain { type = string }
    """
    assert blocks(text) == [
        ("terraform", (), 2, 0),
        ("backend", ("s3",), 3, 1),
        ("resource", ("aws_s3_bucket", "data"), 6, 0),
        ("lifecycle", (), 8, 1),
        ("dynamic", ("rule",), 9, 1),
        ("content", (), 11, 2),
        ("module", ("training",), 16, 0),
        ("variable", ("plain",), 21, 0),
    ]


def test_attributes_that_are_a_text_are_kept_and_all_others_are_empty() -> None:
    text = """
    module "m" {
      source  = "git::https://x/y.git//z?ref=v1" # said
      version = "~> 1.0"
      count   = var.on == "yes" ? 1 : 0
      name    = var.name
      size    = 3
      list    = ["a", "b"]
      object  = { source = "inner" }
      text    = upper("x")
      joined  = "a" + "b"
      nested {
        source = "nested"
      }
    }
    """
    assert only(text).attributes == {
        "source": "git::https://x/y.git//z?ref=v1",
        "version": "~> 1.0",
        "count": "",
        "name": "",
        "size": "",
        "list": "",
        "object": "",
        "text": "",
        "joined": "",
    }


@pytest.mark.parametrize(
    "value",
    [
        '"plain"',
        '"{ open"',
        '"close }"',
        '"# no comment"',
        '"// none"',
        '"say \\"hi\\" {"',
        '"${var.a["key"]}"',
        '"${format("{%s", "x")}"',
        '"${merge({ a = "}" }, { "b" = "{" })}"',
        '"$${not} %%{not}"',
        '"%{ if x }a%{ else }{%{ endif }"',
        '"${"${"deep"}"}"',
    ],
)
def test_braces_quotes_and_marks_inside_a_text_stay_inside(value: str) -> None:
    text = f'a "x" {{\n  name = {value}\n  last = "end"\n}}\nb "y" {{}}\n'
    found = parse_hcl(text.encode())
    assert found.problems == ()
    assert [(b.type, b.line, b.depth) for b in found] == [("a", 1, 0), ("b", 5, 0)]
    assert found.blocks[0].attributes == {"name": value[1:-1], "last": "end"}


def test_a_here_document_is_text() -> None:
    text = """\
    resource "x" "y" {
      policy = <<-EOT
        resource "no" "block" {
          EOT-like
        "open
        EOT
      plain = <<EOF
    } }
    EOF
      name = "n"
    }
    resource "z" "w" {}
    """
    assert [(kind, line) for kind, _, line, _ in blocks(text)] == [("resource", 1), ("resource", 12)]
    assert only(text).attributes == {"policy": "", "plain": "", "name": "n"}


def test_a_value_in_brackets_goes_on_over_lines() -> None:
    text = """
    a {
      tags = merge(
        local.tags,
        {
          b = "c"
        },
      )
      list = [
        for k, v in var.m : {
          name = k
        }
      ]
      name = "n"
    }
    """
    assert [kind for kind, *_ in blocks(text)] == ["a"]
    assert only(text).attributes == {"tags": "", "list": "", "name": "n"}


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_of_every_kind(end: str) -> None:
    text = f'\ufeffa "x" {{{end}  b = "c"{end}}}{end}d {{}}{end}'
    assert [(b.type, b.line, dict(b.attributes)) for b in parse_hcl(text.encode())] == [
        ("a", 1, {"b": "c"}),
        ("d", 4, {}),
    ]


@pytest.mark.parametrize(
    ("text", "kinds", "problem"),
    [
        ('a {\n b = "open\n c = "y"\n}\nd {}\n', ["a", "d"], (2, "text without an end")),
        ("a {\n b = <<E\n c {}\n", ["a"], (2, "text without an end")),
        ('a {\n b = "${\n}\nd {}\n', ["a", "d"], (2, "text without an end")),
        ("a {\n b {\n}\n", ["a", "b"], (1, "block without an end")),
    ],
)
def test_what_is_broken_is_told_and_the_rest_is_read(text: str, kinds: list[str], problem: tuple[int, str]) -> None:
    found = parse_hcl(text.encode())
    assert [b.type for b in found] == kinds
    assert told(found.problems) == [problem]


@pytest.mark.parametrize("text", ["", "\n", "}}}", "3", "[1]", "= {}", '"a" {}'])
def test_files_without_blocks_have_none(text: str) -> None:
    assert blocks(text) == []
