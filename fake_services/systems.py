"""Which services make up which system.

Called by server.py (starts them) and control.py (knows every rpc's name).
Never     starts anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, cast

from google.protobuf.descriptor import ServiceDescriptor

from fake_services.activity import FeedService, NotificationService, RecommendationService
from fake_services.doors import Service, rpc_names
from fake_services.identity import UserService
from fake_services.projects import CommentService, PostService, ProjectService
from fake_services.shop import (
    CatalogService,
    InventoryService,
    OrderService,
    PricingService,
    ReviewService,
)
from fake_services.shortener import LinkService, StatsService, TeamService
from fake_services.todos import TodoService

Start = Callable[[], Service]

# A service that several systems need stands in each of them, and is started once.
SYSTEMS: Final[Mapping[str, tuple[Start, ...]]] = MappingProxyType(
    {
        "shortener": (UserService, LinkService, StatsService, TeamService),
        "shop": (
            UserService,
            CatalogService,
            PricingService,
            InventoryService,
            OrderService,
            ReviewService,
        ),
        "todos": (TodoService,),
        "projects": (UserService, StatsService, ProjectService, CommentService, PostService),
        "activity": (
            UserService,
            StatsService,
            FeedService,
            NotificationService,
            RecommendationService,
        ),
    }
)


def services_of(systems: Iterable[str] = ()) -> tuple[Start, ...]:
    """What to start for these systems (none named: all), each service once, in a fixed order.

    Raises  KeyError for an unknown system
    """
    wanted = tuple(systems) or tuple(SYSTEMS)
    return tuple(dict.fromkeys(start for name in wanted for start in SYSTEMS[name]))


def descriptors() -> tuple[ServiceDescriptor, ...]:
    """Every service of the demo."""
    return tuple(_descriptor(start) for start in services_of())


def methods() -> list[str]:
    """Every rpc of the demo, sorted, as `pkg.Service/Method`."""
    return sorted(name for descriptor in descriptors() for name in rpc_names(descriptor))


def _descriptor(start: Start) -> ServiceDescriptor:
    found = getattr(start, "DESCRIPTOR", None)
    return cast("ServiceDescriptor", found)
