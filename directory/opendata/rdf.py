"""A small graph without blank nodes, written as Turtle, JSON-LD and RDF/XML. Nothing is read here.

A triple is (subject, predicate, object). Subjects are addresses, predicates "prefix:name", objects `Iri` or `Text`.
"""

import json
from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
ESCAPES = {ord(sign): escaped for sign, escaped in {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}.items()}


class Iri(str):
    """An address; "prefix:name" stands for what the prefix stands for."""

    __slots__ = ()

    @property
    def full(self) -> str:
        prefix, _, name = self.partition(":")
        return PREFIXES[prefix] + name if prefix in PREFIXES else str(self)


class Text(NamedTuple):
    value: str
    language: str = ""
    type: Iri | None = None


Triple = tuple[Iri, str, Iri | Text]


def turtle(triples: list[Triple]) -> bytes:
    lines = [f"@prefix {prefix}: <{start}> ." for prefix, start in PREFIXES.items()]
    for subject, pairs in _by_subject(triples):
        said = " ;\n".join(f"    {predicate} {_turtle_term(value)}" for predicate, value in pairs)
        lines.append(f"\n<{subject}>\n{said} .")
    return ("\n".join(lines) + "\n").encode()


def _turtle_term(value):
    if isinstance(value, Iri):
        return f"<{value.full}>"
    quoted = f'"{value.value.translate(ESCAPES)}"'
    if value.language:
        return f"{quoted}@{value.language}"
    return f"{quoted}^^<{value.type.full}>" if value.type else quoted


def json_ld(triples: list[Triple]) -> bytes:
    graph = []
    for subject, pairs in _by_subject(triples):
        node = {"@id": subject}
        for predicate, value in pairs:
            if predicate == "rdf:type":
                node.setdefault("@type", []).append(value.full)
            else:
                node.setdefault(predicate, []).append(_json_term(value))
        graph.append(node)
    return json.dumps({"@context": PREFIXES, "@graph": graph}, ensure_ascii=False, indent=1).encode()


def _json_term(value):
    if isinstance(value, Iri):
        return {"@id": value.full}
    language = {"@language": value.language} if value.language else {}
    return {"@value": value.value} | language | ({"@type": value.type.full} if value.type else {})


def rdf_xml(triples: list[Triple]) -> bytes:
    for prefix, start in PREFIXES.items():
        ElementTree.register_namespace(prefix, start)
    root = ElementTree.Element(_tag("rdf:RDF"))
    for subject, pairs in _by_subject(triples):
        node = ElementTree.SubElement(root, _tag("rdf:Description"), {_tag("rdf:about"): subject})
        for predicate, value in pairs:
            said = ElementTree.SubElement(node, _tag(predicate))
            if isinstance(value, Iri):
                said.set(_tag("rdf:resource"), value.full)
                continue
            said.text = value.value
            if value.language:
                said.set(XML_LANGUAGE, value.language)
            elif value.type:
                said.set(_tag("rdf:datatype"), value.type.full)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _tag(name):
    prefix, _, local = name.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}"


def _by_subject(triples):
    """(subject, its predicates and objects), each subject once and in the order of its first triple."""
    order = {subject: None for subject, _, _ in triples}
    position = {subject: number for number, subject in enumerate(order)}
    for subject, group in groupby(sorted(triples, key=lambda each: position[each[0]]), key=lambda each: each[0]):
        yield subject, [(predicate, value) for _, predicate, value in group]
