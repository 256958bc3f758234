"""Builds what Lambda runs: `build/<stage>/deployment.zip`, and the SAM template that goes with it.

    python -m infra.package prod [--without pyc,templates]

`wheels` fetches the pinned libraries for Lambda's machine, `chalice` lets Chalice write its part, `steps` make the tree
faster and smaller one named trick at a time, `archive` zips it so that the same sources give the same bytes.
"""
