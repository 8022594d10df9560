"""The columns of the five tables, and where each comes from."""

TABLES = {
    "leads": [
        "id", "name", "display_name", "url", "description", "status_id", "status_label", "created_by",
        "created_by_name", "date_created", "date_updated",
    ],
    "contacts": ["id", "name", "title", "date_created", "date_updated"],
    "opportunities": [
        "id", "contact_id", "user_id", "user_name", "status_label", "status_type", "value",
        "value_currency", "value_period", "confidence", "date_won", "note", "date_created",
    ],
    "tasks": ["id", "assigned_to", "text", "date", "is_complete", "date_created"],
    "activities": [
        "id", "_type", "user_id", "activity_at", "date_created", "direction", "subject", "title", "note",
        "body_text", "text", "duration",
    ],
}
# Lists inside a contact: the first entry's key becomes a column.
FIRST = {"emails": "email", "phones": "phone", "urls": "url"}
NUMBERS = {"value": "BIGINT", "confidence": "DOUBLE", "is_complete": "BOOLEAN", "duration": "BIGINT"}
