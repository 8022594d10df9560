"""orjson and csv: what a Python script would do."""

import csv
import os
import sys

import orjson

from columns import FIRST, TABLES


def records(path):
    with open(path, "rb") as export:
        if export.peek(1)[:1] == b"[":
            yield from orjson.loads(export.read())
        else:
            yield from map(orjson.loads, export)


def first(contact, key):
    entries = contact.get(key)
    return entries[0].get(FIRST[key]) if entries else None


def main(export, folder):
    os.makedirs(folder, exist_ok=True)
    files = {name: open(f"{folder}/{name}.csv", "w", newline="") for name in TABLES}
    out = {name: csv.writer(file).writerow for name, file in files.items()}
    for name, columns in TABLES.items():
        parent = [] if name == "leads" else ["lead_id"]
        lists = list(FIRST) if name == "contacts" else []
        out[name](parent + columns + lists)
    for lead in records(export):
        out["leads"]([lead.get(key) for key in TABLES["leads"]])
        for name, columns in TABLES.items():
            if name == "leads":
                continue
            lists = list(FIRST) if name == "contacts" else []
            for child in lead.get(name) or ():
                row = [lead["id"]]
                row += [child.get(key) for key in columns]
                row += [first(child, key) for key in lists]
                out[name](row)
    for file in files.values():
        file.close()


main(*sys.argv[1:3])
