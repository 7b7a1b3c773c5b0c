"""Find the rpc that does many lookups at once: GetUser, BatchGetUsers.

Called by needs.py, at boot.
Never     guesses: where two fields might be the key, or none, there is no pair.
Source    AIP-231 (BatchGet methods); (bff.v1.batch) for rpcs of other names.
"""

from collections.abc import Iterator
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

from bff.compose.view.compiling.kinds import misfit_of_argument
from bff.compose.view.plan import Pair
from bff.contract.catalog import Catalog, RpcMethod
from bff.contract.client import Rpc

_BATCH = "bff.v1.batch"
_ALONE = "Get"


def pair_of(catalog: Catalog, lookup: Rpc[Any, Any]) -> Pair | None:
    """The lookup's pair, with messages of the lookup's own pool; None where there is none."""
    single = catalog.methods.get(lookup.name)
    if single is None or not single.unary:
        return None
    for name in _names(catalog, single):
        batch = catalog.methods.get(f"{single.service}/{name}")
        if batch is not None and batch.unary:
            return _pair(catalog, single, batch, lookup)
    return None


def agreeing(pair: Pair, lookup: Rpc[Any, Any], *, arguments: Iterator[str]) -> bool:
    """Whether the batch request takes these arguments of the lookup, beside its key."""
    single, many = lookup.request.DESCRIPTOR, pair.batch.request.DESCRIPTOR
    return all(_same(single, many, name) for name in arguments if name != pair.key)


def plurals(word: str) -> tuple[str, ...]:
    """What a name's plural may be.

    >>> plurals("user_id"), plurals("Category")
    (('user_ids', 'user_ides', 'user_id'), ('Categorys', 'Categoryes', 'Categories', 'Category'))
    """
    more = (f"{word[:-1]}ies",) if word.endswith("y") else ()
    return (f"{word}s", f"{word}es", *more, word)


def _names(catalog: Catalog, single: RpcMethod) -> Iterator[str]:
    rpc = single.name.rpartition("/")[2]
    method = catalog.pool.FindMethodByName(single.name.replace("/", "."))
    said = catalog.options.value(method, _BATCH)
    if isinstance(said, str) and said:
        yield said
    elif rpc.startswith(_ALONE):
        yield from (f"BatchGet{name}" for name in plurals(rpc.removeprefix(_ALONE)))


def _pair(
    catalog: Catalog, single: RpcMethod, batch: RpcMethod, lookup: Rpc[Any, Any]
) -> Pair | None:
    keys = list(_keys(_message(single.request), _message(batch.request)))
    found = [
        one
        for one in _message(batch.reply).fields
        if one.is_repeated and one.message_type is _message(single.reply)
    ]
    if len(keys) != 1 or len(found) != 1:
        return None
    [(key, many)] = keys
    found_by = _found_by(catalog, _message(single.reply), key)
    rpc = _in_pool_of(lookup, batch)
    if not found_by or rpc is None:
        return None
    return Pair(batch=rpc, key=key.name, keys=many.name, found=found[0].name, found_by=found_by)


def _keys(
    single: Descriptor, batch: Descriptor
) -> Iterator[tuple[FieldDescriptor, FieldDescriptor]]:
    for key in single.fields:
        for name in plurals(key.name):
            many = batch.fields_by_name.get(name)
            scalar = key.message_type is None and not key.is_repeated
            if scalar and many is not None and many.is_repeated and many.type == key.type:
                yield key, many
                break


def _found_by(catalog: Catalog, message: Descriptor, key: FieldDescriptor) -> str:
    """The field that holds the key: of its name, else the message's identifier (AIP-203)."""
    named = message.fields_by_name.get(key.name)
    marked = [one for one in message.fields if "IDENTIFIER" in catalog.options.behaviors(one)]
    fitting = (one for one in (named, *marked) if one is not None)
    return next((one.name for one in fitting if not misfit_of_argument(key, one)), "")


def _same(single: Descriptor, many: Descriptor, name: str) -> bool:
    one, other = single.fields_by_name.get(name), many.fields_by_name.get(name)
    return one is not None and other is not None and not misfit_of_argument(other, one)


def _in_pool_of(lookup: Rpc[Any, Any], batch: RpcMethod) -> Rpc[Any, Any] | None:
    """The same rpc over the classes that generated clients use."""
    pool = lookup.request.DESCRIPTOR.file.pool
    try:
        request, reply = (
            GetMessageClass(pool.FindMessageTypeByName(_message(one).full_name))
            for one in (batch.request, batch.reply)
        )
    except KeyError:
        return None
    return Rpc(batch.name, request, reply, idempotent=batch.idempotency != "unknown")


def _message(of: Any) -> Descriptor:
    return cast("Descriptor", of.DESCRIPTOR)
