//! Laws of records: keys, what follows a destroy, values, pages, the worker and the workflow.

use super::Asker;
use super::fake_twenty::{FakeTwenty, Settings};
use serde_json::{Value, json};

const PERSON: &str = "20202020-1111-4111-8111-111111111111";
const TASK: &str = "20202020-2222-4222-8222-222222222222";
const COMPANY: &str = "20202020-3333-4333-8333-333333333333";

/// An id for the n-th record.
fn id(n: usize) -> String {
    format!("20202020-0000-4000-8000-{n:012}")
}

fn message(answer: &Value) -> String {
    answer["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_person_is_made_found_and_destroyed() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    let mail = json!({"primaryEmail": "Ada@x.example"});
    let made = ask.upsert("People", "Person", &json!([{"id": PERSON, "emails": mail}]));
    assert_eq!(made["data"]["createPeople"][0]["id"], PERSON, "{made}");
    let found = ask.core(
        "query($f:PersonFilterInput){people(filter:$f){totalCount countNotEmptyEmails \
         edges{node{emails{primaryEmail} timelineActivities{edges{node{name}}}}}}}",
        &json!({"f": {"id": {"in": [PERSON]}}}),
    );
    let people = &found["data"]["people"];
    assert_eq!(people["totalCount"], 1, "{found}");
    assert_eq!(people["countNotEmptyEmails"], 1);
    let node = &people["edges"][0]["node"];
    assert_eq!(node["emails"]["primaryEmail"], "ada@x.example");
    let rows = &node["timelineActivities"]["edges"];
    assert_eq!(rows[0]["node"]["name"], "person.created");
    let gone = ask.core("mutation($i:UUID!){destroyPerson(id:$i){id}}", &json!({"i": PERSON}));
    assert_eq!(gone["data"]["destroyPerson"]["id"], PERSON);
    assert!(fake.records("timelineActivity").is_empty());
    assert_eq!(fake.invalid_documents(), Vec::<String>::new());
}

#[test]
fn the_domain_of_a_company_meets_its_variants() {
    let same = [
        "https://acme.example/",
        "https://ACME.example",
        "HTTPS://acme.example",
        "https://acme.example:443",
        "  https://acme.example ",
        "https://user:pw@acme.example",
    ];
    let other = [
        "http://acme.example",
        "acme.example",
        "www.acme.example",
        "https://www.acme.example",
        "https://acme.example/about",
        "https://acme.example?a=b",
        "https://acme.example#top",
        "mailto:a@x",
        "acme.example:8080",
    ];
    let refused =
        ["acme", "N/A", "https://ac_me.example", "ftp://acme.example", "https://acme.example."];
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    let send = |n: usize, url: &str| {
        let domain = json!({"primaryLinkUrl": url});
        ask.upsert("Companies", "Company", &json!([{"id": id(n), "domainName": domain}]))
    };
    send(0, "https://acme.example");
    let mut n = 0;
    for (urls, met) in [(&same[..], Some(0)), (&other, None)] {
        for url in urls {
            n += 1;
            let answer = send(n, url);
            let expected = id(met.unwrap_or(n));
            assert_eq!(answer["data"]["createCompanies"][0]["id"], *expected, "{url} {answer}");
        }
    }
    for url in refused {
        assert_eq!(message(&send(99, url)), "The URL of the link is not valid", "{url}");
    }
    let stored: Vec<String> = fake.records("company").iter().map(url_of).collect();
    assert!(stored.contains(&"nulla@x".to_owned()) && stored.contains(&"null8080".to_owned()));
}

fn url_of(company: &Value) -> String {
    company["domainName"]["primaryLinkUrl"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn phones_are_split_or_refused() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    let send = |number: &str, country: &str, calling: &str| {
        let phones = json!({"primaryPhoneNumber": number, "primaryPhoneCountryCode": country,
            "primaryPhoneCallingCode": calling});
        ask.upsert("People", "Person", &json!([{"id": PERSON, "phones": phones}]))
    };
    for (sent, stored) in [
        (("+4930123456", "", ""), ["30123456", "DE", "+49"]),
        (("+447911123456", "", ""), ["7911123456", "GG", "+44"]),
        (("030123456", "DE", ""), ["30123456", "DE", "+49"]),
        (("30123456", "DE", "+49"), ["30123456", "DE", "+49"]),
        (("+80012345678", "", ""), ["12345678", "", "+800"]),
        (("+112", "", ""), ["12", "", "+1"]),
        (("+4930123456 ext. 12", "", ""), ["30123456", "DE", "+49"]),
        (("", "", ""), ["", "", ""]),
    ] {
        let answer = send(sent.0, sent.1, sent.2);
        assert!(answer["errors"].is_null(), "{sent:?} {answer}");
        let held = fake.records("person")[0]["phones"].clone();
        let parts = ["primaryPhoneNumber", "primaryPhoneCountryCode", "primaryPhoneCallingCode"];
        assert_eq!(parts.map(|part| held[part].as_str().unwrap_or_default()), stored, "{sent:?}");
    }
    for (sent, code) in [
        (("0612345678", "", ""), "INVALID_PHONE_NUMBER"),
        (("not a phone", "", ""), "INVALID_PHONE_NUMBER"),
        (("+447911123456", "GB", ""), "CONFLICTING_PHONE_COUNTRY_CODE"),
        (("+447911123456", "", "+49"), "CONFLICTING_PHONE_CALLING_CODE"),
    ] {
        let answer = send(sent.0, sent.1, sent.2);
        assert_eq!(answer["errors"][0]["extensions"]["subCode"], code, "{sent:?}");
    }
}

#[test]
fn addresses_of_people_are_one_whatever_their_case() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    let person = |n: usize, mail: &str| json!({"id": id(n), "emails": {"primaryEmail": mail}});
    let upsert = |people: Value| ask.upsert("People", "Person", &people);
    let twice = upsert(json!([person(1, "a@x.example"), person(2, "A@X.example")]));
    assert_eq!(message(&twice), "A duplicate entry was detected");
    assert!(fake.records("person").is_empty(), "the whole batch is refused");
    upsert(json!([person(1, "a@x.example"), person(2, "b@x.example")]));
    let met = upsert(json!([person(3, "A@x.EXAMPLE")]));
    assert_eq!(met["data"]["createPeople"][0]["id"], *id(1), "the existing id wins");
    let more = json!({"primaryEmail": "c@x.example", "additionalEmails": ["a@x.example"]});
    let free = upsert(json!([{"id": id(4), "emails": more}]));
    assert!(free["errors"].is_null(), "additional ones are not unique");
    let moved = upsert(json!([person(2, "a@x.example")]));
    let code = &moved["errors"][0]["extensions"]["subCode"];
    assert_eq!(code, "UPSERT_MULTIPLE_MATCHING_RECORDS_CONFLICT");
    let swallowed = upsert(json!([{"id": id(1), "jobTitle": "x"}, person(5, "a@x.example")]));
    assert_eq!(swallowed["data"]["createPeople"].as_array().map(Vec::len), Some(1));
    assert_eq!(fake.records("person").len(), 3);
}

#[test]
fn empty_unique_values_do_not_collide() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    for n in 0..3 {
        let answer = ask.upsert("People", "Person", &json!([{"id": id(n), "emails": {}}]));
        assert!(answer["errors"].is_null(), "{answer}");
    }
    assert_eq!(fake.records("person").len(), 3);
}

#[test]
fn parts_of_composites_that_are_not_sent_are_cleared_or_kept() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    let phone = |number: &str| json!({"primaryPhoneNumber": number});
    let full = json!({"id": PERSON,
        "name": {"firstName": "Ada", "lastName": "Byron"},
        "emails": {"primaryEmail": "a@x.example", "additionalEmails": ["b@x.example"]},
        "phones": {"primaryPhoneNumber": "+4930123456",
            "additionalPhones": [{"number": "+4930654321"}]},
        "linkedinLink": {"primaryLinkUrl": "https://l.example/a", "primaryLinkLabel": "A",
            "secondaryLinks": [{"url": "https://l.example/b", "label": "B"}]}});
    ask.upsert("People", "Person", &json!([full]));
    let changed = json!({"id": PERSON, "name": {"firstName": "Augusta"},
        "emails": {"additionalEmails": ["c@x.example"]}, "phones": phone("+4930999999"),
        "linkedinLink": {"primaryLinkUrl": "https://l.example/c"}});
    ask.upsert("People", "Person", &json!([changed]));
    let row = fake.records("person").remove(0);
    assert_eq!(row["name"], json!({"firstName": "Augusta", "lastName": "Byron"}));
    assert_eq!(row["emails"], json!({"primaryEmail": "", "additionalEmails": ["c@x.example"]}));
    assert_eq!(row["phones"]["additionalPhones"], json!([]));
    assert_eq!(row["phones"]["primaryPhoneCountryCode"], "DE");
    assert_eq!(row["linkedinLink"]["primaryLinkLabel"], "");
    assert_eq!(row["linkedinLink"]["secondaryLinks"], json!([]));
}

#[test]
fn what_points_at_a_destroyed_record_goes_or_lets_go() {
    let fake = FakeTwenty::start();
    fake.add("company", json!({"id": COMPANY}));
    fake.add("person", json!({"id": PERSON, "companyId": COMPANY}));
    fake.add("task", json!({"id": TASK, "title": "Call"}));
    fake.add("taskTarget", json!({"id": id(1), "taskId": TASK, "targetPersonId": PERSON}));
    fake.add("attachment", json!({"id": id(2), "targetTaskId": TASK}));
    fake.add("attachment", json!({"id": id(3), "targetPersonId": PERSON}));
    fake.records("timelineActivity");
    fake.remove("company", COMPANY);
    assert_eq!(fake.records("person")[0]["companyId"], Value::Null);
    fake.remove("task", TASK);
    assert!(fake.records("taskTarget").is_empty(), "targets go with their task");
    assert_eq!(fake.records("attachment")[0]["targetTaskId"], Value::Null, "unlinked only");
    fake.remove("person", PERSON);
    assert_eq!(fake.records("attachment").len(), 1, "goes with its person");
    let names: Vec<Value> =
        fake.records("timelineActivity").iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, [json!("task.created")], "rows of people and companies go, others stay");
}

#[test]
fn of_many_attachments_one_file_goes_of_single_ones_each() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    fake.add("person", json!({"id": PERSON}));
    for n in 0..4 {
        fake.add_file(&id(n + 10), ".txt", b"text");
        let file = json!([{"fileId": id(n + 10), "label": "a.txt"}]);
        fake.add("attachment", json!({"id": id(n), "file": file, "targetPersonId": PERSON}));
    }
    let left = || (0..4).filter(|n| fake.file(&id(n + 10)).is_some()).count();
    let many = "mutation($f:AttachmentFilterInput!){destroyAttachments(filter:$f){id}}";
    let answer = ask.core(many, &json!({"f": {"id": {"in": [id(0), id(1)]}}}));
    assert_eq!(answer["data"]["destroyAttachments"].as_array().map(Vec::len), Some(2));
    assert_eq!(left(), 3);
    ask.core("mutation($i:UUID!){destroyAttachment(id:$i){id}}", &json!({"i": id(2)}));
    assert_eq!(left(), 2);
    fake.remove("person", PERSON);
    assert!(fake.records("attachment").is_empty());
    assert_eq!(left(), 2, "the file stays when the person goes");
}

#[test]
fn pages_hold_everything_once_in_order() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    for n in 0..25 {
        fake.add("note", json!({"id": id(n), "title": format!("{}", (n * 7) % 5)}));
    }
    let query = "query($a:String){notes(first:4,after:$a,orderBy:[{title:DescNullsLast}])\
        {totalCount edges{node{id title}} pageInfo{hasNextPage endCursor}}}";
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = ask.core(query, &json!({"a": after}))["data"]["notes"].clone();
        assert_eq!(page["totalCount"], 25);
        for edge in page["edges"].as_array().into_iter().flatten() {
            let told = |key: &str| edge["node"][key].as_str().unwrap_or_default().to_owned();
            seen.push((std::cmp::Reverse(told("title")), told("id")));
        }
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted());
}

#[test]
fn filters_compare_values_and_parts() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    for (n, (first, amount)) in [("Ada", 1), ("Bob", 2), ("Cid", 3)].into_iter().enumerate() {
        let micros = json!({"amountMicros": amount * 1_000_000, "currencyCode": "EUR"});
        fake.add("opportunity", json!({"id": id(n), "name": first, "amount": micros}));
    }
    fake.soft_delete("opportunity", &id(2));
    let deleted = json!({"deletedAt": {"is": "NOT_NULL"}});
    for (filter, expected) in [
        (json!({}), 2),
        (json!({"name": {"like": "%b"}}), 1),
        (json!({"name": {"neq": "Bob"}}), 1),
        (json!({"not": {"name": {"eq": "Ada"}}}), 1),
        (json!({"amount": {"amountMicros": {"gte": 1_000_000}}}), 2),
        (json!({"amount": {"amountMicros": {"gt": 1_000_000}, "currencyCode": {"eq": "EUR"}}}), 1),
        (json!({"or": [{"name": {"eq": "Ada"}}, {"name": {"eq": "Bob"}}]}), 2),
        (json!({"stage": {"in": ["NEW"]}}), 2),
        (json!({"closeDate": {"is": "NULL"}}), 2),
        (json!({"company": {"name": {"eq": "x"}}}), 0),
        (deleted.clone(), 1),
        (json!({"or": [{"deletedAt": {"is": "NULL"}}, deleted]}), 3),
    ] {
        let query = "query($f:OpportunityFilterInput){opportunities(filter:$f)\
            {totalCount sumAmountAmountMicros}}";
        let answer = ask.core(query, &json!({"f": filter}));
        assert_eq!(answer["data"]["opportunities"]["totalCount"], expected, "{filter} {answer}");
    }
    let groups =
        "{opportunitiesGroupBy(groupBy:[{stage:true}]){groupByDimensionValues totalCount}}";
    let answer = ask.core(groups, &json!({}));
    assert_eq!(
        answer["data"]["opportunitiesGroupBy"],
        json!([{"groupByDimensionValues": ["NEW"], "totalCount": 2}])
    );
}

#[test]
fn the_worker_is_late_and_identical_values_leave_no_row() {
    let fake = FakeTwenty::with(Settings { worker_delay: 2, ..Settings::default() });
    let ask = Asker::new(&fake);
    let rows = || {
        let answer = ask.core("{timelineActivities{totalCount}}", &json!({}));
        answer["data"]["timelineActivities"]["totalCount"].as_u64().unwrap_or_default()
    };
    let ada = json!([{"id": PERSON, "jobTitle": "a"}]);
    ask.upsert("People", "Person", &ada);
    assert_eq!([rows(), rows(), rows()], [0, 0, 1]);
    ask.upsert("People", "Person", &ada);
    assert_eq!([rows(), rows(), rows(), rows()], [1, 1, 1, 1]);
    ask.upsert("People", "Person", &json!([{"id": PERSON, "jobTitle": "b"}]));
    let last = fake.records("timelineActivity").pop().expect("a row");
    assert_eq!(last["name"], "person.updated");
    assert_eq!(last["properties"]["diff"]["jobTitle"], json!({"before": "a", "after": "b"}));
}

#[test]
fn each_new_person_starts_a_run_unless_the_trigger_sleeps() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    let runs = || fake.records("workflowRun").len();
    let trigger = fake.records("workflowAutomatedTrigger")[0]["id"].clone();
    let person = |n: usize, source: &str| {
        let author = json!({"source": source, "name": "X"});
        ask.upsert("People", "Person", &json!([{"id": id(n), "createdBy": author}]));
    };
    person(1, "IMPORT");
    assert_eq!(runs(), 1);
    person(2, "EMAIL");
    assert_eq!(runs(), 1, "mail does not start it");
    let before = fake.dump();
    let toggle = |verb: &str| {
        let query = format!("mutation($i:UUID!){{{verb}WorkflowAutomatedTrigger(id:$i){{id}}}}");
        assert!(ask.core(&query, &json!({"i": trigger}))["errors"].is_null());
    };
    toggle("delete");
    person(3, "IMPORT");
    assert_eq!(runs(), 1, "paused");
    fake.remove("person", &id(3));
    toggle("restore");
    assert_eq!(fake.dump(), before, "a pause leaves no trace");
    person(4, "IMPORT");
    assert_eq!(runs(), 2);
    let quiet = FakeTwenty::with(Settings { workflow: false, ..Settings::default() });
    quiet.add("person", json!({"id": PERSON}));
    assert!(quiet.records("workflowRun").is_empty());
}

#[test]
fn a_batch_is_bounded_and_a_quota_ends() {
    let settings = Settings { batch_maximum: 2, quota: Some(3), ..Settings::default() };
    let fake = FakeTwenty::with(settings);
    let ask = Asker::new(&fake);
    let notes = |n: std::ops::Range<usize>| {
        let data: Vec<Value> = n.map(|n| json!({"id": id(n)})).collect();
        ask.upsert("Notes", "Note", &json!(data))
    };
    assert_eq!(message(&notes(0..3)), "Maximum number of records to upsert is 2.");
    assert!(notes(0..2)["errors"].is_null());
    assert_eq!(notes(2..4)["errors"][0]["extensions"]["code"], "QUOTA_EXHAUSTED");
    assert!(notes(2..3)["errors"].is_null());
    assert_eq!(fake.records("note").len(), 3);
}

#[test]
fn a_limited_key_reads_but_does_not_write() {
    let fake = FakeTwenty::start();
    let limited = Asker { url: fake.url(), key: fake.limited_key() };
    let before = fake.dump();
    assert!(limited.core("{people{totalCount}}", &json!({}))["errors"].is_null());
    let refused = limited.upsert("People", "Person", &json!([{"id": PERSON}]));
    assert_eq!(refused["errors"][0]["extensions"]["subCode"], "PERMISSION_DENIED");
    assert_eq!(fake.dump(), before);
    assert_eq!(
        fake.calls().last().and_then(|call| call.code.clone()).as_deref(),
        Some("PERMISSION_DENIED")
    );
}

#[test]
fn a_dump_tells_every_change() {
    let fake = FakeTwenty::start();
    let mut dumps = vec![fake.dump()];
    fake.add("company", json!({"id": COMPANY, "name": "Acme"}));
    dumps.push(fake.dump());
    fake.edit("company", COMPANY, json!({"name": "Beta"}));
    dumps.push(fake.dump());
    fake.soft_delete("company", COMPANY);
    dumps.push(fake.dump());
    fake.add_file(&id(1), ".txt", b"text");
    dumps.push(fake.dump());
    fake.remove("company", COMPANY);
    dumps.push(fake.dump());
    let again = fake.dump();
    assert_eq!(dumps.last(), Some(&again), "looking changes nothing");
    dumps.sort();
    dumps.dedup();
    assert_eq!(dumps.len(), 6);
}
