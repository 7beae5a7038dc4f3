"""What a test cell needs of Python and IPython, put back as it was before any student's code ran.

It undoes what is patched in the usual places, so that a test is compiled, run and shown as it was written. It cannot undo
everything: the code that puts things back runs in the same process as the code that changed them.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from typing import Any

MODULES = (
    "builtins", "ast", "codeop", "IPython.core.async_helpers", "IPython.core.compilerop", "IPython.core.displayhook", "IPython.core.formatters",
    "IPython.core.inputtransformer2", "IPython.core.interactiveshell", "IPython.lib.pretty", "ipykernel.displayhook", "ipykernel.ipkernel",
    "ipykernel.kernelbase", "ipykernel.zmqshell", "medcoding.grading.sandbox.inside.kernel",
)
PLAIN_TYPES = (bool, int, float, str)
"""Types whose values stand for points; how they are shown is nobody's to change."""
_GONE = object()


def keep(shell: Any) -> Callable[[], list[str]]:
    """Remember; what is returned puts back, and says what had been changed."""
    kept: list[tuple[Any, dict[str, Any]]] = []
    for name in MODULES:
        module = importlib.import_module(name)
        kept.append((module, dict(vars(module))))
        kept += [(made, dict(vars(made))) for made in vars(module).values() if inspect.isclass(made) and made.__module__ == name]
    transformers = shell.input_transformer_manager
    lists = [(found, list(found)) for found in (transformers.cleanup_transforms, transformers.line_transforms, transformers.token_transformers)]
    values = {name: getattr(shell, name) for name in ("input_transformer_manager", "compile", "displayhook", "display_pub", "display_formatter", "events")}
    plain = shell.display_formatter.formatters["text/plain"]
    printers = {kind: plain.type_printers.get(kind, _GONE) for kind in PLAIN_TYPES}
    own = set(vars(shell)), set(vars(shell.displayhook))
    display, modules = sys.displayhook, sys.modules
    set_trace, set_profile, get_trace, get_profile = sys.settrace, sys.setprofile, sys.gettrace, sys.getprofile

    def put_back() -> list[str]:
        changed = [name for name, found in (("sys.settrace", get_trace()), ("sys.setprofile", get_profile())) if found is not None]
        set_trace(None)
        set_profile(None)
        for target, was in kept:
            changed += _restore(target, was)
        for name, value in values.items():
            if getattr(shell, name) is not value:
                setattr(shell, name, value)
                changed.append(f"shell.{name}")
        for one, names in ((shell, own[0]), (shell.displayhook, own[1])):
            for name in set(vars(one)) - names:
                if callable(getattr(type(one), name, None)):
                    delattr(one, name)
                    changed.append(f"{type(one).__name__}.{name}")
        changed += ["ast_transformers"] if shell.ast_transformers else []
        changed += ["input_transformers"] if shell.input_transformers_post or any(found != was_list for found, was_list in lists) else []
        shell.ast_transformers[:] = []
        shell.input_transformers_post[:] = []
        for found, was_list in lists:
            found[:] = was_list
        for kind, printer in printers.items():
            if plain.type_printers.get(kind, _GONE) is not printer:
                changed.append(f"the display of {kind.__name__}")
            if printer is _GONE:
                plain.type_printers.pop(kind, None)
            else:
                plain.type_printers[kind] = printer
        for callbacks in shell.events.callbacks.values():
            left = [one for one in callbacks if getattr(one, "__module__", "") != "__main__"]
            changed += ["events"] if len(left) < len(callbacks) else []
            callbacks[:] = left
        changed += ["sys.displayhook"] if sys.displayhook is not display else []
        sys.displayhook = display
        sys.modules = modules
        return changed

    return put_back


def _restore(target: Any, was: dict[str, Any]) -> list[str]:
    """Put a module's or a class's names back; which had other values."""
    now, changed = vars(target), []
    for name, value in was.items():
        if now.get(name, _GONE) is not value and name not in ("__dict__", "__weakref__"):
            setattr(target, name, value)
            changed.append(f"{target.__name__}.{name}")
    if inspect.isclass(target):
        for name in [name for name in now if name not in was and any(name in vars(base) for base in target.__mro__[1:])]:
            delattr(target, name)
            changed.append(f"{target.__name__}.{name}")
    return changed
