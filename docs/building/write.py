"""Write the parts of the documentation that come from the code: `python docs/building/write.py`.

A part of a page stands between `<!-- from the code: BLOCK MODEL -->` and `<!-- end -->`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from arm_priors import arm_priors
from command_reference import command_reference
from model_tables import BLOCKS, figure_file, models
from path_figures import path_figure, svg
from retold import RETOLD

DOCS = Path(__file__).resolve().parents[1]
OF_ALL_MODELS = {**RETOLD, "arm_priors": arm_priors}
PART = re.compile(r"(<!-- from the code: (\w+)(?: (\w+))? -->\n).*?(<!-- end -->)", re.S)


def with_parts(text: str) -> str:
    """A page with each of its parts written anew."""

    def written(part: re.Match[str]) -> str:
        content = BLOCKS[part[2]](part[3]) if part[3] else OF_ALL_MODELS[part[2]]()
        return f"{part[1]}\n{content}\n{part[4]}"

    return PART.sub(written, text)


def parts() -> Iterator[tuple[Path, str]]:
    """Every file that holds something from the code, with the text it has to have."""
    yield DOCS / "commands.md", command_reference()
    for model in models():
        yield DOCS / figure_file(model), svg(path_figure(model))
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text("utf-8")
        if PART.search(text):
            yield page, with_parts(text)


if __name__ == "__main__":
    (DOCS / "figures").mkdir(exist_ok=True)
    for path, text in parts():
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(path.relative_to(DOCS.parent))
