//! Tests of the link rule. Expected forms were computed with JavaScript's `URL` as Twenty does.

use super::*;
use proptest::prelude::*;

fn show(raw: &str) -> String {
    link(raw).map_or_else(|r| r.code.to_owned(), |l| l.url)
}

#[test]
fn accepted() {
    for (raw, want) in [
        ("acme.example", "https://acme.example"),
        (" https://Acme.Example/ ", "https://acme.example"),
        ("HTTPS://ACME.example/Path/", "https://acme.example/Path"),
        ("Https://acme.example", "https://acme.example"),
        ("http://acme.example", "http://acme.example"),
        ("//acme.example/x", "https://acme.example/x"),
        ("<https://acme.example>", "https://acme.example"),
        ("www.acme.example", "https://www.acme.example"),
        ("acme.example:8080", "https://acme.example:8080"),
        ("acme.example:443/x", "https://acme.example/x"),
        ("http://acme.example:80/", "http://acme.example"),
        ("https://user:pw@acme.example/x", "https://acme.example/x"),
        ("https://acme.example?x=1", "https://acme.example/?x=1"),
        ("https://acme.example/?", "https://acme.example"),
        ("https://acme.example/#/", "https://acme.example"),
        ("https://acme.example//", "https://acme.example"),
        ("https://acme.example/a/../b", "https://acme.example/b"),
        ("https://acme.example\\x", "https://acme.example/x"),
        (
            "https://acme.example/%7Efoo/ä?q=ü#ö",
            "https://acme.example/%7Efoo/%C3%A4?q=%C3%BC#%C3%B6",
        ),
        ("https://acme.example/<a>", "https://acme.example/%3Ca%3E"),
        ("https://Bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://192.0.2.1/x", "https://192.0.2.1/x"),
        (
            "https://archive.example/https://acme.example",
            "https://archive.example/https://acme.example",
        ),
        ("https://acme.example/a,b;c|d", "https://acme.example/a,b;c|d"),
        ("https://de.linkedin.com/in/Ada-B?x=Y#Z", "https://de.linkedin.com/in/Ada-B?x=Y#Z"),
    ] {
        assert_eq!(show(raw), want, "{raw}");
    }
    assert_eq!(link("https://acme.example:8080/x").unwrap().host, "acme.example");
}

#[test]
fn refused() {
    for (raw, code) in [
        ("", "C2T-V301"),
        (" <> ", "C2T-V301"),
        ("mailto:a@acme.example", "C2T-V302"),
        ("a@acme.example", "C2T-V302"),
        ("ftp://acme.example", "C2T-V302"),
        ("javascript:alert(1)", "C2T-V302"),
        ("file:///etc/hosts", "C2T-V302"),
        ("user:pw@acme.example", "C2T-V302"),
        ("acme example.com", "C2T-V303"),
        ("https://acme.example/a b", "C2T-V303"),
        ("https://acme.example/a\u{A0}b", "C2T-V303"),
        ("https://acme.example\nhttps://b.example", "C2T-V304"),
        ("acme.example, b.example", "C2T-V304"),
        ("https://acme.example,https://b.example", "C2T-V304"),
        ("https://acme.example/x;HTTP://b.example", "C2T-V304"),
        ("acme.example,b.example", "C2T-V305"),
        ("acme", "C2T-V305"),
        ("N/A", "C2T-V305"),
        ("localhost", "C2T-V305"),
        ("http://http://acme.example", "C2T-V305"),
        ("https://acme.example.", "C2T-V305"),
        ("https://my_host.example", "C2T-V305"),
        ("https://-acme.example", "C2T-V305"),
        ("https://acme..example", "C2T-V305"),
        ("https://[2001:db8::1]/", "C2T-V305"),
        ("https://1.2/", "C2T-V305"),
        ("123", "C2T-V305"),
        ("https://acme.123", "C2T-V305"),
        ("https://acme.0x1f", "C2T-V305"),
        ("https://xn--a-ecp.ru--", "C2T-V305"),
        ("https://", "C2T-V305"),
    ] {
        assert_eq!(show(raw), code, "{raw}");
    }
    assert_eq!(show(&"a.".repeat(1_000_000)), "C2T-V306");
}

#[test]
fn domains() {
    let d = |raw: &str| domain(raw).map_or_else(|r| r.code.to_owned(), |l| l.url);
    assert_eq!(d("http://www.Acme.example:8080/about?x"), "https://acme.example");
    assert_eq!(d("www.example"), "https://www.example");
    assert_eq!(d("shop.acme.example"), "https://shop.acme.example");
    assert_eq!(d("https://192.0.2.1"), "C2T-V307");
    assert_eq!(d("acme"), "C2T-V305");
}

#[test]
fn secondary_links_have_both_keys() {
    assert_eq!(secondary_cell(&[]), "");
    let cell = secondary_cell(&[("https://a.example", ""), ("https://b.example", "say \"b\"")]);
    let back: serde_json::Value = serde_json::from_str(&cell).unwrap();
    assert_eq!(
        back,
        serde_json::json!([
            {"url": "https://a.example", "label": ""},
            {"url": "https://b.example", "label": "say \"b\""},
        ])
    );
}

proptest! {
    /// What is written is what Twenty stores: the form does not change when read again.
    #[test]
    fn the_form_is_final(raw in "(https?://)?[a-zA-Z0-9ü-]{1,8}\\.(example|com|рф)(:[0-9]{2,4})?[/a-z0-9?#.%&=äA-Z'\\[{^\\\\]{0,20}") {
        if let Ok(l) = link(&raw) {
            let again = link(&l.url).unwrap();
            prop_assert_eq!(&again.url, &l.url);
            prop_assert!(l.url.is_ascii());
            let js = Url::parse(&l.url).unwrap();
            prop_assert_eq!(js.as_str().trim_end_matches('/'), l.url);
        }
    }

    #[test]
    fn the_fast_path_agrees_with_the_general_one(rest in "[a-zA-Z0-9-]{1,8}\\.(example|com)(/[/a-zA-Z0-9?#.&=_~:@,+-]{0,20})?") {
        if let Some(quick) = fast("https", &rest) {
            prop_assert_eq!(general("https", &rest), Ok(quick));
        }
    }

    #[test]
    fn never_panics(raw in any::<String>()) {
        let _ = (link(&raw), domain(&raw), ascii_host(&raw));
    }
}
