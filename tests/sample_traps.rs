//! The traps of the sample (`testdata/close/sample/README.md`): what must happen to each, asserted
//! on the cells by Close id. The numbers in the test names are the README's. It must not repeat
//! what `check` or the golden bundle say.

#![forbid(unsafe_code)]

mod cases;

use cases::Bundle;
use cases::sheet::{Row, Sheet, sheets};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

struct Sample {
    sheets: BTreeMap<String, Sheet>,
    reports: BTreeMap<String, Sheet>,
    archive: BTreeMap<String, String>,
    manifest: Value,
}

/// The sample, converted once.
static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let bundle: Bundle = cases::run(&cases::sample().input).expect("the sample converts");
    let files = bundle.files();
    let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).expect("UTF-8");
    let below = |folder: &'static str, end: &'static str| {
        files.iter().filter_map(move |(path, bytes)| {
            let name = path.strip_prefix(folder)?.strip_suffix(end)?;
            Some((name.to_owned(), bytes))
        })
    };
    Sample {
        sheets: sheets(&bundle.path()),
        reports: below("reports/", ".csv").map(|(n, b)| (n, Sheet::parse(b))).collect(),
        archive: below("archive/", ".jsonl").map(|(n, b)| (n, text(b))).collect(),
        manifest: serde_json::from_slice(&files["manifest.json"]).expect("JSON"),
    }
});

fn company(id: &str) -> Row<'static> {
    SAMPLE.sheets["companies"].close(id)
}

fn person(id: &str) -> Row<'static> {
    SAMPLE.sheets["people"].close(id)
}

fn opportunity(id: &str) -> Row<'static> {
    SAMPLE.sheets["opportunities"].close(id)
}

fn task(id: &str) -> Row<'static> {
    SAMPLE.sheets["tasks"].close(id)
}

fn note(id: &str) -> Row<'static> {
    SAMPLE.sheets["notes"].close(id)
}

fn has_row(sheet: &str, id: &str) -> bool {
    !SAMPLE.sheets[sheet].find("Close Id", id).is_empty()
}

/// The archive's lines about a record.
fn archived(kind: &str, id: &str) -> Vec<&'static str> {
    let lines = SAMPLE.archive[kind].lines();
    lines.filter(|line| line.starts_with(&format!("{{\"id\":\"{id}\""))).collect()
}

fn report(report: &str, header: &str, value: &str) -> Vec<Row<'static>> {
    SAMPLE.reports[report].find(header, value)
}

/// The labels of a select field by option value.
fn options(object: &str, field: &str) -> BTreeMap<String, String> {
    let fields = SAMPLE.manifest["schema"]["fields"].as_array().expect("fields");
    let field = fields.iter().find(|f| f["object"] == object && f["name"] == field);
    let options = field.expect("the field")["options"].as_array().expect("options");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    options.iter().map(|o| (text(&o["value"]), text(&o["label"]))).collect()
}

const BOREALIS: &str = "lead_riew2SxUEhqxMt8UQJ1OCktP3fFE4jb8gjuXyXC7ZJZ";

#[test]
fn custom_fields_of_every_type_land_in_fields_1_to_4() {
    let row = company(BOREALIS);
    for (header, cell) in [
        ("# of users", "250"),
        ("Budget", "359.88"),
        ("Renewal Date", "2024-12-31"),
        ("Go-live at", "2021-06-28T06:00:00Z"),
        ("Best call time", "01:00:00"),
        ("Lead Owner", "Una Petersen <una.petersen@example.com>"),
        ("Account Team", "Tom Ahlers <tom.ahlers@example.com>; Gerda Former"),
        ("Region", "Hamburg"),
        ("Region (Lead)", "DACH"),
        ("Deleted field", "left over"),
        ("sync_blob", "{\"erp\":4711}"),
    ] {
        assert_eq!(&row[header], cell, "{header}");
    }
    let unknown = archived("lead", BOREALIS).concat();
    assert!(unknown.contains("smart_score_v9") && unknown.contains("summaries"), "{unknown}");
    let labels = options("company", "tags");
    let labels: Vec<&String> = labels.values().collect();
    // "VIP" would be the value of "vip": a cell could mean either, so it gets a number.
    for label in ["legacy-2016", "vip", "VIP (2)"] {
        assert!(labels.iter().any(|l| **l == label), "{label} in {labels:?}");
    }
}

#[test]
fn addresses_of_contacts_5_7_8() {
    let row = person("cont_bTYTaj3zbi8ESOLqDdjNx8kn6zH7gTNQW2JmrXt0KoE");
    let mail = row["Emails / Primary Email"].to_lowercase();
    assert_eq!(mail, row["Emails / Primary Email"]);
    let more = row["Emails / Additional Emails"].to_lowercase();
    assert!(!more.contains(&mail), "{more}");
    let bare = person("cont_cOiHCtATCf0xASlAowhjFzebLViuwDnVPs1N3J17pZt");
    assert!(!bare["Name / First Name"].is_empty() && bare["Emails / Primary Email"].is_empty());
    let [first, second] = [
        "cont_iNTp8fU4hpaIWhe44cgQoj7Rw28npiSrrx41lnPyDCJ",
        "cont_CRVHX2GXgMazJDkk941VqRP4NsmKpcch0CEgZV3PzTF",
    ];
    assert!(has_row("people", first) && !has_row("people", second));
    assert_eq!(&report("merges", "merged", second)[0]["survivor"], first);
    assert!(!person(first)["Phones / Primary Phone Number"].is_empty());
}

#[test]
fn values_against_their_type_are_no_cells_6_37() {
    let contact = "cont_MbybiOsPEjQAkGuhztJQsn3AIQOw8cmwsprj9BguXiH";
    assert_eq!(&person(contact)["Number of visits"], "");
    assert!(archived("contact", contact).concat().contains("n/a"));
    assert!(report("rejects", "close_id", contact).iter().any(|row| row["value"].contains("n/a")));
    let lead = "lead_1NJQKzaASHgbMVdKj8V8Qt2afgRtzGYNOK9VWnQ7d3A";
    // Its own value is "n/a"; a lead merged into the same company has a number.
    assert_eq!(&company(lead)["# of users"], "12");
    assert_eq!(options("company", "industry")[&company(lead)["Industry"]], "Crypto");
}

#[test]
fn an_estimate_is_no_win_9() {
    let row = opportunity("oppo_WmXIAQok83rwO76H59i1XmCirCpGJcXcWANSJ8q237F");
    assert_eq!(&row["Close date"], "2023-12-31T12:00:00Z");
    assert_eq!(&row["Won Date"], "");
}

#[test]
fn owners_10_to_13() {
    let owner = |id: &str| -> Row<'static> {
        let rows = report("owners", "close_id", id);
        assert_eq!(rows.len(), 1, "{id}");
        rows[0]
    };
    let gone = "user_GONEzzmFjOAYQAadJzNRtJAPv3ekMOTOWjVbxq0WXme";
    assert_eq!(&owner(gone)["name"], "Gerda Former");
    let row = opportunity("oppo_WmXIAQok83rwO76H59i1XmCirCpGJcXcWANSJ8q237F");
    assert_eq!(&row["Close Owner"], "Gerda Former");
    let inactive = owner("user_aqaXrkG1dy28jlaiHl8DpduxksMYpPUmL3vlACgUYst");
    assert_eq!((&inactive["name"], &inactive["status"]), ("Falk Abendroth", "inactive"));
    assert!(!inactive["email"].is_empty());
    assert_eq!(&owner("user_GONEHI1lzxF9lHmi6UE5a3Sf8m7cvroigyvuQtto7ee")["name"], "");
    let renamed = owner("user_K7DNYSv6Z6vCBfcbvqKEtphaIfIiUyeGpJG8JHzYo4c");
    assert_eq!(&renamed["name"], "Søren Lindqvist");
}

#[test]
fn labels_that_collide_get_distinct_values_14_15() {
    let labels = options("opportunity", "stage");
    let with = |label: &str| labels.values().filter(|l| l.starts_with(label)).count();
    assert_eq!(with("Qualified"), 2, "{labels:?}");
    assert_eq!(with("In Review") + with("In-Review"), 2, "{labels:?}");
    assert_eq!(with("Renewed"), 1, "{labels:?}");
}

#[test]
fn task_dates_16() {
    let due = |id: &str| task(id)["Due Date"].to_owned();
    assert!(due("task_nKRN1UTq6pLqBvTuQcIuEOqOZ8QKOikM5IgkWPY00qb").ends_with("T12:00:00Z"));
    assert_eq!(due("task_JgruvDR87hfimf2VzHBXjjyteZuyMGzACFKL2xhjpi9"), "");
}

#[test]
fn texts_17_to_20() {
    let html = note("acti_Y7BpB9JVrWo5IJOdSLXIzwBWMUwWmgzYpWpov8HwKJB");
    assert!(html["Body / Markdown"].starts_with("## First talk\n\n1. price < 10 k€\n2. delivery"));
    let rows = SAMPLE.sheets["notes"].rows.iter().flatten();
    assert!(!rows.into_iter().any(|cell| cell.contains("First talk.")), "the twin stays out");
    let plain = note("acti_qciYLmLnXyAzRSIfEUd2IY2HXXFdiVzWYbxfFABtbhd");
    assert!(plain["Body / Markdown"].starts_with("\\# heading<br>- list<br>> quote<br>2024. was"));
    let odd = note("acti_jDXrZNtq0IrZgvp5RYtNSkr6oMS1YRwkPx8RbKJ3Q1f");
    let refused = |c: char| c == '\0' || c == '\r' || (c < ' ' && c != '\n' && c != '\t');
    assert!(!odd["Body / Markdown"].contains(refused), "{:?}", &odd["Body / Markdown"]);
    assert_eq!(&note("acti_qNclLxl7M72amlhAbGbcyWqGEIusZWWccvtYR3j8lQh")["Body / Markdown"], "");
}

#[test]
fn calls_21_22() {
    let old = task("acti_lkknhaDwDMHggXhteww9o96K3GfFlflhiISl4h7gBjH");
    assert_eq!(old["Activity Date"][..10], old["Creation date"][..10]);
    assert_eq!(&task("acti_ggKfpBlOGA1JcaeDf96SYjXmlUM3ENNRhSldLdCPtNK")["Status"], "DONE");
}

#[test]
fn a_long_mail_is_cut_and_kept_23() {
    let id = "acti_QuU2H3XviEnXosFsfZ9eU2Z42Y0g5vaofskMJpVco2V";
    let body = &task(id)["Body / Markdown"];
    assert!((20_000..=32_767).contains(&body.encode_utf16().count()), "{}", body.len());
    let kept: usize = archived("email", id).iter().map(|line| line.len()).sum();
    assert!(kept > 40_000, "the whole text is in the archive");
}

#[test]
fn mails_24_25_63_69() {
    let quoted = task("acti_QBpSLJ21MMSsapigq65GsFk8BX11J9Ujux7irpvLajF");
    assert_eq!(quoted["Body / Markdown"].matches("Dear Inés").count(), 1);
    for unsent in [
        "acti_is2YccAprW24e55bIjYf0czmVkwD7zUsn4ltQ0ql2YZ",
        "acti_rn66wvRTIusww71rnrt12y8tmI53MVtdyGMvP4CkySi",
        "acti_X3wFOEB8kgOOvd1pQfLtInbZD3vNEBPNrTcILua6JiJ",
        "acti_dR3Vct1pVXmlptpGmLDC7Y2kfwBYMYUqUPVbiAEupuv",
    ] {
        assert_eq!(&task(unsent)["Status"], "TODO", "{unsent} was never sent");
    }
    let [one, two] = [
        task("acti_9TKvLV3WAK6CkLVLNvp2XF2efGETco5Lkg6mOT19S9I"),
        task("acti_S0F3MoCQL9A45UhDNjLM4iZ1IjcYBrLqJqchem66fsE"),
    ];
    assert_ne!(&one["Id"], &two["Id"]);
    let stripped = task("acti_PJJgv1CuwFzCqogowPpJ17jY3TcJzHFsXxXHq258bEd");
    assert!(stripped["Body / Markdown"].contains("robots"), "its body is not erased");
    let thread = "acti_ofoofDaxlqK1SfDRSbfMLBexz2ad67m9KtuRnkRwjpq";
    assert_eq!(&stripped["Thread Id"], thread);
}

#[test]
fn meetings_28() {
    let upcoming = task("acti_yuJCIFxjL87bEBFqEjSB8S9m5XnFkYGVzphPkklqXZp");
    assert_eq!(&upcoming["Status"], "TODO");
    let meetings = SAMPLE.sheets["tasks"].find("Activity Type", "MEETING");
    assert_eq!(meetings.len(), 10);
    assert!(meetings.iter().all(|row| !row["Title"].is_empty()));
}

#[test]
fn history_is_archived_29_to_31() {
    for (kind, id) in [
        ("opportunity_status_change", "acti_kiZXGbM24TI7IOJ2ct4se5oPPQUWMne5R8qW5bHlRQ9"),
        ("lead_merge", "acti_TVTURAwUNTzXelUUANYcVAbqI285rW1bEvh2aiNqrZv"),
        ("custom_activity", "acti_pa5zUSIChDd6nRhFKvvf51cmeRhPgw3ZiWzGVQUZkuS"),
        ("custom_activity", "acti_JoWRXNKEyEGJuFQUaAnGKZhhH4xIb7Ymq9UWb0wX40v"),
        ("custom_activity", "acti_cNNCPbBTchYNAjs7BiRT9WkB4BL0mCJWF5JZeydROSZ"),
    ] {
        assert_eq!(archived(kind, id).len(), 1, "{kind} {id}");
    }
}

#[test]
fn dangling_links_are_dropped_with_a_reason_32_61() {
    let gone = "cont_er2sO1BkHlv7hM4AErX718ilhnicO3bAW5uR34fhPfJ";
    let left = note("acti_LCJeX1Y2asdD7gfZLLOmdEo1QJ2y0KB1ZhGJ78T5A24");
    assert!(!left["Company / Close Id"].is_empty(), "it stays on the lead");
    assert_ne!(&left["Person / Close Id"], gone);
    let deal = opportunity("oppo_doIb2GDA5q95s2v4rix2ZTbmOewvuhaRDEKzy4qNOT4");
    assert_ne!(&deal["Point of Contact / Close Id"], gone);
    assert!(!deal["Stage"].is_empty(), "a deleted status is an option by its label");
    assert_eq!(report("rejects", "value", gone).len(), 2);
}

#[test]
fn companies_are_merged_by_host_33_34_44() {
    assert_eq!(&company(BOREALIS)["Domain Name / Link URL"], "https://borealis-robotics.example");
    for merged in [
        "lead_eGse6kxFLjoLx1ftDghVGhNLQqz5Ll9b1p6cquoaep9",
        "lead_ECyaIex6CcK47gf8k3hMbC0lCqBdrPGQblDDVAsoD0h",
    ] {
        assert!(!has_row("companies", merged));
        assert!(company(BOREALIS)["Close Merged Ids"].contains(merged));
        assert!(report("merges", "merged", merged).iter().any(|row| &row["survivor"] == BOREALIS));
    }
    // The renamed status is known by its id.
    assert!(!options("company", "leadStatus").values().any(|label| label == "Cold"));
    let idn = company("lead_c8BCi71JQtPb1xRuxQZgeMynIAg0COPkKMtET1AtT4d");
    assert_eq!(&idn["Domain Name / Link URL"], "https://xn--mller-bckerei-hfb76a.example");
    assert!(!has_row("companies", "lead_imaTunaZlV4pM9xRKTeUOMAxUYYWGRrJbPq5vCSMCqc"));
}

#[test]
fn companies_are_merged_by_name_only_where_safe_36_39_42() {
    let kranich = company("lead_1NJQKzaASHgbMVdKj8V8Qt2afgRtzGYNOK9VWnQ7d3A");
    assert_eq!(kranich["Close Merged Ids"].split(' ').count(), 2);
    for apart in [
        "lead_sBV882qcwhGUmUPTE1zxDDFJ73UDHnzER9t29FIYbDx",
        "lead_32kFRDdJdrCYiYS6ilfDhCC73SsvRN78lCtYKfWMv4a",
    ] {
        assert_eq!(&company(apart)["Close Merged Ids"], "");
    }
    for social in [
        "lead_h3rY2Zxnvf5WORMMC9WxbKgT7PlVzCNc7Hos89gb404",
        "lead_mTwictZ82lyQSPYQ3GHIXT4lvgwLfw0sGQUKCH9qYIB",
        "lead_BPyTThA5lfcfyYeqTV1g6QdrlgnvmpSVKTUZZY5MqRo",
        "lead_zM7HkX9GiOiLeZ74TRZle4rqRhqyIYeiKsh0RwKsuoz",
    ] {
        assert_eq!(&company(social)["Domain Name / Link URL"], "", "{social}");
    }
}

#[test]
fn amounts_35_54_58() {
    let none = opportunity("oppo_ZHbjFyoGGbC9I6WWgknwvC6EWBNMce4u8libQFJJbvK");
    assert_eq!((&none["Amount / Amount"], &none["Amount / Currency"]), ("", ""));
    for zero in [
        "oppo_NpnjgN7qmIRTLlsCSLUBLhgjrTsGqLyJEF5A5IdIxzI",
        "oppo_8OAcsscsi6xUTulHaN1ucbxmmpbaLLzOltQ8I0K6jtP",
    ] {
        assert_eq!(&opportunity(zero)["Amount / Amount"], "0");
    }
    let yen = opportunity("oppo_HgNITBLI7VW3lvRyOlbsvfCrf7VK7rtlqfPz7m6463M");
    assert_eq!((&yen["Amount / Amount"], &yen["Amount / Currency"]), ("500000", "JPY"));
}

#[test]
fn persons_are_merged_or_kept_apart_38_40_46_55() {
    for merged in [
        "cont_AEw37Gvjj3xrlVKST8YQ7oWOVTrt1vLD8ALU2AjwQ7U",
        "cont_1JL70JHTbaHwjZF2SL4VnOLgsnelF3nWGnsBg7kTInC",
    ] {
        assert!(!has_row("people", merged));
        assert_eq!(report("merges", "merged", merged).len(), 1);
    }
    for (address, ids) in [
        (
            "muster@example.net",
            &[
                "cont_MHex2jzRXvGtunpVBLYHnydCEYplHCttxeyxsHa1jfG",
                "cont_hXjmv90bzFVnFBVfA4ad9D8rCZ1SfIuRpCDBxOwjRaN",
            ][..],
        ),
        (
            "info@praxis-beispiel.example",
            &[
                "cont_MT4ZqT8FccfCCJmO1S3GeqK1aP0rvpCuBRFTeLaZuUS",
                "cont_te6xSUdMWXl6TReNlwn8G1fBTby35anlPWF7ruWCJqz",
                "cont_q38v3m5LxQDF41J2jTWOePg5d537v0N0GVBtZbW6uHX",
            ],
        ),
    ] {
        let has = |id: &&&str| &person(id)["Emails / Primary Email"] == address;
        assert_eq!(ids.iter().filter(has).count(), 1, "{address}");
        assert_eq!(report("rejects", "value", address).len(), ids.len() - 1);
    }
}

#[test]
fn phones_41_47_56() {
    let primary = |id: &str| person(id)["Phones / Primary Phone Number"].to_owned();
    let guernsey = person("cont_mhMOZCWw51gPqLdZMLdWB5DvwELLqWrU6OuhzSd0nQq");
    assert!(guernsey["Phones / Primary Phone Number"].starts_with("+4479111"));
    assert_eq!(&guernsey["Phones / Primary Phone Calling Code"], "");
    assert_eq!(primary("cont_UH1lwXw6XatrDBzBoVovLBGlLKPPx2vSBds4AH03UrS"), "+12125550143");
    let other = &person("cont_UH1lwXw6XatrDBzBoVovLBGlLKPPx2vSBds4AH03UrS")["Other Phones"];
    assert!(other.contains("80012345678"), "{other}");
    let garbage = &person("cont_ubRvoIAg4rnhxOP8AFcQeGi3FL9pm0CxsMbq8BAldBw")["Other Phones"];
    assert!(garbage.contains("abc"), "{garbage}");
    assert_eq!(primary("cont_wjDSy9Wg5shplRMtIRsq6NrkjuxK0adnWpGA2sWaWt8"), "+46701740605");
}

#[test]
fn websites_43() {
    for (id, url) in [
        ("lead_ZFML1xhPHvG52ydfun5AUB0AjTv2wGZs2t7cIDYE6KS", "https://zwei.example"),
        ("lead_qiyreS10Ixp2BU1Ro2fTETGwHDkcs1RKgEISUZsNvWD", "https://leerwind.example"),
        ("lead_1xjBWINp4ANlZWRODMi7ia22KkntwuphaMPQ47kv0za", "https://portwind.example:8443"),
    ] {
        let row = SAMPLE.sheets["companies"].find("Close Id", id);
        let found = row.first().map_or("", |row| &row["Domain Name / Link URL"]);
        assert!(found.is_empty() || url.starts_with(found), "{id}: {found}");
    }
    for (id, raw) in [
        ("lead_0Co0MVtFcuabKiV8NH3XfZ468K0ydrqHXwKRlkSHonB", "n/a"),
        ("lead_CQ3vACdnlJyaiRCIQpkq8oGfCelqRbajfFajmEBKWyT", "javascript:alert(1)"),
        ("lead_Oc4sBjuGx3q5B5IjIl2en2qa3rBOWlRm20V4XVF6AP1", "https://foo bar.example"),
    ] {
        assert_eq!(&company(id)["Domain Name / Link URL"], "");
        let in_row = company(id).cells().iter().any(|cell| cell == raw);
        assert!(in_row || archived("lead", id).concat().contains(raw), "{raw} is kept");
    }
}

#[test]
fn private_persons_make_no_company_45() {
    for lead in [
        "lead_Wf1HJoqJlZSOmrVKDKLhclRH3fLpphPKOkjeJX3BGTJ",
        "lead_fzK4Ps141eW8CO5KvW0uTrgZO6gZzZiWayIpxNqMrdd",
        "lead_GKLiO5ggFgVowoo9uwQuICnnCZZoaFCgeA3cWUqzV22",
        "lead_pWAG0PEdYRXgSJcIqDNmaQzy83ZeVIH68ZjQLMq38ez",
        "lead_dN0ZnkcZSfdPqlMDWxhnqpR1fofee6cNapZ6GI9tT2M",
        "lead_l1XkuaOoLvX4vx8tzSWWtKxzgkp44MQGVDUtrmPOjGQ",
        "lead_iTnFbBYPAyKEKi2k3IGXK4YLdX3ELSvHCWn8xn8V04g",
        "lead_fXFuJxoLLKgdayuTdXa57pZknYDbCam0gOcDEkqkYS0",
        "lead_IZHWuLGxUQWdn4wXhLjE5kKeaJgAT0vH0EZwGwudDYu",
        "lead_mxRvgOnmhFBvvUkeRsXEMG2eiv9d5P7UQss2lo4Px7C",
        "lead_xRlyF9vtJCzOSA4CpawisZUmMauEr61eStah95zHJGc",
        "lead_cRJKBNUMqjQBWLiR1jlYP6pgxTqoXtycVzoZS3grrF5",
        "lead_FUYJuQMOqDwbS4PAKgzvAab7ixtQsaWlzQQ5Qz2FXI4",
        "lead_TBpJm7XenYqVCe3tWxy5Zzohek8LRvkqXjxE3Ynu0qT",
    ] {
        assert!(!has_row("companies", lead), "{lead} is a person");
        let rows = SAMPLE.sheets["people"].find("Close Lead Id", lead);
        assert_eq!(rows.len(), 1, "{lead} is represented once");
        assert_eq!(&rows[0]["Company / Close Id"], "");
    }
    let both = "lead_lv56BIDJOOV5usP3gZDueb8J8QdJomcfBN4fcDI7iwu";
    assert!(has_row("companies", both), "47: a website makes a company");
}

#[test]
fn leads_without_contacts_49_to_53() {
    for lead in [
        "lead_c8jztL3DrgOBNAr64IK5RpBhzeupLjGzuBoH6Hxve5d",
        "lead_LqBGwDnea5hz32B1lWDBF71V7tls6LR7f2k2cT0qGNL",
        "lead_QRymReSfxVXPtw9eohvVKNJGzY5VfTCUEzw8xeujTqN",
        "lead_VzbmjQ5Mt6okNB8N11Q6zvlUnFuYEhBlWYHIVx3gayD",
        "lead_7gRh2xVmj367mVANxTYA7UgGe0imXUSFcrgi0AYk9nr",
        "lead_KSBNe2HnJ0pSM50mYDV4dwTZAjdviogRNFZfk9TWRZA",
        "lead_thJYb29MoOFaKpv0jySeOvMtPHZOPrRQ14AHGERRvax",
    ] {
        assert_eq!(&company(lead)["Close Lead Id"], lead, "its company represents it");
        assert!(!has_row("people", lead));
    }
    for lead in [
        "lead_rdKqUVyGu1mvL1NhhKzOH6VcRor9qFcRdZLbCobY36A",
        "lead_jOnAkLAyfacHndLEdFIkmEFD5BC0gfU8Yszp3czZ7vU",
    ] {
        assert_eq!(&person(lead)["Close Lead Id"], lead, "a person represents it");
    }
    let unnamed = person("lead_8GF2OJKRrZLzYSM4ITiKq7Y869T8iv1qQFJkinwJ1ph");
    assert_eq!(&unnamed["Name / First Name"], "Untitled");
    let people = &SAMPLE.sheets["people"];
    let (first, last) = (people.column("Name / First Name"), people.column("Name / Last Name"));
    assert!(first.iter().zip(last).all(|(a, b)| !(a.is_empty() && b.is_empty())), "a name for all");
}

#[test]
fn every_lead_is_represented_once() {
    let marks = ["companies", "people"].map(|sheet| SAMPLE.sheets[sheet].column("Close Lead Id"));
    let mut marks: Vec<&str> = marks.concat().into_iter().filter(|id| !id.is_empty()).collect();
    let all = marks.len();
    marks.sort_unstable();
    marks.dedup();
    assert_eq!(all, marks.len());
    let merged = report("merges", "object", "lead").len();
    assert_eq!(all + merged, 67);
}

#[test]
fn addresses_57() {
    for (id, kept) in [
        ("cont_ylRlhKFC7dlrpWki85UtNQQHV9oqP3GAtQBh5xeux2C", "not-an-email"),
        ("cont_5weusJKQX0miDRAduyUyW6tDj5y1uAHuY6iyBjUZVv0", "a b@example.com"),
        ("cont_ThkRp1sXHlFDY0fbUH7HrJa7Hi1Sw9GS8HhNykm1qO9", "two@example.com; three@example.com"),
    ] {
        let row = person(id);
        assert!(!row["Emails / Primary Email"].contains(kept));
        assert!(row["Other Emails"].contains(kept), "{kept}: {}", &row["Other Emails"]);
        assert!(!report("rejects", "value", kept).is_empty(), "{kept} is listed");
    }
    let named = person("cont_kX1dU02zOVSgRtxb30S1dAzqFwpm6JOXExbacqvA2T2");
    assert_eq!(&named["Emails / Primary Email"], "n@example.com");
}

#[test]
fn a_status_that_is_gone_keeps_its_label_60() {
    let id = "lead_1GXBCzcPUhVx5LCcBGpdMTXOYMts0magIJjVsCmjHCA";
    let people = SAMPLE.sheets["people"].find("Close Lead Id", id);
    let row = people.first().copied().unwrap_or_else(|| company(id));
    assert!(!row["Lead Status"].is_empty());
}

#[test]
fn copies_65_70_71() {
    let done = task("task_vJLFp71E1RNrslhk8RssuNc31cItlSZqBhi1U47w9gn");
    assert_eq!(&done["Status"], "DONE");
    assert!(!done["Completed At"].is_empty(), "the time of its last change stands in");
    let renewed = opportunity("oppo_SDBzBvF2UXiBBpChonvz0pU0IYzivXOhlb3ZDFHV4GQ");
    assert!(options("opportunity", "stage")[&renewed["Stage"]].starts_with("Renewed"));
    let kept = opportunity("oppo_eBbRsKcWtxbJFHhxYXXanH0385BdJK6svrl6qUzXV7g");
    assert!(kept.cells().iter().filter(|cell| !cell.is_empty()).count() > 15, "{kept:?}");
}

#[test]
fn orphans_keep_a_reason_66_to_68_72() {
    for (sheet, id) in [
        ("tasks", "task_mS3AzeALE5zz7eVEmJJG7LLxRghdGT6gZSbTOVg1FsW"),
        ("tasks", "acti_rTtX4dLjJIBjjXEvjwD4UPxvkkTCEcmxjKJJi15bAfi"),
        ("tasks", "acti_XgTc2V6vjzNwUoMG3zCilhCq3vHsiWaVwIPrXWYsz8b"),
        ("tasks", "acti_LT7o9xPnIn6TEszqaHYnGAZTvGJwdFKM8g8ufUTAFg0"),
        ("opportunities", "oppo_EBATKJ8x9DEpaSsj5F7SVSZ2SAbY5CztW3Z9dxmpkZ0"),
    ] {
        assert!(has_row(sheet, id), "{id} is not lost");
        let reasons = report("rejects", "close_id", id);
        assert!(reasons.iter().any(|row| row["code"].starts_with("C2T-R0")), "{id}");
    }
}

#[test]
fn comments_73() {
    assert!(has_row("notes", "comm_Qqjf9vGjoq3Uy1sg2Ahi8r"));
    assert!(!has_row("notes", "comm_SSPXg32KKcdSwMHCwXDQxg"), "a removed one has nothing to say");
    assert_eq!(archived("comment", "comm_SSPXg32KKcdSwMHCwXDQxg").len(), 1);
}
