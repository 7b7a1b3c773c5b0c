"""By which HTTP rule is an rpc served, if at all: its annotation, the operator's rules, or gRPC's
own path.

Why       A proto says how its author wants it served; whoever runs the BFF may say otherwise, or
          may want every rpc on the web though nobody annotated it.
Called by bff/contract/catalog.py, once per rpc; transport/reflection.py (is_plumbing).
Never     serves gRPC's own services (health, reflection, channelz), whatever a rule selects: they
          tell strangers what runs here.
Source    docs/spec/transcoding.md PT16, HT9; grpc-gateway `generate_unbound_methods`.
"""

from dataclasses import dataclass

from google.protobuf.message import Message

from bff.contract.routes.http_rule import HttpBinding, bindings_of
from bff.contract.routes.path_template import PathTemplate
from bff.contract.routes.service_rules import ServiceRules

_PLUMBING = ("grpc.health.", "grpc.reflection.", "grpc.channelz.")


def is_plumbing(service: str) -> bool:
    """Whether this is a service of gRPC itself.

    >>> is_plumbing("grpc.health.v1.Health"), is_plumbing("grpcs.v1.Health")
    (True, False)
    """
    return service.startswith(_PLUMBING)


@dataclass(frozen=True, slots=True)
class Exposure:
    """`unannotated`: rpcs that no rule selects are served as `POST /pkg.Service/Method`."""

    rules: ServiceRules | None = None
    unannotated: bool = False

    @property
    def fully_decode(self) -> bool:
        """What the rules say of `%2F` in a variable of several segments (PM9)."""
        return self.rules is not None and self.rules.fully_decode

    def bindings(self, rpc: str, annotated: Message | None) -> tuple[HttpBinding, ...]:
        """The bindings of "pkg.Service/Method"; () for an rpc that is not served.

        annotated  its google.api.HttpRule, of any descriptor pool
        Raises     ContractMistakes with every mistake of the rule
        """
        if is_plumbing(rpc):
            return ()
        rule = self.rules.rule_for(rpc, annotated) if self.rules else annotated
        if rule is not None:
            return bindings_of(rule)
        return (at_grpc_path(rpc),) if self.unannotated else ()


def at_grpc_path(rpc: str) -> HttpBinding:
    """The path that gRPC itself uses, with the whole request as the body (HT9).

    >>> str(at_grpc_path("todos.v1.TodoService/GetTodo"))
    'POST /todos.v1.TodoService/GetTodo'
    """
    template = PathTemplate.parse(f"/{rpc}")
    return HttpBinding(method="POST", template=template, body="*", response_body="", index=0)
