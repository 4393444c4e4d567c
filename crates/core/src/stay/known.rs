//! What is known of a person beside statuses and stays: the facts a pack may ask for.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::fact::{Fact, FactScope, FactValue, Sheet};

/// Facts of a person and the household, each with its value; in JSON an object from the fact's id
/// to its value. Facts of a stay or of a day of one cannot be among them: the stays tell those.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownFacts(BTreeMap<Fact, i64>);

impl KnownFacts {
    /// Learns a fact; answers false, and learns nothing, if it is one of a stay or a day.
    pub fn learn(&mut self, value: &FactValue) -> bool {
        self.learn_number(value.fact(), value.number())
    }

    /// Learns what a sheet knows of these facts, but for facts of stays and days.
    pub fn learn_from(&mut self, sheet: &Sheet, facts: impl IntoIterator<Item = Fact>) {
        for fact in facts {
            if let Some(number) = sheet.get(fact) {
                self.learn_number(fact, number);
            }
        }
    }

    fn learn_number(&mut self, fact: Fact, number: i64) -> bool {
        let of_the_person = match fact.info().scope {
            FactScope::Stay | FactScope::Day => false,
            FactScope::Person
            | FactScope::Household
            | FactScope::Loan
            | FactScope::Event
            | FactScope::Record => true,
        };
        if of_the_person {
            self.0.insert(fact, number);
        }
        of_the_person
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes the facts on a sheet.
    pub fn tell(&self, sheet: &mut Sheet) {
        for (fact, number) in &self.0 {
            sheet.set(*fact, *number);
        }
    }
}

impl Serialize for KnownFacts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (fact, number) in &self.0 {
            map.serialize_entry(fact.info().id, &FactValue::show(*fact, *number))?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for KnownFacts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Facts;

        impl<'de> Visitor<'de> for Facts {
            type Value = KnownFacts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("facts of a person by id")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<KnownFacts, A::Error> {
                let mut known = KnownFacts::default();
                while let Some((id, value)) = map.next_entry::<String, serde_json::Value>()? {
                    let fact: Fact = id.parse().map_err(A::Error::custom)?;
                    let value = FactValue::parse(fact, &value).map_err(A::Error::custom)?;
                    if !known.learn(&value) {
                        return Err(A::Error::custom("a fact of a person was expected"));
                    }
                }
                Ok(known)
            }
        }

        deserializer.deserialize_map(Facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn facts_survive_json_and_stays_are_not_among_them() {
        let json = json!({"sex": "female", "born_on": "1976-02-29", "child_died": true});
        let known: KnownFacts = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&known).unwrap(), json);
        for wrong in [
            json!({"diagnosis": "I63.900"}),
            json!({"nursing_level": "special"}),
            json!({"born": "1976-02-29"}),
            json!({"born_on": "1976"}),
        ] {
            assert!(serde_json::from_value::<KnownFacts>(wrong).is_err());
        }
        let mut sheet = Sheet::EMPTY;
        known.tell(&mut sheet);
        assert_eq!(sheet.get(Fact::BornOn), Some(19_760_229));
        let mut again = KnownFacts::default();
        again.learn_from(
            &sheet,
            [Fact::BornOn, Fact::Sex, Fact::ChildDied, Fact::Diagnosis],
        );
        assert_eq!(again, known);
    }
}
