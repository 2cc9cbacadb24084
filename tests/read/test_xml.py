"""XML: elements as maps, with lines; entities are never declared and nothing outside is opened."""

from __future__ import annotations

import pytest

from read.showing import lines, plain, told, tree, values


def test_elements_attributes_and_text() -> None:
    text = """\
    <?xml version="1.0" encoding="UTF-8"?>
    <!-- said -->
    <m:project xmlns:m="http://x" name="p">
      <dependency scope="test">
        <artifactId>weka &amp; co</artifactId>
      </dependency>
      <dependency>
        <artifactId><![CDATA[<x>]]></artifactId>
      </dependency>
      <modules/>
      text
    </m:project>
    """
    found = tree(text, "pom.xml")
    assert found.problems == ()
    assert plain(found.documents[0]) == {
        "project": {
            "@m": "http://x",
            "@name": "p",
            "dependency": [{"@scope": "test", "artifactId": "weka & co"}, {"artifactId": "<x>"}],
            "modules": None,
            "#text": "text",
        }
    }
    assert {key: line for key, line in lines(found.documents[0]).items() if "artifactId" in key} == {
        "project.dependency[0].artifactId": 5,
        "project.dependency[1].artifactId": 8,
    }


def test_a_broken_file_is_read_as_far_as_it_goes() -> None:
    found = tree("<a>\n<b>1</b>\n<c>2</d>\n</a>", "a.xml")
    assert plain(found.documents[0]) == {"a": {"b": "1", "c": None}}
    assert told(found.problems) == [(3, "broken XML")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings_that_the_file_declares(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    data = f'<?xml version="1.0" encoding="{declared}"?><a>é</a>'.encode(encoding)
    assert values(data, "a.xml") == [{"a": "é"}]


def test_a_document_type_without_entities_is_read() -> None:
    assert values('<!DOCTYPE a SYSTEM "http://x/y.dtd"><a><b>1</b></a>', "a.xml") == [{"a": {"b": "1"}}]


@pytest.mark.parametrize("path", ["pom.xml", "a/x.csproj", "Directory.Build.props", "model.pmml", "a.xml.template"])
def test_files_that_are_xml_by_their_path(path: str) -> None:
    assert values("<a/>", path) == [{"a": None}]
