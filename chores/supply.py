"""What is installed: pinned, listed, and asked about.

Called by dev.py.
Source    docs/spec/threats.md "supply chain".
"""

import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from chores.places import LOCK, ROOT
from chores.process import Refusal, run, tail

SERVED = ROOT / "deploy" / "requirements.lock"
SBOM = ROOT / "dist" / "sbom.cdx.json"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)([^#]*)", re.MULTILINE)
AUDITOR = "pip-audit==2.10.1"
CANARY = "urllib3==1.26.4"  # CVE-2021-33503 and later ones


def lock(arguments: Sequence[str]) -> int:
    """Everything, and of the same pins those that an image needs to serve."""
    if not shutil.which("uv"):
        raise Refusal("lock needs uv on the PATH: pip install uv")
    options = ["--universal", "--generate-hashes", "--python-version", "3.11", "--quiet"]
    told = ["--custom-compile-command", "python3 dev.py lock"]
    served = ["--extra", "redis", "--constraint", LOCK.name]
    for file, wanted in ((LOCK, ["--group", "dev", *arguments]), (SERVED, served)):
        out = ["-o", str(file.relative_to(ROOT))]
        done = run(["uv", "pip", "compile", "pyproject.toml", *options, *told, *wanted, *out])
        if done.returncode:
            raise Refusal(f"uv could not resolve:\n{tail(done.stdout)}")
        print(f"{file.relative_to(ROOT)}: written")
    return 0


def sbom(_arguments: Sequence[str]) -> int:
    SBOM.parent.mkdir(exist_ok=True)
    text = json.dumps(bill_of(SERVED.read_text(encoding="utf-8")), indent=1)
    SBOM.write_text(f"{text}\n", encoding="utf-8")
    print(f"{SBOM.relative_to(ROOT)}: written")
    return 0


def bill_of(lock: str) -> Mapping[str, object]:
    """A CycloneDX 1.6 document of every pin, with its hashes."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "grpc-bff"}},
        "components": [component(*pin) for pin in PIN.findall(lock)],
    }


def component(name: str, version: str, hashes: str) -> Mapping[str, object]:
    found = re.findall(r"sha256:([0-9a-f]{64})", hashes)
    purl = f"pkg:pypi/{name}@{version}"
    files = {"type": "distribution", "url": purl, "hashes": [sha256(one) for one in found]}
    told = {"type": "library", "name": name, "version": version, "purl": purl}
    return {**told, "externalReferences": [files]}


def sha256(content: str) -> Mapping[str, str]:
    return {"alg": "SHA-256", "content": content}


def audit(_arguments: Sequence[str]) -> int:
    """pip-audit's answer, where it has one. It says "No known vulnerabilities found" of what it
    can't look up, too; so it is first asked of what is known to be vulnerable.
    """
    if not shutil.which("uv"):
        raise Refusal("audit needs uv on the PATH: pip install uv")
    asked = ["uv", "tool", "run", AUDITOR, "--strict", "--disable-pip", "--progress-spinner=off"]
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder, "canary.txt")
        canary.write_text(f"{CANARY}\n", encoding="utf-8")
        known = run([*asked, "--no-deps", "-r", str(canary)])
    if "PYSEC-" not in known.stdout and "CVE-" not in known.stdout:
        raise Refusal(f"no answer: no advisory of {CANARY} is found here\n{tail(known.stdout)}")
    done = run([*asked, "--require-hashes", "-r", LOCK.name])
    print(done.stdout.strip())
    return done.returncode
