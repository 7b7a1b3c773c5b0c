"""`make fuzz`: the native codec under AddressSanitizer and UBSan, and against the pure engine;
then all that reads what strangers send: targets, bodies, frames, requests (aims.py).

Two loops  The C driver on every core but one: no crash, hang, leak or over-read, whatever the bytes
           (promises.h). On that one, native against pure: no other answer (differential.py).
A third    Behind them, for as long: hypothesis (hunting.py).
Called by  dev.py fuzz. FUZZ_SECONDS=300 says how long; --keep makes corpus/ anew from what was
           found by now; --aim NAME looks at nothing but this.
Output     build/fuzz: new/ what did something new, finds/ what failed. Status 1 on a find.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from bff.contract.codec.native_engine import chosen
from tests.fuzz import differential
from tests.fuzz.aims import AIMS
from tests.fuzz.build import Driver, NoCompiler, build
from tests.fuzz.hunting import hunt, keep
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import ROOT, packed_targets

ROUNDS = 10
"""Of made inputs, for a corpus."""
WORK = ROOT / "build" / "fuzz"
CORPUS = Path(__file__).parent / "corpus" / "codec"
TARGETS, FINDS, SEEDS, NEW = (WORK / name for name in ("targets.bin", "finds", "seeds", "new"))


def main() -> int:
    given = _arguments()
    FINDS.mkdir(parents=True, exist_ok=True)
    aims = [aim for aim in AIMS if given.aim in (None, aim.name)]
    status, seconds = 0, given.seconds
    if given.aim is None:
        seconds /= 2
        status = _native(seconds, seed=given.seed, keeps=given.keep)
    with _quiet():
        if given.keep:
            keep(aims, rounds=ROUNDS)
            return status
        found = hunt(aims, for_s=seconds, first_seed=given.seed, finds=FINDS)
    return status or min(found, 1)


def _native(seconds: float, *, seed: int, keeps: bool) -> int:
    try:
        driver = _prepared(own_loop=keeps)
    except NoCompiler as missing:
        print(f"fuzz: the native codec is skipped: {missing}")
        return 0
    return _keep(driver) if keeps else _fuzz(driver, seconds, seed=seed)


@contextmanager
def _quiet() -> Iterator[None]:
    """The HPACK library tells of each block that it can't read, on the standard error itself."""
    kept = os.dup(2)
    with (WORK / "stderr.log").open("wb") as log:
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fuzz", description="Fuzz what reads strangers' bytes.")
    seconds = float(os.environ.get("FUZZ_SECONDS") or 300)
    parser.add_argument("--seconds", type=float, default=seconds, help="default: FUZZ_SECONDS, 300")
    some = int.from_bytes(os.urandom(4))
    parser.add_argument("--seed", type=int, default=some, help="default: another one each time")
    parser.add_argument("--keep", action="store_true", help="make corpus/ anew, fuzz nothing")
    names = [aim.name for aim in AIMS]
    parser.add_argument("--aim", choices=names, help="only this, and nothing of the native codec")
    return parser.parse_args()


def _prepared(*, own_loop: bool) -> Driver:
    for folder in (FINDS, SEEDS, NEW, CORPUS):
        folder.mkdir(parents=True, exist_ok=True)
    driver = build(WORK, own_loop=own_loop)
    TARGETS.write_bytes(packed_targets())
    for seed in seeds():
        (SEEDS / sha256(seed).hexdigest()[:16]).write_bytes(seed)
    return driver


def _fuzz(driver: Driver, seconds: float, *, seed: int) -> int:
    """All cores: the differential loop in this process, drivers beside it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    compares = chosen("auto").native is not None
    count = max(1, (cores or 1) - compares)
    print(f"fuzz: {seconds:.0f} s, seed {seed}, {count} drivers; finds go to {FINDS}", flush=True)
    logs = [WORK / f"driver-{number}.log" for number in range(count)]
    drivers = [
        _started(driver, log, seconds=seconds, seed=seed + number)
        for number, log in enumerate(logs)
    ]
    found = _compare(seconds, seed) if compares else 0
    statuses = [one.wait() for one in drivers]
    for log in logs:
        print(log.read_text(encoding="utf-8", errors="replace").strip()[-8000:])
    finds = found + sum(map(bool, statuses))
    print(f"fuzz: {finds} found" if finds else "fuzz: nothing found")
    return 1 if finds else 0


def _started(driver: Driver, log: Path, *, seconds: float, seed: int) -> subprocess.Popen[bytes]:
    folders = [str(folder) for folder in (CORPUS, SEEDS)]
    if driver.is_libfuzzer:
        knobs = {"max_total_time": int(seconds), "seed": seed, "max_len": 4096, "timeout": 5}
        options = [f"-{name}={value}" for name, value in knobs.items()]
        options += [f"-artifact_prefix={FINDS}/", "-print_final_stats=1", str(NEW), *folders]
    else:
        options = [str(TARGETS), str(FINDS), "fuzz", str(seed), str(seconds), str(NEW)]
        options += [*folders, str(NEW)]
    with log.open("wb") as out:
        return subprocess.Popen(
            [str(driver.path), *options],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "FUZZ_TARGETS": str(TARGETS)},
        )


def _compare(seconds: float, seed: int) -> int:
    given = [path.read_bytes() for folder in (CORPUS, SEEDS, NEW) for path in folder.iterdir()]
    corpus = sorted(data for data in given if data)
    inputs, found = differential.run(corpus, seed=seed, for_s=seconds, finds=FINDS)
    print(f"native and pure: {inputs} inputs, {inputs / seconds:.0f} a second, {found} differ")
    return found


def _keep(driver: Driver) -> int:
    """The fewest inputs that reach every edge that is reached by now, in place of corpus/."""
    kept = WORK / "kept"
    kept.mkdir(exist_ok=True)
    for stale in kept.iterdir():
        stale.unlink()
    task = [str(driver.path), str(TARGETS), str(FINDS), "keep", str(kept)]
    status = subprocess.call([*task, *(str(folder) for folder in (CORPUS, SEEDS, NEW))])
    if status == 0:
        for stale in CORPUS.iterdir():
            stale.unlink()
        for path in kept.iterdir():
            path.rename(CORPUS / path.name)
    return status


if __name__ == "__main__":
    sys.exit(main())
