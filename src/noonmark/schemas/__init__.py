"""JSON Schemas (draft 2020-12), one file per input or output. ``noonmark schema`` lists them."""
