"""Build the package of one stage: `python -m infra.package prod [--without pyc,templates]`."""

import argparse

from infra.package.build import build
from infra.package.steps import STEPS


def main() -> None:
    """Build, and say what came out."""
    parser = argparse.ArgumentParser(description="Build the Lambda package and its template.")
    parser.add_argument("stage", choices=("dev", "test", "prod"))
    parser.add_argument("--without", default="", help=f"steps to leave out: {', '.join(STEPS)}")
    args = parser.parse_args()
    without = [name for name in args.without.split(",") if name]
    if unknown := set(without) - set(STEPS):
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    out = build(args.stage, without=without)
    size = (out / "deployment.zip").stat().st_size / 1e6
    print(f"{out / 'deployment.zip'} ({size:.1f} MB), {out / 'template.json'}")


if __name__ == "__main__":
    main()
