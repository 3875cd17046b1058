"""Console blocks of pages: the commands behind `$`, and what they print, where `...` stands for anything."""

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass
class Step:
    """A command of the page, and what it prints there."""

    command: str
    printed: list[str]


def steps(text: str) -> list[Step]:
    """The commands of all console blocks, in order."""
    found: list[Step] = []
    for block in _BLOCK.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Step(line[2:], []))
            else:
                found[-1].printed.append(line)
    return found


def matches(output: str, printed: list[str]) -> bool:
    """Whether an output is what the page shows; `...` stands for anything, a line of them for any lines."""
    pattern = "\n".join(
        ".*" if line == "..." else re.escape(line).replace(r"\.\.\.", "[^\n]*") for line in printed
    )
    return re.fullmatch(pattern, output.strip("\n"), re.DOTALL) is not None
