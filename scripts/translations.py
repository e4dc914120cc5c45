"""The translations of the client: one source, desk_client/resources/i18n/zh_CN.ts.

.venv/bin/python -m scripts.translations update    take new strings from the code into the .ts
.venv/bin/python -m scripts.translations compile   make the .qm that the client loads
.venv/bin/python -m scripts.translations check     refuse what is not translated, or could not be
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree  # our own file, and what lupdate makes of our code
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "desk_client"
SOURCE = CLIENT / "resources" / "i18n" / "zh_CN.ts"
PLACE = re.compile(r"\{\w*\}")
Message = tuple[str, str]  # context, text


def main(arguments: list[str]) -> int:
    """Run one of the commands; 0 done, 1 refused with its reasons, 2 wrong usage."""
    commands = {"update": update, "compile": compile_all, "check": check}
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.stderr.write(__doc__ or "")
        return 2
    return commands[arguments[0]]()


def update() -> int:
    """Take what the code says into the .ts; strings that are gone are dropped."""
    SOURCE.parent.mkdir(parents=True, exist_ok=True)
    return lupdate(SOURCE)


def compile_all() -> int:
    """Make zh_CN.qm; unfinished strings are left English.

    A running client has the file mapped: one that was shortened under it would end it. So a new one takes its place.
    """
    target = SOURCE.with_suffix(".qm")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        outcome = run_tool("lrelease", "-silent", str(SOURCE), "-qm", str(unfinished))
        if outcome == 0:
            unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return outcome


def check() -> int:
    """Say everything that would leave English in a Chinese window."""
    faults = [*lint_sources(), *untranslated(), *stale()]
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


def lupdate(target: Path) -> int:
    """Extract the strings of all modules into `target`."""
    files = [str(path) for path in python_files()]
    languages = ("-source-language", "en", "-target-language", "zh_CN")
    return run_tool("lupdate", *files, "-ts", str(target), *languages, "-no-obsolete", "-locations", "none", "-silent")


def run_tool(name: str, *arguments: str) -> int:
    """Run one of PySide6's tools, which stand beside this interpreter."""
    tool = shutil.which(f"pyside6-{name}", path=str(Path(sys.executable).parent)) or f"pyside6-{name}"
    return subprocess.run([tool, *arguments], check=False, cwd=ROOT).returncode


def python_files() -> list[Path]:
    """The modules that speak."""
    return sorted(CLIENT.rglob("*.py"))


def messages_of(path: Path) -> dict[Message, ElementTree.Element]:
    """{(context, text): translation element} of a .ts."""
    root = ElementTree.parse(path).getroot()  # noqa: S314 - our own files only
    found: dict[Message, ElementTree.Element] = {}
    for context in root.iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is not None:
                found[context.findtext("name", ""), message.findtext("source", "")] = translation
    return found


def untranslated() -> Iterator[str]:
    """Strings of the .ts without a Chinese text, or with other places to fill in than the English one."""
    for (context, text), translation in messages_of(SOURCE).items():
        chinese = translation.text or ""
        if translation.get("type") == "unfinished" or not chinese.strip():
            yield f"not translated: {context}: {text!r}"
        elif sorted(PLACE.findall(text)) != sorted(PLACE.findall(chinese)):
            yield f"other places to fill in: {context}: {text!r} -> {chinese!r}"


def stale() -> Iterator[str]:
    """Differences between the code and the .ts."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "zh_CN.ts"
        if lupdate(fresh) != 0:
            yield "pyside6-lupdate failed"
            return
        said, known = set(messages_of(fresh)), set(messages_of(SOURCE))
    for context, text in sorted(said - known):
        yield f"not in the .ts, run update: {context}: {text!r}"
    for context, text in sorted(known - said):
        yield f"no longer in the code, run update: {context}: {text!r}"


def lint_sources() -> Iterator[str]:
    """Calls that can't be extracted, or whose translation is not found at run time (reasons: CONTRIBUTING)."""
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for reason in faults_of(node):
                    yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}: {reason}"


def faults_of(call: ast.Call) -> Iterator[str]:
    """What is wrong with one call."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "tr":
        yield "tr() files a text under the class at hand, not the one that says it: use QCoreApplication.translate"
    if name not in ("translate", "QT_TRANSLATE_NOOP") or len(call.args) < 2:
        return
    context, text = call.args[:2]
    if not isinstance(context, ast.Constant):
        yield "the context must be a literal"
    if isinstance(text, ast.JoinedStr | ast.BinOp):
        yield "a text to translate must be one literal: fill in with format() afterwards"
    if isinstance(text, ast.Call):
        yield "fill in after translating, not before"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
