"""`python -m bench`: the whole run, parts of it, or a quick look.

Called by `make bench`, `make bench-quick`, people.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from bench.answers import Wrong
from bench.cases import BY_NAME
from bench.makers import CannotMake
from bench.measure import Effort
from bench.places import Cores, why_not_here
from bench.quick import look
from bench.report import conditions, parts, write
from bench.whole import Bench, run
from bench.workshop import prepare

MORE = ("late", "routes")


def main(argv: Sequence[str]) -> int:
    """Returns the exit status: 1 where a server does not start or answers wrongly."""
    options = _parser().parse_args(argv)
    if why := why_not_here():
        print(f"nothing measured: {why}")
        return 0
    try:
        return _quick() if options.quick else _whole(options)
    except (CannotMake, Wrong) as wrong:
        print(f"bench: {wrong}", file=sys.stderr)
        return 1


def _quick() -> int:
    tools = prepare(build_peers=False, say=_silent)
    print(look(tools, Cores.found(), _silent))
    return 0


def _whole(options: argparse.Namespace) -> int:
    tools = prepare(build_peers=True, say=_say)
    for one in tools.absent:
        _say(f"not here: {one}")
    bench = Bench(
        tools=tools,
        cores=Cores.found(),
        effort=Effort(rounds=options.rounds, seconds=options.seconds),
        say=_say,
        only=_among(options.servers),
        wanted=_among(options.cases),
    )
    results = run(bench)
    if options.servers or options.cases:
        print(_shown(parts(results, bench)))
        print("\n".join(conditions(bench)))
    else:
        print(f"written: {', '.join(str(one) for one in write(results, bench))}")
    for one in results.failures:
        print(f"bench: {one}", file=sys.stderr)
    return 1 if results.failures else 0


def _shown(found: dict[str, str]) -> str:
    return "\n\n".join(found[name] for name in ("cases", "late", "startup", "growth"))


def _among(names: str) -> Callable[[str], bool]:
    """Whether a name is, or begins with, one of these; everything is among none."""
    wanted = tuple(one.strip() for one in names.split(",") if one.strip())
    return lambda name: not wanted or name.startswith(wanted)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _silent(_text: str) -> None:
    """Nobody wants to know."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="one line of ratios; writes nothing")
    add("--rounds", type=int, default=3, help="rounds of each case (default: 3)")
    add("--seconds", type=float, default=2.0, help="seconds of each round (default: 2)")
    every = ", ".join((*BY_NAME, *MORE))
    add("--cases", "--only", default="", help=f"some of: {every}; writes no file")
    add("--servers", default="", help="some, by how their names begin: ours,FastAPI,Envoy")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
