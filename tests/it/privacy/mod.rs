//! What a hospital may not learn, and what must not be readable in what is kept.

mod corrected;
mod forgotten;
mod forgotten_corrections;
mod kept;
mod told;

use serde_json::Value;
use sizhu_tests::fixtures::{self, VILLAGE};

/// A name that stands in no division and no policy.
const NAME: &str = "欧阳槿瑜";

fn resident(citizen_id: &str) -> Value {
    fixtures::resident(citizen_id, NAME, VILLAGE)
}
