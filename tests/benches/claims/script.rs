//! A pgbench script that does, transaction for transaction, what claims did: the statements that
//! were logged, in their order, with other people, ids, keys and counties each time.

use std::{collections::HashMap, fmt::Write as _};

use uuid::Uuid;

use crate::{
    captured::Statement,
    claims::{Claim, KINDS, Kind},
    world::{self, ACCOUNTS, Poster, RESIDENT, SUBJECT, Who},
};

/// The first kind of ids that transactions make.
const MADE: u32 = 100;

/// What a claim is in a script, and the constants of all, for pgbench's `-D`.
pub(crate) struct Script {
    branches: Vec<Branch>,
    pub(crate) constants: Vec<(String, String)>,
}

/// A claim of one kind.
struct Branch {
    kind: Kind,
    /// Its statements, without those that begin and end the transaction.
    statements: Vec<String>,
}

/// Writes statements anew.
#[derive(Default)]
struct Writer {
    /// What a logged value is in the script.
    known: HashMap<String, String>,
    /// How many ids transactions make.
    made: u32,
    /// Names of constants by their values.
    constants: HashMap<String, String>,
}

impl Script {
    /// Of one claim of each kind, as they were logged: those of someone entitled are of one person.
    pub(crate) fn of(claims: &[(Claim, Vec<Statement>)]) -> Self {
        let mut writer = Writer::default();
        let mut branches = Vec::new();
        for (claim, statements) in claims {
            writer.learn(*claim);
            let [begin, within @ .., commit] = statements.as_slice() else {
                panic!("{:?} without a transaction", claim.kind);
            };
            assert_eq!((&*begin.text, &*commit.text), ("BEGIN", "COMMIT"));
            branches.push(Branch {
                kind: claim.kind,
                statements: within.iter().map(|it| writer.statement(it)).collect(),
            });
        }
        // The first stay comes last: it is also what is done where nobody has had one yet.
        branches.sort_by_key(|it| it.kind == Kind::First);
        let constants = writer.constants.into_iter();
        Self {
            branches,
            constants: constants.map(|(value, name)| (name, value)).collect(),
        }
    }

    /// How many statements a claim of a kind is.
    pub(crate) fn length(&self, kind: Kind) -> usize {
        let found = self.branches.iter().find(|it| it.kind == kind);
        found.map_or(0, |it| it.statements.len() + 2)
    }

    /// One claim, one transaction.
    pub(crate) fn alone(&self) -> String {
        self.claim(":n", ("BEGIN", "COMMIT"))
    }

    /// Several claims in one transaction, each with a savepoint. Each connection has a county for
    /// itself, for claims of several counties lock accounts in any order here.
    pub(crate) fn grouped(&self, size: u32) -> String {
        let mut text = "BEGIN;\n".to_owned();
        for _ in 0..size {
            text += &self.claim(":client_id", ("SAVEPOINT one", "RELEASE SAVEPOINT one"));
        }
        text + "COMMIT;\n"
    }

    /// A claim of a kind by chance, of a person of whom there was none of that kind.
    fn claim(&self, county: &str, (begin, end): (&str, &str)) -> String {
        let mut text = "\\set kind random(1, 100)\n".to_owned();
        let mut upto = 0;
        for (place, Branch { kind, statements }) in self.branches.iter().enumerate() {
            let name = format!("nth{}", kind.place());
            upto += KINDS[kind.place()].1;
            let earlier = match kind {
                Kind::Later | Kind::Held => format!(" and :{name} < :nth0"),
                Kind::First | Kind::Refused | Kind::Stranger => String::new(),
            };
            let word = if place == 0 { "if" } else { "elif" };
            let _ = match kind {
                Kind::First => writeln!(text, "\\else"),
                Kind::Later | Kind::Held | Kind::Refused | Kind::Stranger => {
                    writeln!(text, "\\{word} :kind <= {upto}{earlier}")
                }
            };
            let base = world::number(Poster::Pgbench, kind.who(), 0);
            let _ = write!(
                text,
                "\\set {name} :{name} + 1\n\
                 \\set n {base} + :base + :{name} * :clients + :client_id\n\
                 \\set county {county}\n\
                 {begin};\n{};\n{end};\n",
                statements.join(";\n"),
            );
        }
        text + "\\endif\n"
    }
}

impl Writer {
    /// Learns what is another for each claim.
    fn learn(&mut self, claim: Claim) {
        let (number, kind) = (claim.number(), claim.kind);
        let mut know = |value: String, script: String| self.known.insert(value, script);
        let hospital = match kind {
            Kind::Held => "hospital_of(:n + 1)",
            Kind::First | Kind::Later | Kind::Refused | Kind::Stranger => "hospital_of(:n)",
        };
        know(
            world::client_id(claim.hospital()),
            format!("('hospital-' || {hospital})"),
        );
        let id = world::id(world::HOSPITAL, claim.hospital());
        know(
            id.to_string(),
            format!("uuid_of({}, {hospital})", world::HOSPITAL),
        );
        know(
            claim.record(),
            format!("('SQL-{}-' || :n::bigint)", kind.place()),
        );
        know(
            hex(&claim.index()),
            "sha256(int8send(:n::bigint))".to_owned(),
        );
        if kind.who() == Who::Stranger {
            return;
        }
        for row in [SUBJECT, RESIDENT] {
            know(
                world::id(row, number).to_string(),
                format!("uuid_of({row}, :n)"),
            );
        }
        let county = world::county(number);
        let code: u32 = county.parse().expect("digits");
        know(county.to_owned(), "county_of(:county)".to_owned());
        for account in ACCOUNTS..ACCOUNTS + 3 {
            know(
                world::id(account, code).to_string(),
                format!("uuid_of({account}, county_of(:county)::bigint)"),
            );
        }
    }

    /// A statement with what stands in the script for its parameters.
    fn statement(&mut self, statement: &Statement) -> String {
        let mut written = String::new();
        let mut rest = statement.text.as_str();
        while let Some((before, after)) = rest.split_once('$') {
            let digits = after.len()
                - after
                    .trim_start_matches(|it: char| it.is_ascii_digit())
                    .len();
            let place: usize = after[..digits].parse().expect("the number of a parameter");
            written.push_str(before);
            written.push_str(&self.value(statement.parameters[place - 1].as_deref()));
            if statement.text.starts_with("SELECT set_config") {
                written.push_str("::text");
            }
            rest = &after[digits..];
        }
        written.push_str(rest);
        written
    }

    /// Whether a logged value is another for each claim.
    fn differs(&self, value: &str) -> bool {
        self.known.contains_key(value) || is_id(value)
    }

    fn value(&mut self, value: Option<&str>) -> String {
        let Some(value) = value else {
            return "NULL".to_owned();
        };
        if let Some(known) = self.known.get(value) {
            return known.clone();
        }
        // pgbench takes no empty constant.
        if value.is_empty() {
            return "''".to_owned();
        }
        if is_id(value) {
            let script = format!("uuid_of({}, :n)", MADE + self.made);
            self.made += 1;
            self.known.insert(value.to_owned(), script.clone());
            return script;
        }
        if let Some(elements) = elements(value)
            && elements.iter().any(|it| self.differs(it))
        {
            let kind = match elements.as_slice() {
                [one, ..] if is_id(one) => "uuid",
                [one, ..] if one.starts_with("\\x") => "bytea",
                _ => "text",
            };
            let each: Vec<String> = elements.iter().map(|it| self.value(Some(it))).collect();
            return format!("ARRAY[{}]::{kind}[]", each.join(", "));
        }
        let next = self.constants.len();
        let name = self.constants.entry(value.to_owned());
        format!(":{}", name.or_insert_with(|| format!("c{next}")))
    }
}

/// Whether a logged value is an id. In braces, which `Uuid` takes as well, it is a list of one.
fn is_id(value: &str) -> bool {
    value.len() == 36 && Uuid::parse_str(value).is_ok()
}

/// The elements of an array as the log shows it: quoted where they have to be, and then with `\` before
/// what would end the quotation.
fn elements(value: &str) -> Option<Vec<String>> {
    let list = value.strip_prefix('{')?.strip_suffix('}')?;
    let mut elements = vec![String::new()];
    let (mut quoted, mut letters) = (false, list.chars());
    while let Some(letter) = letters.next() {
        let last = elements.last_mut().expect("an element");
        match letter {
            '"' => quoted = !quoted,
            '\\' => last.extend(letters.next()),
            ',' if !quoted => elements.push(String::new()),
            other => last.push(other),
        }
    }
    Some(elements)
}

/// Bytes as the log shows them.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
