//! The policies in force at one time: for each place a programme has a text for, the pack and the
//! overlays that hold there, compiled.

use std::collections::BTreeMap;
use std::sync::Arc;

use sizhu_core::pack::ProgrammeId;
use sizhu_core::programme::Programme;
use sizhu_core::{DivisionCode, HOSPITAL_CARE};

use super::family::{Document, Family};
use super::{PolicyFaults, Source};

/// All policies in force at one time. Never changes; another one takes its place.
#[derive(Clone, Debug, Default)]
pub struct PolicySet {
    families: BTreeMap<ProgrammeId, Arc<Family>>,
}

impl PolicySet {
    /// The set of these texts, packs and overlays in any order.
    ///
    /// # Errors
    /// [`PolicyFaults`] with all faults of all texts at once: bad texts, two texts of one kind for
    /// one place, overlays without a pack above them, overlays that do not fit a pack.
    pub fn of(sources: Vec<Source>) -> Result<Self, PolicyFaults> {
        let mut faults = Vec::new();
        let mut by_programme: BTreeMap<ProgrammeId, Vec<Document>> = BTreeMap::new();
        for source in sources {
            match Document::of(source) {
                Ok(document) => by_programme
                    .entry(document.programme().clone())
                    .or_default()
                    .push(document),
                Err(found) => faults.extend(found),
            }
        }
        let mut families = BTreeMap::new();
        for (programme, documents) in by_programme {
            match Family::of(documents) {
                Ok(family) => drop(families.insert(programme, Arc::new(family))),
                Err(found) => faults.extend(found),
            }
        }
        if faults.is_empty() {
            Ok(Self { families })
        } else {
            Err(PolicyFaults(faults))
        }
    }

    /// This set with a text more, or in the place of the one of its kind, programme and place.
    ///
    /// # Errors
    /// As [`PolicySet::of`], of all texts of the programme.
    pub fn with_draft(&self, draft: Source) -> Result<Self, PolicyFaults> {
        let draft = Document::of(draft).map_err(PolicyFaults)?;
        let programme = draft.programme().clone();
        let mut documents = self
            .families
            .get(&programme)
            .map_or_else(Vec::new, |family| family.documents().to_vec());
        documents.retain(|document| !document.takes_the_place_of(&draft));
        documents.push(draft);
        let family = Family::of(documents).map_err(PolicyFaults)?;
        let mut families = self.families.clone();
        families.insert(programme, Arc::new(family));
        Ok(Self { families })
    }

    /// The programme as it holds in a division: the nearest pack above it, with the overlays
    /// between the pack's place and the division.
    #[must_use]
    pub fn resolve(
        &self,
        division: &DivisionCode,
        programme: &ProgrammeId,
    ) -> Option<Arc<Programme>> {
        self.programme(Some(division), programme).cloned()
    }

    /// The hospital-care programme as it holds in a division.
    #[must_use]
    pub fn hospital_care(&self, division: &DivisionCode) -> Option<Arc<Programme>> {
        self.resolve(division, &ProgrammeId::parse(HOSPITAL_CARE)?)
    }

    /// All programmes of a division, by help, then by title.
    #[must_use]
    pub fn programmes(&self, division: &DivisionCode) -> Vec<Arc<Programme>> {
        self.all(Some(division)).into_iter().cloned().collect()
    }

    /// One programme as it holds in a division; without a division, as it holds in the widest
    /// place that has it.
    #[must_use]
    pub fn programme(
        &self,
        division: Option<&DivisionCode>,
        programme: &ProgrammeId,
    ) -> Option<&Arc<Programme>> {
        self.families.get(programme)?.at(division)
    }

    /// All programmes of a division, by help, then by title; without a division, all there are,
    /// each as it holds in the widest place that has it.
    #[must_use]
    pub fn all(&self, division: Option<&DivisionCode>) -> Vec<&Arc<Programme>> {
        let families = self.families.values();
        let mut found: Vec<&Arc<Programme>> =
            families.filter_map(|family| family.at(division)).collect();
        found.sort_by(|a, b| (a.help(), &a.title().zh).cmp(&(b.help(), &b.title().zh)));
        found
    }

    /// Whether some place has a programme.
    #[must_use]
    pub fn offers_anywhere(&self, programme: &str) -> bool {
        ProgrammeId::parse(programme).is_some_and(|id| self.families.contains_key(&id))
    }

    /// Every programme as it holds at every place that a text names: all that decisions can be
    /// made under.
    pub fn compiled(&self) -> impl Iterator<Item = &Arc<Programme>> {
        self.families.values().flat_map(|family| family.compiled())
    }

    /// Every text, by programme.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.families
            .values()
            .flat_map(|family| family.documents().iter())
    }

    /// Whether both sets are made of the same texts.
    #[must_use]
    pub fn same_texts(&self, other: &Self) -> bool {
        let texts = |set: &Self| {
            let mut texts: Vec<String> = set
                .documents()
                .map(|document| document.text().to_owned())
                .collect();
            texts.sort_unstable();
            texts
        };
        texts(self) == texts(other)
    }
}
