"""Find the compiled kernels, `dedup._native`, also where Python is started in a checkout.

There the checkout's `dedup/` hides the installed package, and has no compiled module until someone builds one into it.
"""

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType

_NAME = "dedup._native"


def load_native() -> ModuleType:
    """Return the compiled module in the imported `dedup/`, else the one of the `dedup` installed in a folder of `sys.path`.

    ImportError, with the way out, if there is none.
    """
    try:
        return import_module(_NAME)
    except ModuleNotFoundError:
        spec = PathFinder.find_spec(_NAME, [f"{folder or '.'}/dedup" for folder in sys.path])
    if spec is None or spec.loader is None:
        raise ImportError("the compiled part of dedup is not installed: run `pip install .` in the checkout")
    module = sys.modules[_NAME] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[_NAME]
        raise
    return module
