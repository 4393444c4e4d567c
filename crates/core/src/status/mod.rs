//! Special-family status (计划生育特殊家庭资格): its kinds, grades, evidence and ends.

mod confirmation;
#[cfg(test)]
mod confirmation_tests;

use serde::{Deserialize, Serialize};

use crate::word::words;

pub use confirmation::{ConfirmationFacts, Confirmed, PersonBirth, Unmet, confirm};

words! {
    /// What makes a family a special one, and the assistance category beside it.
    pub enum StatusKind {
        /// The only child died (失独).
        ChildDied = "child_died",
        /// The only child is certified disabled, grade 1 to 3 (伤残).
        ChildDisabled = "child_disabled",
        /// 计划生育手术并发症, grade 1 to 3, not cured.
        SurgeryComplication = "surgery_complication",
    }
}

impl StatusKind {
    /// Whether this kind has a grade; if it has none, giving one is an error.
    #[must_use]
    pub const fn has_grade(self) -> bool {
        match self {
            Self::ChildDied => false,
            Self::ChildDisabled | Self::SurgeryComplication => true,
        }
    }

    /// Whether a status of this kind and grade entitles: 三级及以上, that is, grade 1, 2 or 3 for
    /// the kinds that have one.
    #[must_use]
    pub fn entitles(self, grade: Option<Grade>) -> bool {
        match self {
            Self::ChildDied => true,
            Self::ChildDisabled | Self::SurgeryComplication => {
                grade.is_some_and(Grade::is_three_or_more_severe)
            }
        }
    }
}

/// The grade of a disability or complication: 1 to 4, **1 being the most severe**. Not ordered:
/// "greater" would mean milder and invite the mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Grade(u8);

/// A grade outside 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a grade is 1 to 4")]
pub struct GradeError;

impl Grade {
    /// A grade from 1 to 4.
    #[must_use]
    pub fn new(grade: u8) -> Option<Self> {
        (1..=4).contains(&grade).then_some(Self(grade))
    }

    /// The number, 1 being the most severe.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// 三级及以上（含三级）: grade 1, 2 or 3.
    #[must_use]
    pub const fn is_three_or_more_severe(self) -> bool {
        self.0 <= 3
    }
}

impl TryFrom<u8> for Grade {
    type Error = GradeError;

    fn try_from(grade: u8) -> Result<Self, GradeError> {
        Self::new(grade).ok_or(GradeError)
    }
}

impl From<Grade> for u8 {
    fn from(grade: Grade) -> Self {
        grade.0
    }
}

words! {
    /// A paper that proves a fact of a status.
    pub enum EvidenceKind {
        /// 死亡证明
        DeathCertificate = "death_certificate",
        /// 法院宣告死亡判决
        CourtDeclaration = "court_declaration",
        /// 残疾人证
        DisabilityCertificate = "disability_certificate",
        /// 医学证明
        MedicalCertificate = "medical_certificate",
        /// 计划生育手术并发症鉴定
        ComplicationCertificate = "complication_certificate",
        /// 户口簿
        HouseholdRegister = "household_register",
        /// 收养登记证
        AdoptionCertificate = "adoption_certificate",
        /// Anything else.
        Other = "other",
    }
}

words! {
    /// Why a status ends.
    pub enum EndReason {
        /// The person died.
        Death = "death",
        /// A child was born.
        Birth = "birth",
        /// A child was adopted.
        Adoption = "adoption",
        /// The disabled child recovered.
        Recovery = "recovery",
        /// The complication was cured.
        Cure = "cure",
    }
}

impl EndReason {
    /// Whether a status of this kind can end so.
    #[must_use]
    pub const fn fits(self, kind: StatusKind) -> bool {
        match kind {
            StatusKind::ChildDied => matches!(self, Self::Death | Self::Birth | Self::Adoption),
            StatusKind::ChildDisabled => {
                matches!(
                    self,
                    Self::Death | Self::Birth | Self::Adoption | Self::Recovery
                )
            }
            StatusKind::SurgeryComplication => matches!(self, Self::Death | Self::Cure),
        }
    }
}

words! {
    /// Marital status, telling first marriages from later ones.
    pub enum MaritalStatus {
        /// 未婚
        Unmarried = "unmarried",
        /// 初婚
        Married = "married",
        /// 再婚
        Remarried = "remarried",
        /// 离婚
        Divorced = "divorced",
        /// 丧偶
        Widowed = "widowed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grade_one_is_the_most_severe() {
        for (grade, entitles) in [(1, true), (2, true), (3, true), (4, false)] {
            let grade = Grade::new(grade);
            assert_eq!(StatusKind::ChildDisabled.entitles(grade), entitles);
            assert_eq!(StatusKind::SurgeryComplication.entitles(grade), entitles);
        }
        assert!(!StatusKind::ChildDisabled.entitles(None));
        assert!(StatusKind::ChildDied.entitles(None));
        assert!(Grade::new(0).is_none() && Grade::new(5).is_none());
        assert!(serde_json::from_str::<Grade>("5").is_err());
        assert_eq!(serde_json::to_string(&Grade::new(2)).unwrap(), "2");
    }

    #[test]
    fn ends_fit_their_kinds() {
        let fitting = |kind| -> Vec<&str> {
            EndReason::ALL
                .iter()
                .filter(|end| end.fits(kind))
                .map(|end| end.as_str())
                .collect()
        };
        assert_eq!(
            fitting(StatusKind::ChildDied),
            ["death", "birth", "adoption"]
        );
        assert_eq!(
            fitting(StatusKind::ChildDisabled),
            ["death", "birth", "adoption", "recovery"]
        );
        assert_eq!(fitting(StatusKind::SurgeryComplication), ["death", "cure"]);
    }
}
