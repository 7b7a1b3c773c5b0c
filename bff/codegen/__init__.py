"""Protos in, a typed Python package out: `python -m bff codegen`.

Called by cli (main), app (compile_protos, for `bff serve --protos`).
Never     imports `generated`, nor anything that does: it has to run when that is missing or broken.
"""

from bff.codegen.command import main
from bff.codegen.generation import Report, generate
from bff.codegen.protoc import compile_protos
from bff.codegen.refusal import CannotGenerate

__all__ = ["CannotGenerate", "Report", "compile_protos", "generate", "main"]
