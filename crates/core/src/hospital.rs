//! How hospitals are classed: level, grade within the level, ownership.

use serde::{Deserialize, Serialize};

use crate::word::words;

words! {
    /// The level of a hospital (医院等级), lowest first.
    pub enum HospitalLevel {
        /// 未定级
        Unrated = "unrated",
        /// 一级
        One = "level_1",
        /// 二级
        Two = "level_2",
        /// 三级
        Three = "level_3",
    }
}

words! {
    /// The grade within the level (等次), lowest first.
    pub enum HospitalGrade {
        /// 未定等
        None = "none",
        /// 丙等
        C = "c",
        /// 乙等
        B = "b",
        /// 甲等
        A = "a",
        /// 特等, of level 3 only
        Special = "special",
    }
}

words! {
    /// Who owns a hospital.
    pub enum Ownership {
        /// 公立
        Public = "public",
        /// 民营
        Private = "private",
    }
}

/// The class of a hospital at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HospitalClass {
    /// Its level.
    pub level: HospitalLevel,
    /// Its grade within the level.
    pub grade: HospitalGrade,
    /// Who owns it.
    pub ownership: Ownership,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_grades_are_ordered() {
        assert!(HospitalLevel::Unrated < HospitalLevel::One);
        assert!(HospitalLevel::Two < HospitalLevel::Three);
        assert!(HospitalGrade::A < HospitalGrade::Special && HospitalGrade::C < HospitalGrade::B);
        assert_eq!("level_2".parse(), Ok(HospitalLevel::Two));
        assert_eq!(
            serde_json::to_string(&HospitalGrade::Special).unwrap(),
            "\"special\""
        );
        assert!("level_4".parse::<HospitalLevel>().is_err());
    }
}
