"""The Markdown report: what a reviewer reads in a pull request, whatever a repository is called."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mlscan.report import render
from mlscan.report.markdown import LONGEST
from mlscan.report.markdown_text import code, text
from mlscan.types.assessment import Assessment
from mlscan.types.evidence import Gap, Location
from report.factory import HOSTILE, MARKUP, STARTER, STORIES, assessment, hostile, level_0, level_2, level_4
from report.pages import Page

OURS = {
    *("h2", "h3", "p", "strong", "em", "code", "table", "thead", "tbody", "tr", "th", "td", "ol", "ul", "li"),
    *("details", "summary", "br", "sub", "a", "pre"),
}


def to_html(markdown: str) -> str:
    """As a strict renderer shows it, raw HTML included."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    html: str = parser.render(markdown)
    return html


def page(story: Assessment) -> Page:
    return Page(to_html(render(story, "markdown")))


def test_the_verdict_is_the_first_line() -> None:
    first = {name: render(story(), "markdown").split("\n", 1)[0] for name, story in STORIES.items()}
    assert first["level-4"] == "## ML process: level 4 of 5, Specialization"
    assert first["level-2"] == "## ML process: level 2 of 5, R&amp;D"
    assert first["level-0"] == "## ML process: a level does not apply (not-ml)"


def test_floor_ceiling_ladder_profile_steps_and_gaps_are_there() -> None:
    shown = page(level_4()).text
    for words in (
        "It could be level 5 : not everything could be seen.",
        "4 Specialization ◀ here ██████████ 5 of 5",
        "5 Automate it (could be) ███░░░░░░░ 1 of 3",
        "Engineering Experiments Data Pipeline Delivery Operation People 4 5 2 (could be 5)",
        "Missing for level 5, Automate it Feature store can be seen (small effort)",
        "Set up feature-store where the training code lives, and let CI run it.",
        "Could not be read: 9 larger than the limit: data/part-0.json",
        "Hint: Fetch the whole history",
    ):
        assert words in shown


def test_evidence_is_linked_at_the_revision() -> None:
    revision = "3f2c1a9d2e" * 4
    links = page(level_4()).values("href", "a")
    assert f"https://github.com/acme/churn/blob/{revision}/.github/workflows/ci.yml#L14" in links
    assert {x.split("/")[2] for x in links} == {"github.com"}
    assert page(level_2()).values("href", "a") == []


def test_a_starter_is_folded_below_its_step_and_nothing_ends_it_early() -> None:
    html = to_html(render(level_4(), "markdown"))
    assert "<summary>To start with: add to the end of ci.sh</summary>" in html
    (block,) = re.findall(r"<pre><code>(.*?)</code></pre>", html, re.S)
    assert unescape(block) == STARTER.text
    assert html.index("<pre>") < html.index("Auto retraining can be seen")
    assert "With it level 5 is reached." in Page(html).text


def test_the_place_that_a_reason_names_is_the_link() -> None:
    story = level_4()
    why = "Runs are logged (src/train.py:41, and 2 more files)."
    levels = tuple(replace(x, criteria=tuple(replace(c, why=why) for c in x.criteria)) for x in story.levels)
    markdown = render(replace(story, levels=levels), "markdown")
    assert "| Runs are logged ([`src/train.py:41`](https://github.com/acme/churn/blob/" in markdown
    assert "src/train.py#L41), and 2 more files). |" in markdown


def test_a_target_is_the_goal() -> None:
    story = level_2()
    reached = render(replace(story, target=2, next=()), "markdown")
    assert "Target: level 2, reached: enough for this target." in reached
    assert "### Missing" not in reached
    far = replace(story, target=4, next=(*story.next, replace(story.next[0], level=4, title="Watched")))
    assert "### Missing for level 4, Specialization" in render(far, "markdown")
    assert "**Watched**" in render(far, "markdown")


def test_where_a_level_means_nothing_there_is_no_ladder_and_nothing_is_missing() -> None:
    shown = page(level_0()).text
    assert "no code that trains or applies a model was found" in shown
    assert not re.search("Missing|here|Asked", shown)


def test_how_to_report_a_wrong_verdict_is_one_line_with_its_id() -> None:
    (line,) = [x for x in render(level_2(), "markdown").splitlines() if "A verdict is wrong?" in x]
    assert "mlscan:ml-process/ml-code-there" in line
    assert "mlscan.toml" in line


def test_an_uncommitted_change_is_said_beside_links() -> None:
    story = level_4()
    dirty = replace(story, repository=replace(story.repository, dirty=True))
    assert "with uncommitted changes (links show the commit without them)" in page(dirty).text


@pytest.mark.parametrize("attack", [HOSTILE, MARKUP], ids=["terminal", "markup"])
def test_nothing_of_a_repository_is_markup(attack: str) -> None:
    shown = page(hostile(attack))
    assert set(shown.tags) <= OURS
    assert shown.values("href") == []
    assert {name for _, name, _ in shown.attributes} <= {"style"}, "only what the renderer sets for aligned columns"
    assert len(shown.headings) == len(page(hostile("plain")).headings)


def test_a_table_keeps_its_columns_whatever_is_in_a_cell() -> None:
    for attack in (MARKUP, "a\\|b", "|", "\\", "`|`", "``|", "a`|`b\\"):
        html = to_html(render(hostile(attack), "markdown"))
        rows = re.findall(r"<tr>(.*?)</tr>", html, re.S)
        plain = re.findall(r"<tr>(.*?)</tr>", to_html(render(hostile("plain"), "markdown")), re.S)
        assert [len(re.findall("<t[hd]", r)) for r in rows] == [len(re.findall("<t[hd]", r)) for r in plain]


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn")), max_size=60)
NASTY = st.text(st.sampled_from("\\`*_[]()<>|~$#!@&;:/.-+= a1wx\"'{}"), max_size=40)


def _shown(markdown: str) -> str:
    return Page(to_html(markdown)).text.replace("\u200b", "")


def _plain(words: str) -> str:
    return " ".join(words.split())


@settings(max_examples=300, deadline=None)
@given(WORDS | NASTY)
def test_text_and_code_read_as_they_were(words: str) -> None:
    assert _shown(f"- x {text(words)}") == _plain(f"x {words}")
    assert _shown(f"- x {code(words)}") == _plain(f"x {words}")
    assert _plain(_shown(f"| a | b |\n| --- | --- |\n| {text(words)} | {code(words)} |")).startswith("a b")


@settings(max_examples=300, deadline=None)
@given(NASTY)
def test_escaped_text_is_a_paragraph_wherever_it_stands(words: str) -> None:
    for place in ("{}", "- {}", "1. {}", "> {}"):
        tags = Page(to_html(place.format(text(words)))).tags
        assert set(tags) <= {"p", "ul", "ol", "li", "blockquote"}
        assert len(tags) <= 3


@pytest.mark.parametrize("mention", ["@acme/ml", "see @lead, please", "#12", "owner/name#12", "!3", "a@b.example"])
def test_nobody_is_mentioned(mention: str) -> None:
    assert not re.search(r"@\w|[#!]\d", _raw(text(mention)))


def _raw(markdown: str) -> str:
    """The text that a forge searches for mentions: rendered, with what cannot be seen."""
    return Page(to_html(markdown)).text


@pytest.mark.parametrize(
    "link", ["https://evil.example", "http://evil.example/a", "www.evil.example", "WWW.evil.example"]
)
def test_addresses_in_text_are_no_links(link: str) -> None:
    assert not re.search(r"(?i)https?://|www\.", text(link))
    assert _shown(text(link)) == link


def big() -> Assessment:
    """More of everything than a comment can hold, in letters that need escaping."""
    story = level_4()
    long = "<&|" * 200
    return replace(
        story,
        hints=(long,) * 50,
        kind_reasons=(long,),
        gaps=tuple(Gap(f"{n}/{long}", f"{n} {long}") for n in range(300)),
        rejections=tuple(replace(level_2().rejections[0], practice=p.id, reason=long) for p in story.practices) * 9,
        evidence=tuple(replace(e, excerpt=long[:200], where=Location(long, 1)) for e in story.evidence),
        levels=tuple(replace(x, criteria=tuple(replace(c, why=long) for c in x.criteria) * 20) for x in story.levels),
        next=tuple(replace(story.next[0], how=long, title=long) for _ in range(50)),
    )


def test_it_fits_a_comment_and_says_what_was_left_out() -> None:
    markdown = render(big(), "markdown")
    assert len(markdown) <= LONGEST < 65_536
    assert len(markdown.encode()) < 262_144
    assert "More than a comment can hold is left out here" in markdown
    assert set(Page(to_html(markdown)).tags) <= OURS
    assert len(render(level_4(), "markdown")) < 12_000


def test_the_highest_level_has_nothing_missing() -> None:
    assert "### This is the top of the ladder" in render(assessment(5), "markdown")
