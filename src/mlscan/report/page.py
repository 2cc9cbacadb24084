"""The page of a terminal report: its width, its signs, and lines that never run over."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from mlscan.report.clean import clean
from mlscan.report.options import RenderOptions

NARROWEST = 20


@dataclass(frozen=True, slots=True)
class Signs:
    """What bars, marks and cuts are drawn with."""

    full: str
    maybe: str
    empty: str
    mark: str
    cut: str


UNICODE = Signs(full="█", maybe="▒", empty="░", mark="▶", cut="…")
ASCII = Signs(full="#", maybe="?", empty=".", mark=">", cut="...")


def signs_for(encoding: str) -> Signs:
    """Unicode signs where the encoding can carry them, else ASCII."""
    try:
        "".join((UNICODE.full, UNICODE.maybe, UNICODE.empty, UNICODE.mark, UNICODE.cut)).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


class Page:
    """Collects lines of a report and prints them. Text given to it is cleaned and never read as markup."""

    def __init__(self, options: RenderOptions) -> None:
        self.options = options
        self.width = max(NARROWEST, options.width)
        self.signs = signs_for(options.encoding)
        self.lines: list[Text] = []
        self._console = Console(
            file=StringIO(),
            width=self.width,
            color_system="standard" if options.color else None,
            force_terminal=options.color,
            no_color=not options.color,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
        )

    def text(self, *parts: str | tuple[str, str]) -> Text:
        """A line of plain parts and (text, style) pairs, cleaned and fit for the output's encoding."""
        line = Text()
        for part in parts:
            words, style = (part, "") if isinstance(part, str) else part
            line.append(self.fit(words), style or None)
        return line

    def fit(self, words: str) -> str:
        """The words as this page can show them."""
        return clean(words).encode(self._encoding, "replace").decode(self._encoding)

    def add(self, line: Text, body: Text | None = None, *, indent: int = 0) -> None:
        """A line, or a label with a body beside it, wrapped; further lines start at `indent` columns.

        A label that leaves less than half of the page to its body gets a line of its own.
        """
        if body is None:
            self.lines += self._indented(line, indent)
        elif max(indent, cell_len(line.plain)) * 2 > self.width:
            self.lines += [*self._wrap(line, self.width), *self._indented(Text.assemble(" " * 4, body), 4)]
        else:
            self.lines += self._hang(line, body, max(indent, cell_len(line.plain)))

    def heading(self, words: str) -> None:
        """An empty line and a bold one."""
        self.lines.append(Text())
        self.add(self.text((words, "bold")))

    def print(self) -> str:
        """All lines as text that ends in a newline; empty lines never come in pairs."""
        blank = True
        for line in self.lines:
            line.rstrip()
            if blank and not line.plain:
                continue
            blank = not line.plain
            self._console.print(line, soft_wrap=True)
        output = self._console.file
        assert isinstance(output, StringIO)
        return output.getvalue()

    def squeeze(self, words: str, room: int) -> str:
        """The words in `room` columns: what is too long loses its middle, since names end in what matters."""
        words = self.fit(words)
        if cell_len(words) <= room:
            return words
        head = _prefix(words, max(0, (room - len(self.signs.cut)) // 3))
        tail = _prefix(words[::-1], max(0, room - len(self.signs.cut) - cell_len(head)))[::-1]
        return head + self.signs.cut + tail

    @property
    def _encoding(self) -> str:
        return self.options.encoding if self.signs is UNICODE else "ascii"

    def _hang(self, label: Text, body: Text, indent: int) -> list[Text]:
        rows = self._wrap(body, self.width - indent) or [Text()]
        pad = " " * (indent - cell_len(label.plain))
        return [Text.assemble(label, pad, rows[0]), *(Text.assemble(" " * indent, row) for row in rows[1:])]

    def _indented(self, line: Text, indent: int) -> list[Text]:
        lead = len(line.plain) - len(line.plain.lstrip(" "))
        rows = self._wrap(line[lead:], self.width - max(lead, indent))
        return [Text.assemble(" " * (indent if n else lead), row) for n, row in enumerate(rows)]

    def _wrap(self, line: Text, width: int) -> list[Text]:
        return list(line.wrap(self._console, max(1, width), overflow="fold"))


def _prefix(words: str, room: int) -> str:
    """As many of the first characters as fit into `room` columns."""
    used = 0
    for position, char in enumerate(words):
        used += cell_len(char)
        if used > room:
            return words[:position]
    return words
