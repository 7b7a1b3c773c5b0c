"""The one exception for "codegen can not run here at all", as opposed to a mistake in a proto.

Called by protoc.py (tools missing), folder.py (not our folder); command.py prints it.
"""


class CannotGenerate(Exception):
    """One line that says what stands in the way and what to do. Nothing was written."""
