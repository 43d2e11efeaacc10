"""Run every benchmark in turn, or those named: `python -m benchmarks [figures ...]`."""

import importlib
import pkgutil
import sys
import traceback

import benchmarks

# They make pictures and tables, and measure nothing.
_NOT_MEASURED = {"cards", "digitiser_truth", "lead_name_reader", "shots"}


def run(name: str) -> bool:
    """One benchmark; False when it failed, so that the others still run."""
    print(f"\n{name}", flush=True)
    try:
        module = importlib.import_module(f"benchmarks.{name}")
        measures = module.main()
    except Exception:
        traceback.print_exc()
        return False
    if measures:
        print(benchmarks.table(measures), flush=True)
    return True


def main() -> int:
    """0 when every benchmark ran."""
    found = [m.name for m in pkgutil.iter_modules(benchmarks.__path__)]
    names = sys.argv[1:] or [name for name in found if not name.startswith("_") and name not in _NOT_MEASURED]
    ran = [run(name) for name in names]
    return 0 if all(ran) else 1


if __name__ == "__main__":
    sys.exit(main())
