"""Every example in the documentation runs: README, docs and the stories, block after block.

All ``python`` blocks of one page share their names, as on the page. A page is run in an empty
directory. A block that cannot run everywhere is marked ``python no-run`` and only has to parse.
"""

import ast
import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmcore import Crm

ROOT = Path(__file__).parents[2]
GENERATED = {"_build", "jupyter_execute", "generated"}
STORY_LINES = 150

FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`\n]*)\n(?P<code>.*?)^ *(?P=ticks)`* *$",
    re.MULTILINE | re.DOTALL,
)
RUN = {"python", "pycon", "{code-cell}", "{code-cell} python", "{code-cell} ipython3"}
PARSED = {"python no-run"}


def pages() -> list[Path]:
    """Every page that may hold examples."""
    found = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/scenarios/*.md")]
    return sorted(page for page in found if not GENERATED & set(page.parts))


def blocks(text: str, marks: set[str]) -> Iterator[tuple[int, str]]:
    """The blocks with one of the marks, each with the number of its first line."""
    for match in FENCE.finditer(text):
        if match["info"].strip() in marks:
            lines = match["code"].splitlines()
            code = [line.removeprefix(match["indent"]) for line in lines]
            # Options of a code cell look like comments of a directive.
            code = ["" if re.match(r":[a-z-]+:", line) else line for line in code]
            yield text.count("\n", 0, match.start("code")) + 1, "\n".join(code) + "\n"


def run_page(name: str, text: str) -> dict[str, Any]:
    """The names a page leaves behind, after all its examples ran."""
    names: dict[str, Any] = {"__name__": "example"}
    try:
        for line, code in blocks(text, RUN):
            run_block(name, line, code, names)
        for line, code in blocks(text, PARSED):
            ast.parse("\n" * (line - 1) + code, name)
    finally:
        for value in names.values():
            if isinstance(value, Crm):
                value.close()
    return names


def run_block(name: str, line: int, code: str, names: dict[str, Any]) -> None:
    """Run one block, with its prompts and answers if it has any."""
    if not code.lstrip().startswith(">>>"):
        exec(compile("\n" * (line - 1) + code, name, "exec"), names)  # noqa: S102 - our own pages
        return
    test = doctest.DocTestParser().get_doctest(code, names, name, name, line - 1)
    said: list[str] = []
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    runner = doctest.DocTestRunner(optionflags=flags)
    runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert runner.failures == 0, "".join(said)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_examples_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    run_page(str(page), page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "page", [*ROOT.glob("tests/scenarios/*.md")], ids=lambda page: str(page.name)
)
def test_a_story_is_short(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= STORY_LINES


def test_blocks_of_a_page_share_their_names() -> None:
    page = "```python\nx = 1\n```\nText.\n\n  ```python\n  y = x + 1\n  ```\n"

    assert run_page("a.md", page)["y"] == 2


def test_a_block_that_fails_is_found_with_its_line() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run_page("a.md", "# Title\n\n```python\nx = 1\nx / 0\n```\n")

    assert caught.traceback[-1].lineno + 1 == 5


def test_an_answer_that_differs_is_found() -> None:
    assert run_page("a.md", "```pycon\n>>> x = 2\n>>> x + 1\n3\n```\n")["x"] == 2
    with pytest.raises(AssertionError, match="Expected:"):
        run_page("a.md", "```python\n>>> 1 + 1\n3\n```\n")


def test_code_cells_are_run_without_their_options() -> None:
    page = "```{code-cell} python\n:tags: [hide-input]\nx = 1\n```\n"

    assert run_page("a.md", page)["x"] == 1


def test_other_blocks_are_not_run() -> None:
    page = "```text\nraise\n```\n```python no-run\nraise SystemExit\n```\n```console\n$ nox\n```\n"

    assert run_page("a.md", page) == {"__name__": "example"}


def test_a_block_that_is_not_run_still_has_to_parse() -> None:
    with pytest.raises(SyntaxError):
        run_page("a.md", "```python no-run\ndef\n```\n")
