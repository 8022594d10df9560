"""polars with its schema declared; nested lists exploded."""

import os
import sys

import polars as pl

from columns import FIRST, NUMBERS, TABLES

KINDS = {"BIGINT": pl.Int64, "DOUBLE": pl.Float64, "BOOLEAN": pl.Boolean}


def fields(name):
    found = {key: KINDS[NUMBERS[key]] if key in NUMBERS else pl.String for key in TABLES[name]}
    if name == "contacts":
        found |= {key: pl.List(pl.Struct({value: pl.String})) for key, value in FIRST.items()}
    return found


def main(export, folder):
    os.makedirs(folder, exist_ok=True)
    schema = fields("leads")
    schema |= {name: pl.List(pl.Struct(fields(name))) for name in TABLES if name != "leads"}
    with open(export, "rb") as file:
        array = file.read(1) == b"["
    leads = pl.read_json(export, schema=schema) if array else pl.read_ndjson(export, schema=schema)
    leads.select(TABLES["leads"]).write_csv(f"{folder}/leads.csv")
    for name in TABLES:
        if name == "leads":
            continue
        rows = leads.select(pl.col("id").alias("lead_id"), name).explode(name).drop_nulls(name)
        rows = rows.select("lead_id", pl.col(name).struct.unnest())
        if name == "contacts":
            first = [pl.col(key).list.first().struct.field(value).alias(key) for key, value in FIRST.items()]
            rows = rows.with_columns(first)
        rows.write_csv(f"{folder}/{name}.csv")


main(*sys.argv[1:3])
