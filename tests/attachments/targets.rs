//! Which records show a file, for each kind of record, under merges and under another map.

use crate::ground::{
    Folder, How, Line, MP3, PDF, PNG, call, convert_with, export, file, made, note, url,
};
use close2twenty::mapping::LeadStrategy;
use serde_json::{Value, json};

const COLUMNS: [&str; 7] =
    ["task", "note", "person", "company", "opportunity", "object", "object_id"];

/// `column=value` of the filled target columns.
fn targets(line: &Line) -> String {
    let filled = COLUMNS.iter().filter(|column| !line[**column].is_empty());
    filled.map(|column| format!("{column}={}", line[*column])).collect::<Vec<_>>().join(" ")
}

fn activity(kind: &str, id: &str, more: &Value) -> Value {
    let mut record = json!({"_type": kind, "id": id, "lead_id": "lead_A", "date_created": "2023-03-01T10:00:00+00:00",
        "attachments": [file(id, "tok1", "a.pdf", Some(PDF.len()))]});
    let own = more.as_object().unwrap().clone();
    record.as_object_mut().unwrap().extend(own);
    record
}

fn everything() -> Vec<Value> {
    let media = "https://app.close.com/go/sms/acti_S/media/media_9/";
    vec![
        activity("Note", "acti_N", &json!({"note": "x"})),
        activity("Email", "acti_E", &json!({"subject": "x", "status": "inbox"})),
        activity("WhatsAppMessage", "acti_WA", &json!({"text": "x"})),
        json!({"_type": "SMS", "id": "acti_S", "lead_id": "lead_A", "text": "x", "status": "inbox",
               "date_created": "2023-03-01T10:00:00+00:00",
               "attachments": [{"url": media, "filename": "a.png", "size": PNG.len(), "media_id": "media_9"}]}),
        activity(
            "CustomActivity",
            "acti_CA",
            &json!({"custom_activity_type_id": "actitype_Q", "status": "published"}),
        ),
        json!({"id": "actitype_Q", "name": "Site Visit", "fields": []}),
        call("acti_C", true, false),
        json!({"id": "oppo_O", "lead_id": "lead_A", "status_label": "Open", "value": 100, "value_currency": "EUR",
               "value_period": "one_time", "confidence": 50, "date_created": "2023-03-01T10:00:00+00:00",
               "attachments": [file("oppo_O", "tok1", "a.pdf", Some(PDF.len()))]}),
        json!({"id": "leadfile_1", "lead_id": "lead_A", "name": "b.pdf", "size": PDF.len() + 1,
               "last_object_type": "lead", "last_object_id": "lead_A", "date_created": "2022-01-01T00:00:00+00:00"}),
    ]
}

fn folder() -> Folder {
    ["acti_N", "acti_E", "acti_WA", "acti_CA", "oppo_O"]
        .iter()
        .fold(Folder::new(), |folder, id| folder.put(&format!("{id}/tok1/a.pdf"), PDF))
        .put("go/sms/acti_S/media/media_9/index.html", PNG)
        .put("close-recording-acti_C.mp3", MP3)
        .put("lead_A/b.pdf", [PDF, b"b"].concat())
}

#[test]
fn each_kind_of_record_shows_its_files() {
    let made = made(&everything(), &folder());
    for (key, expected, role) in [
        ("acti_N/tok1", "note=acti_N person=cont_A", "attachment"),
        ("acti_E/tok1", "task=acti_E person=cont_A", "attachment"),
        ("acti_WA/tok1", "task=acti_WA person=cont_A", "attachment"),
        ("acti_S/media_9", "task=acti_S person=cont_A", "mms"),
        ("acti_CA/tok1", "person=cont_A object=siteVisit object_id=acti_CA", "attachment"),
        ("acti_C/recording", "task=acti_C person=cont_A", "recording"),
        ("oppo_O/tok1", "person=cont_A opportunity=oppo_O", "attachment"),
        ("lead_A/~leadfile_1", "person=cont_A", "leadfile"),
    ] {
        let line = made.line(key);
        assert_eq!((targets(&line).as_str(), &*line["role"]), (expected, role), "{key}");
        assert_eq!((&*line["status"], &*line["code"]), ("attached", ""), "{key}");
    }
    assert_eq!(made.line("acti_N/tok1")["uploaded_at"], "2023-03-01T10:00:00Z");
    assert_eq!(made.line("lead_A/~leadfile_1")["uploaded_at"], "2022-01-01T00:00:00Z");
    assert_eq!(made.line("lead_A/~leadfile_1")["how"], "id-and-name");
    assert_eq!(made.summary.records["lead_file"].written, 1);
}

#[test]
fn the_map_decides_what_a_record_becomes() {
    let map = "version = 1\n[activities]\nemail = \"note\"\nnote = \"task\"\ncall = \"archive\"\n";
    let how = How { map, ..How::default() };
    let made = convert_with(&export(&everything()), &[folder().path()], &how).unwrap();
    for (key, expected) in [
        ("acti_E/tok1", "note=acti_E person=cont_A"),
        ("acti_N/tok1", "task=acti_N person=cont_A"),
        ("acti_C/recording", "person=cont_A"),
    ] {
        assert_eq!(targets(&made.line(key)), expected, "{key}");
    }
}

#[test]
fn without_a_person_the_company_shows_it() {
    let how = How { leads: Some(LeadStrategy::Company), ..How::default() };
    let made = convert_with(&export(&everything()), &[folder().path()], &how).unwrap();
    assert_eq!(targets(&made.line("lead_A/~leadfile_1")), "company=lead_A");
    assert_eq!(targets(&made.line("acti_N/tok1")), "note=acti_N company=lead_A");
}

#[test]
fn merged_people_and_leads_are_followed() {
    let lead = |id: &str, contact: &str| {
        json!({"id": id, "name": format!("Acme {id}"), "date_created": "2020-01-01T00:00:00+00:00",
            "contacts": [{"id": contact, "lead_id": id, "name": "Ada Example",
                          "emails": [{"email": "ada@example.com", "type": "office"}]}]})
    };
    let on = |id: &str, lead: &str, contact: Option<&str>| {
        let mut note = note(id, &[file(id, "tok1", "a.pdf", None)]);
        (note["lead_id"], note["contact_id"]) = (json!(lead), json!(contact));
        note
    };
    let records = [
        lead("lead_A", "cont_A"),
        lead("lead_B", "cont_B"),
        on("acti_1", "lead_B", Some("cont_B")),
        on("acti_2", "lead_B", None),
        on("acti_3", "lead_GONE", None),
        json!({"_type": "LeadMerge", "id": "acti_M", "lead_id": "lead_B", "source_lead_id": "lead_GONE",
               "destination_lead_id": "lead_B", "merge_status": "completed", "date_created": "2021-01-01T00:00:00+00:00"}),
        on("acti_4", "lead_NOWHERE", Some("cont_NOBODY")),
        json!({"id": "leadfile_1", "name": "x.pdf", "last_object_type": "lead", "last_object_id": "lead_GONE"}),
    ];
    let folder = Folder::new().put("acti_4/tok1/a.pdf", PDF);
    let made = convert_with(&records, &[folder.path()], &How::default()).unwrap();
    // Every line names rows that are there: the people of both leads are one.
    let sheets = crate::cases::sheet::sheets(&made.path());
    let ids = |object: &str| {
        sheets.iter().find(|(step, _)| step.contains(object)).unwrap().1.column("Close Id")
    };
    let (people, companies) = (ids("people"), ids("companies"));
    assert_eq!(made.line("acti_1/tok1")["person"], people[0], "cont_B is cont_A");
    for key in ["acti_2/tok1", "acti_3/tok1", "lead_GONE/~leadfile_1"] {
        // Ada represents lead_A already, so lead_B is its company.
        let (person, company) = (&made.line(key)["person"], &made.line(key)["company"]);
        assert!(person.is_empty() && companies.contains(&&**company), "{key}: {company}");
        assert_eq!(company, "lead_B", "{key}");
    }
    let nobody = made.line("acti_4/tok1");
    assert_eq!((targets(&nobody).as_str(), &*nobody["code"]), ("note=acti_4", ""));
}

#[test]
fn a_file_that_nothing_shows_is_flagged() {
    let mut call = call("acti_C", true, false);
    call["lead_id"] = Value::Null;
    let map = "version = 1\n[activities]\ncall = \"archive\"\n";
    let folder = Folder::new().put("close-recording-acti_C.mp3", MP3);
    let how = How { map, ..How::default() };
    let made = convert_with(&export(&[call]), &[folder.path()], &how).unwrap();
    assert_eq!(
        made.said("acti_C/recording"),
        "attached C2T-A024 recording-name close-recording-acti_C.mp3"
    );
}

#[test]
fn a_notification_tells_of_the_calls_file_again() {
    let noti = |id: &str, call: &str| {
        json!({"_type": "voicemail", "id": id, "lead_id": "lead_A", "object_type": "call", "object_id": call,
            "voicemail_url": format!("https://api.close.com/call/{call}/voicemail/"),
            "date_created": "2023-03-03T10:00:00+00:00"})
    };
    let sms = json!({"_type": "incoming_sms", "id": "noti_S", "lead_id": "lead_A", "object_type": "sms",
        "object_id": "acti_S", "text": "x", "date_created": "2023-03-03T10:00:00+00:00",
        "attachments": [{"url": "https://app.close.com/go/sms/acti_S/media/media_9/", "filename": "a.png",
                         "media_id": "media_9"}]});
    let records =
        [call("acti_V", false, true), noti("noti_1", "acti_V"), noti("noti_2", "acti_GONE"), sms];
    let folder =
        Folder::new().put("close-recording-acti_V.mp3", MP3).put("acti_S/media_9.png", PNG);
    let made = made(&records, &folder);
    let line = made.line("acti_V/voicemail");
    assert_eq!(targets(&line), "task=acti_V person=cont_A");
    assert_eq!(line["refers"], "acti_V noti_1");
    assert_eq!(targets(&made.line("acti_GONE/voicemail")), "task=noti_2 person=cont_A");
    assert_eq!(made.said("acti_S/media_9"), "attached id-and-token acti_S/media_9.png");
    assert_eq!(made.index.rows.len(), 3);
}

#[test]
fn the_media_of_a_text_message_needs_no_other_id_in_its_path() {
    let sms = json!({"_type": "SMS", "id": "acti_S", "lead_id": "lead_A", "text": "x",
        "date_created": "2023-03-03T10:00:00+00:00",
        "attachments": [{"url": "https://app.close.com/go/sms/acti_S/media/media_9/", "filename": "a.png",
                         "media_id": "media_10"}]});
    for name in ["mms/media_9.png", "media_10.png"] {
        let folder = Folder::new().put(name, PNG).put("media_99.png", PNG);
        let made = made(std::slice::from_ref(&sms), &folder);
        let lines = made.index.column("source");
        assert_eq!(lines, [name], "{:?}", made.problems());
    }
}

#[test]
fn a_leads_list_tells_of_an_activitys_file_again() {
    let list = json!({"id": "leadfile_1", "name": "Offer.pdf", "size": PDF.len(), "content_type": "application/pdf",
        "download_url": "https://files.example.com/1", "last_object_type": "activity.note", "last_object_id": "acti_N"});
    let own = note("acti_N", &[file("acti_N", "tok1", "offer.pdf", Some(PDF.len()))]);
    let folder = Folder::new().put("leadfile_1_Offer.pdf", PDF);
    let made_ = made(&[own, list.clone()], &folder);
    assert_eq!(made_.said("acti_N/tok1"), "attached id-and-name leadfile_1_Offer.pdf");
    assert_eq!(made_.line("acti_N/tok1")["refers"], "acti_N leadfile_1");
    assert_eq!(made_.index.rows.len(), 1);
    // Without the note it stands by itself.
    let made = made(&[list], &folder);
    assert_eq!(made.line("acti_N/~leadfile_1")["status"], "attached");
}

#[test]
fn copies_of_a_record_count_once() {
    let whole = note(
        "acti_N",
        &[file("acti_N", "tok1", "a.pdf", None), file("acti_N", "tok1", "a.pdf", None)],
    );
    let stripped =
        json!({"_type": "Note", "id": "acti_N", "lead_id": "lead_A", "note": "see the file"});
    let mut lead = export(&[]).remove(0);
    lead["activities"] = json!([whole]);
    let records = [lead, stripped, whole.clone()];
    let folder = Folder::new().put("acti_N/tok1/a.pdf", PDF);
    let made = convert_with(&records, &[folder.path()], &How::default()).unwrap();
    assert_eq!(made.index.column("close_id"), ["acti_N/tok1"]);
}

#[test]
fn images_in_texts() {
    let stored = url("acti_E", "tokI", "in text.png").replace(' ', "%20");
    let body = format!(
        "<p>1 &lt; 2 <img src=\"cid:img1\"> <img src=\"cid:lost@x\"> <img src=\"{stored}\"></p>"
    );
    let mut listed = file("acti_E", "tok1", "one.png", Some(PNG.len()));
    listed["content_id"] = json!("<img1>");
    let mail = json!({"_type": "Email", "id": "acti_E", "lead_id": "lead_A", "subject": "x", "status": "inbox",
        "body_html": body, "date_created": "2023-03-01T10:00:00+00:00", "attachments": [listed]});
    let folder =
        Folder::new().put("acti_E/one.png", PNG).put("acti_E/tokI/x", [PNG, b"i"].concat());
    let made = made(&[mail], &folder);
    assert_eq!(made.said("acti_E/tok1"), "attached id-and-name acti_E/one.png");
    assert_eq!(made.said("acti_E/tokI"), "attached id-and-token acti_E/tokI/x");
    let roles = made.index.column("role");
    assert_eq!(roles, ["inline"; 3]);
    let lost = made.index.find("content_id", "lost@x");
    assert_eq!((lost.len(), &lost[0]["code"]), (1, "C2T-A007"));
    assert!(!made.summary.needs_a_person(), "nobody can do anything about it");
}
