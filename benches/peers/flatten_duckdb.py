"""DuckDB with every column declared by hand and the order of rows kept."""

import os
import sys

import duckdb

from columns import FIRST, NUMBERS, TABLES


def typed(keys):
    return [(key, NUMBERS.get(key, "VARCHAR")) for key in keys]


def struct(name):
    fields = typed(TABLES[name])
    if name == "contacts":
        fields += [(key, f'STRUCT("{value}" VARCHAR)[]') for key, value in FIRST.items()]
    return "STRUCT(" + ", ".join(f'"{key}" {kind}' for key, kind in fields) + ")[]"


def main(export, folder):
    os.makedirs(folder, exist_ok=True)
    with open(export, "rb") as file:
        form = "array" if file.read(1) == b"[" else "newline_delimited"
    columns = dict(typed(TABLES["leads"]))
    columns.update({name: struct(name) for name in TABLES if name != "leads"})
    declared = ", ".join(f"'{key}': '{kind}'" for key, kind in columns.items())
    base = duckdb.connect()
    base.execute("SET preserve_insertion_order = true")
    base.execute(
        f"CREATE TEMP TABLE export AS SELECT * FROM read_json('{export}', format = '{form}', "
        f"columns = {{{declared}}}, maximum_object_size = 268435456)"
    )
    for name, keys in TABLES.items():
        if name == "leads":
            query = "SELECT " + ", ".join(f'"{key}"' for key in keys) + " FROM export"
        else:
            chosen = [f'child."{key}"' for key in keys]
            if name == "contacts":
                chosen += [f'child."{key}"[1]."{value}" AS "{key}"' for key, value in FIRST.items()]
            query = (
                f"SELECT lead_id, {', '.join(chosen)} FROM "
                f"(SELECT id AS lead_id, unnest({name}) AS child FROM export)"
            )
        base.execute(f"COPY ({query}) TO '{folder}/{name}.csv' (HEADER)")


main(*sys.argv[1:3])
