"""What is no mistake, yet surely not what the operator meant: said once, at boot.

Called by cli.py (check), serve.py.
Never     stops anything.
"""

from bff.compose.blueprint import Blueprint
from bff.settings import Settings


def advice(settings: Settings, blueprint: Blueprint) -> tuple[str, ...]:
    """One sentence each: services without an address, routes that nobody can sign in for, rules
    that only the service follows.
    """
    return (
        *_unaddressed(settings, blueprint),
        *_locked_out(settings, blueprint),
        *_unchecked(blueprint),
    )


def _unaddressed(settings: Settings, blueprint: Blueprint) -> tuple[str, ...]:
    if "*" in settings.services:
        return ()
    called = [rpc.partition("/")[0] for one in blueprint.endpoints for rpc in one.calls]
    return tuple(
        f"{service} has no address, so its routes answer 503: --service '{service}=host:port'"
        for service in sorted(set(called) - settings.services.keys())
    )


def _locked_out(settings: Settings, blueprint: Blueprint) -> tuple[str, ...]:
    closed = sum(not one.access.is_public for one in blueprint.endpoints)
    if settings.issuers or settings.login.issuer or not closed:
        return ()
    what = f"{closed} routes want a token and there is no [[issuers]] to trust:"
    return (f"{what} add one, or open them with --auth none",)


def _unchecked(blueprint: Blueprint) -> tuple[str, ...]:
    return tuple(
        f"{one} of buf.validate is left to the service, no request is held to it here"
        for one in blueprint.unchecked
    )
