//! `check` has nothing against any bundle: every stored export under every lead strategy. It knows nothing of
//! how the converter writes; it must stay that way.

#![forbid(unsafe_code)]

mod cases;

use close2twenty::mapping::LeadStrategy;

fn accepted(leads: LeadStrategy) {
    let converted = std::sync::atomic::AtomicUsize::new(0);
    cases::for_each(&cases::all(), |case| {
        let inputs = std::slice::from_ref(&case.input);
        let Ok(bundle) = cases::run_with(inputs, leads, 1, cases::built_in()) else {
            return Vec::new();
        };
        converted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let findings = cases::findings(&bundle.path());
        findings.iter().map(|finding| format!("{}: {finding}", case.name)).collect()
    });
    // A converter that refuses everything would have no findings either.
    assert!(converted.into_inner() >= 95, "most cases yield a bundle");
}

#[test]
fn leads_as_the_evidence_says() {
    accepted(LeadStrategy::Auto);
}

#[test]
fn leads_always_as_persons() {
    accepted(LeadStrategy::Person);
}

#[test]
fn leads_always_as_companies() {
    accepted(LeadStrategy::Company);
}
