"""Where a screen is declared, as people and mistakes name it: "bff/views/web/dashboard.py:31".

Called by compose/screen.py, compose/view/language/unready.py.
"""

from pathlib import Path


def place_of(module: str, file: str, line: int) -> str:
    """The same in every checkout and every folder that it is started from.

    >>> place_of("bff.views.web.home", "/srv/app/bff/views/web/home.py", 12)
    'bff/views/web/home.py:12'
    """
    return f"{'/'.join([*module.split('.')[:-1], Path(file).name])}:{line}"
