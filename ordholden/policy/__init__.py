"""The language: `policy.yaml` in, a checked `Policy` with places out.

`source.py` reads YAML with places, `keep.lark` and `keep.py` read keep rules, `rule.py` and `document.py` are the nouns.
The JSON Schemas beside them check the shape and give editors completion.
"""
