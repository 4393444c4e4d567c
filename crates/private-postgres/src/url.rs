//! PostgreSQL connection URLs, escaped as RFC 3986 asks.

/// A connection URL for a user and database on 127.0.0.1.
pub(crate) fn connection(user: &str, password: &str, port: u16, database: &str) -> String {
    let (user, password, database) = (escape(user), escape(password), escape(database));
    format!("postgres://{user}:{password}@127.0.0.1:{port}/{database}")
}

/// Leaves RFC 3986's unreserved characters and escapes all others.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_would_end_a_part() {
        assert_eq!(
            connection("a@b", "p:/?#é", 5, "x y"),
            "postgres://a%40b:p%3A%2F%3F%23%C3%A9@127.0.0.1:5/x%20y"
        );
    }
}
