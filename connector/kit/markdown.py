"""Turns simple HTML, as platforms keep texts, back into Markdown.

Pure. It knows no platform: what Markdown a platform turns into which HTML is handed
in, and a text that would not come back the same is never passed off as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_LISTS = ("ul", "ol")
_BLOCKS = ("p", "div", *_LISTS, "li")
_EMPTY = ("br", "hr", "img", "input")
_SPECIAL = re.compile(r"[\\`*_\[\]<>&#+\-.!()|~=]")
_SPACE = re.compile(r"[ \t\r\n]+")


def markdown_of(html: str, render: Callable[[str], str]) -> str | None:
    """Return Markdown that `render` turns into exactly this HTML.

    Returns none where there is no such Markdown: the HTML holds what it cannot say.
    """
    tree = _Tree()
    tree.feed(html)
    tree.close()
    for is_escaped in (False, True):
        found = _Writer(is_escaped=is_escaped).document(tree.root)
        if render(found) == html:
            return found
    return None


@dataclass(slots=True)
class _Node:
    """An element, or the root, with texts and elements in it."""

    tag: str
    href: str = ""
    children: list[_Node | str] = field(default_factory=list)


class _Tree(HTMLParser):
    """Builds a tree of elements; an end tag without a start is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, dict(attrs).get("href") or "")
        self._open[-1].children.append(node)
        if tag not in _EMPTY:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        tags = [node.tag for node in self._open]
        if tag in tags:
            del self._open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes a tree; with `is_escaped` no character of a text means anything."""

    is_escaped: bool

    def document(self, root: _Node) -> str:
        return "\n\n".join(self._blocks(root))

    def _blocks(self, node: _Node) -> Iterator[str]:
        """Yield the blocks of a node; texts beside blocks are one of their own."""
        run: list[_Node | str] = []
        for child in [*node.children, _Node("p")]:
            if isinstance(child, str) or child.tag not in _BLOCKS:
                run.append(child)
                continue
            if text := self._inline(run):
                yield text
            run = []
            if child.tag in _LISTS:
                yield "\n".join(self._items(child))
            else:
                yield from self._blocks_within(child)

    def _blocks_within(self, node: _Node) -> Iterator[str]:
        has_blocks = any(
            isinstance(child, _Node) and child.tag in _BLOCKS for child in node.children
        )
        if has_blocks:
            yield from self._blocks(node)
        elif text := self._inline(node.children):
            yield text

    def _items(self, node: _Node) -> Iterator[str]:
        items = [one for one in node.children if isinstance(one, _Node)]
        for number, item in enumerate(items, 1):
            mark = f"{number}. " if node.tag == "ol" else "- "
            text = "\n".join(self._blocks(item))
            first, *rest = text.split("\n")
            yield mark + first
            indent = " " * len(mark)
            yield from (indent + line if line else "" for line in rest)

    def _inline(self, nodes: list[_Node | str]) -> str:
        return "".join(map(self._span, nodes)).strip()

    def _span(self, node: _Node | str) -> str:
        if isinstance(node, str):
            text = _SPACE.sub(" ", node)
            return _SPECIAL.sub(r"\\\g<0>", text) if self.is_escaped else text
        inner = "".join(map(self._span, node.children))
        if node.tag == "br":
            return "\\\n"
        if node.tag == "a":
            return f"[{inner}]({node.href})"
        if node.tag == "code":
            return f"`{inner}`"
        mark = _MARKS.get(node.tag, "")
        return f"{mark}{inner}{mark}"
