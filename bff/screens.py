"""Every screen of the settings' packages, as endpoints: views, and screens that are functions.

Why       A proto that changed may break many of them, some when they are imported and some when
          they are compiled: whoever runs `bff check` wants to read of all at once.
Called by served.py, at boot.
Never     imports what no package declares: a BFF of transcoded rpcs needs none of it.
Source    docs/spec/views.md; docs/spec/demo.md "Paths".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from types import ModuleType

from bff.calls.cache import Cache
from bff.calls.call import Calls
from bff.compose.endpoint import Endpoint
from bff.contract.catalog import Catalog
from bff.contract.reply.error_document import ErrorDocuments
from bff.settings import Settings
from bff.terms.mistakes import ContractMistake, collected, raise_any


@dataclass(frozen=True, slots=True, kw_only=True)
class Screens:
    """Finds them and makes their endpoints.

    cache   where views keep what may be kept; None: nothing is kept
    errors  the shape of their failures, where their client's settings don't want another
    """

    settings: Settings
    calls: Calls
    catalog: Catalog
    cache: Cache | None
    errors: ErrorDocuments

    def endpoints(self) -> list[Endpoint]:
        """Raises ContractMistakes: those of all packages."""
        packages = [import_module(name) for name in self.settings.contract.views]
        mistakes: list[ContractMistake] = []
        found = list(self._views(packages, mistakes))
        if not mistakes:  # else a module may be among them that can't be imported
            with collected(mistakes):
                found += self._functions(packages)
        raise_any(mistakes)
        return [self._told_as_chosen(one) for one in found]

    def _views(
        self, packages: Iterable[ModuleType], mistakes: list[ContractMistake]
    ) -> Iterable[Endpoint]:
        from bff.compose.cursors import cursors_of
        from bff.compose.view.compiling.views import compile_views
        from bff.compose.view.language.finding import found_in
        from bff.compose.view.serving.endpoints import Views
        from bff.compose.view.serving.faces import Faces
        from bff.compose.view.serving.kept import Keeper
        from bff.edge.pages.views import Pages

        looked = [found_in(package, self.catalog) for package in packages]
        mistakes += (mistake for one in looked for mistake in one.mistakes)
        keeper = Keeper(self.cache, forwarded=self.settings.metadata.forward)
        hidden = self.settings.json.omit_sensitive
        declared = [view for one in looked for view in one.views]
        found: Iterable[Endpoint] = ()
        with collected(mistakes):
            plans = compile_views(declared, self.catalog, hidden=hidden)
            pages = Pages(packages)
            faces = Faces(
                page_of=pages.page_of,
                errors_of=self._errors_of,
                heartbeat_s=self.settings.calls.streams.heartbeat_s,
            )
            views = Views(
                self.catalog,
                calls=self.calls,
                keeper=keeper,
                hidden=hidden,
                faces=faces,
                cursors=cursors_of(self.settings.cursors),
            )
            found = views.endpoints(plans)
            mistakes += pages.left_over()
        return found

    def _functions(self, packages: Iterable[ModuleType]) -> Iterator[Endpoint]:
        from bff.compose.screen import endpoint_of, screens_of

        for package in packages:
            yield from (endpoint_of(one, self.calls) for one in screens_of(package))

    def _told_as_chosen(self, screen: Endpoint) -> Endpoint:
        """The screen, with its failures in the shape that its client's settings want."""
        chosen = self._errors_of(screen.client)
        return screen if chosen is self.errors else replace(screen, errors=chosen)

    def _errors_of(self, client: str) -> ErrorDocuments:
        clients = {str(name): one for name, one in self.settings.clients.items()}
        chosen = clients.get(client)
        if chosen is None or chosen.errors in (None, self.errors.shape):
            return self.errors
        return self.errors.shaped(chosen.errors)
