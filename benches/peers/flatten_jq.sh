#!/usr/bin/env bash
# jq, one run a table.
set -euo pipefail
export=$1 folder=$2
mkdir -p "$folder"
each='.[]'
[ "$(head -c 1 "$export")" = "[" ] || each='.'

table() {
  jq -r "$each | $2 | @csv" "$export" >"$folder/$1.csv"
}

table leads '[.id, .name, .display_name, .url, .description, .status_id, .status_label, .created_by, .created_by_name, .date_created, .date_updated]'
table contacts '.id as $lead | .contacts[]? | [$lead, .id, .name, .title, .date_created, .date_updated, .emails[0].email, .phones[0].phone, .urls[0].url]'
table opportunities '.id as $lead | .opportunities[]? | [$lead, .id, .contact_id, .user_id, .user_name, .status_label, .status_type, .value, .value_currency, .value_period, .confidence, .date_won, .note, .date_created]'
table tasks '.id as $lead | .tasks[]? | [$lead, .id, .assigned_to, .text, .date, .is_complete, .date_created]'
table activities '.id as $lead | .activities[]? | [$lead, .id, ._type, .user_id, .activity_at, .date_created, .direction, .subject, .title, .note, .body_text, .text, .duration]'
