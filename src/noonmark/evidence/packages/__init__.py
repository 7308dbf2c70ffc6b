"""Other people's packages: BagIt, OCFL, RO-Crate, PROV, WACZ, auto-archiver folders, lists of
hashes.

Each form is one module; those that read collect every problem, and none of them opens the network
or runs anything.
"""
