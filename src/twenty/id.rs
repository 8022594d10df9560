//! Record ids: a `UUIDv5` of the source id, so that a re-run, a delta and a rollback meet the same
//! records. Twenty takes versions 1 to 5 in lower case only (`twenty-importer.md §0, §3 UUID`).

use sha1::{Digest, Sha1};
use uuid::{Builder, Uuid};

/// The project's namespace: `UUIDv5` of the DNS namespace and the name `close2twenty`. It must never
/// change, or a second import would not find the records of the first.
pub const NAMESPACE: Uuid = Uuid::from_u128(0xf448e64d_41f5_5756_ac8b_7fd67962f12f);

/// The Twenty id of a source record. The id is taken byte for byte: Close ids differ by case.
#[must_use]
pub fn record_id(close_id: &str) -> Uuid {
    let digest = Sha1::new().chain_update(NAMESPACE.as_bytes()).chain_update(close_id);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    Builder::from_sha1_bytes(bytes).into_uuid()
}

/// Appends the 36 lower-case characters of `id`.
pub fn push(out: &mut Vec<u8>, id: Uuid) {
    let mut buffer = Uuid::encode_buffer();
    out.extend_from_slice(id.hyphenated().encode_lower(&mut buffer).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_namespace_is_derived_as_documented() {
        assert_eq!(NAMESPACE, Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"close2twenty"));
    }

    proptest::proptest! {
        #[test]
        fn ids_are_of_version_5(close_id in ".{0,200}") {
            let id = Uuid::new_v5(&NAMESPACE, close_id.as_bytes());
            proptest::prop_assert_eq!(record_id(&close_id), id);
        }
    }

    #[test]
    fn ids_are_fixed_for_ever() {
        assert_eq!(record_id("lead_AAA").to_string(), "5f81afc4-41c7-5f2a-b889-1b18fb25a89e");
        assert_ne!(record_id("lead_AAA"), record_id("lead_AAa"));
        assert_eq!(record_id("lead_AAA").get_version_num(), 5);
    }

    #[test]
    fn the_writer_writes_what_display_shows() {
        let mut out = b"x".to_vec();
        push(&mut out, record_id("cont_C1"));
        assert_eq!(String::from_utf8(out).unwrap(), format!("x{}", record_id("cont_C1")));
    }
}
