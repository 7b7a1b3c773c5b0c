"""Custom options of descriptors, read through the set's own pool.

Why       An option such as `(google.api.http)` is an extension. The Python runtime knows only those
          that were
          imported into its default pool; a served descriptor set brings its own definitions along.
Called by contract/catalog.py.
Never     fails on an option that the set does not define: nobody can have set it.
"""

from typing import Any

from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    EnumValueDescriptor,
    FieldDescriptor,
    MethodDescriptor,
    OneofDescriptor,
    ServiceDescriptor,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

AnyDescriptor = (
    Descriptor
    | FieldDescriptor
    | EnumDescriptor
    | EnumValueDescriptor
    | ServiceDescriptor
    | MethodDescriptor
)


class ProtoOptions:
    """Options of one pool, read again with the extensions which that pool knows."""

    def __init__(self, pool: DescriptorPool) -> None:
        self._pool = pool
        # the type stubs know extensions only as generated constants, so a looked-up one is Any
        self._extensions: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<ProtoOptions {sorted(self._extensions)}>"

    def defines(self, name: str) -> bool:
        """Whether the pool knows the option at all."""
        return self._extension(name) is not None

    def value(self, descriptor: AnyDescriptor | OneofDescriptor, name: str) -> object | None:
        """The option's value (a message of this pool, a scalar, or a list); None where it is not
        set.
        """
        extension = self._extension(name)
        if extension is None:
            return None
        plain = descriptor.GetOptions()
        if (
            plain.DESCRIPTOR.full_name != extension.containing_type.full_name
            or not plain.ByteSize()
        ):
            return None
        options = GetMessageClass(extension.containing_type).FromString(plain.SerializeToString())
        if extension.is_repeated:
            return list(options.Extensions[extension]) or None
        return options.Extensions[extension] if options.HasExtension(extension) else None

    def behaviors(self, descriptor: AnyDescriptor) -> frozenset[str]:
        """Names of `(google.api.field_behavior)`; empty for anything but a field."""
        found = self.value(descriptor, "google.api.field_behavior")
        if not isinstance(found, list):
            return frozenset()
        names = self._extension("google.api.field_behavior").enum_type.values_by_number
        return frozenset(names[number].name for number in found if number in names)

    def _extension(self, name: str) -> Any:
        """The extension's descriptor, or None."""
        if name not in self._extensions:
            try:
                self._extensions[name] = self._pool.FindExtensionByName(name)
            except KeyError:
                self._extensions[name] = None
        return self._extensions[name]
