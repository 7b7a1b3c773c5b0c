"""The command `python -m bff codegen`: protos in, a typed Python package out.

Called by cli.py, __main__.py, `make codegen`.
Never     shows a traceback for a mistake in a proto or a folder: those have their own sentences.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from bff.codegen.generation import Report, generate
from bff.codegen.proto_error import ProtoMistake
from bff.codegen.refusal import CannotGenerate
from bff.terms.mistakes import ContractMistake, ContractMistakes


def main(argv: Sequence[str]) -> int:
    """Run with these arguments (without the command's name). Returns the exit status: 0 or 1."""
    options = _parser().parse_args(argv)
    try:
        report = generate(options.protos, options.out, include=options.include, check=options.check)
    except ContractMistakes as mistakes:
        print(told(mistakes), file=sys.stderr)
        return 1
    except CannotGenerate as refusal:
        print(f"codegen: {refusal}", file=sys.stderr)
        return 1
    for warning in report.warnings:
        print(warning, file=sys.stderr)
    return _checked(report, options.out) if options.check else _written(report, options.out)


def told(mistakes: ContractMistakes) -> str:
    """One block a mistake, and how many there are."""
    blocks = [_block(mistake) for mistake in sorted(mistakes.each, key=_place)]
    count = f"{len(blocks)} mistake{'s' if blocks[1:] else ''}; nothing was written"
    return "\n\n".join((*blocks, count))


def _place(mistake: ContractMistake) -> list[tuple[str, int]]:
    """Line 9 comes before line 10."""
    parts = re.findall(r"(\D*)(\d*)", mistake.where)
    return [(text, int(number or 0)) for text, number in parts]


def _block(mistake: ContractMistake) -> str:
    return mistake.block if isinstance(mistake, ProtoMistake) else str(mistake)


def _written(report: Report, out: Path) -> int:
    found = report.difference
    written = len(found.missing) + len(found.differing)
    print(
        f"{out}: {report.files} files from {len(report.protos)} protos:"
        f" {written} written, {len(found.left_over)} removed"
    )
    return 0


def _checked(report: Report, out: Path) -> int:
    found = report.difference
    for word, names in (
        ("missing", found.missing),
        ("differs", found.differing),
        ("left over", found.left_over),
    ):
        for name in names:
            print(f"{word:10} {out / name}")
    print(f"{out}: run `make codegen`" if found else f"{out}: up to date")
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bff codegen", description="Generate typed Python clients from protos."
    )
    parser.add_argument("--protos", type=Path, default=Path("protos"), metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("generated"), metavar="DIR")
    parser.add_argument("--include", type=Path, action="append", default=[], metavar="DIR")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if out of date")
    return parser
