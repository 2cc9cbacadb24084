"""A page as its reader meets it: elements, texts and links in order."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "rect"}


class Page(HTMLParser):
    """Collects what a test asks for; a tag that is closed in the wrong order is an error."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        """Tag, attribute, value."""
        self.texts: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    @property
    def text(self) -> str:
        """All text outside of style, with single spaces."""
        return " ".join(" ".join(self.texts).split())

    def values(self, attribute: str, tag: str | None = None) -> list[str]:
        """Values of an attribute, of one tag or of all."""
        return [v for t, a, v in self.attributes if a == attribute and tag in (None, t)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append((int(tag[1]), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.texts.append(data)
        if self.headings and any(t in self._open for t in ("h1", "h2", "h3", "h4")):
            level, words = self.headings[-1]
            self.headings[-1] = (level, (words + data).strip())
