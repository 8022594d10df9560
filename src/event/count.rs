//! Counts as people read them, wherever something is told. It must not know what is counted.

/// A count, with a comma at each thousand.
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun.
pub fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        let told = [0, 1, 2, 1_234_567].map(|count| plural(count, "lead", "leads"));
        assert_eq!(told, ["0 leads", "1 lead", "2 leads", "1,234,567 leads"]);
    }
}
