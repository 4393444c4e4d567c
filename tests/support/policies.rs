//! Policy packs of the tests: few, small and known to the fen, beside the shipped hospital care.

use std::{env, fs, path::PathBuf};

use sizhu_api::config::Config;

use crate::{TestApp, tree};

/// A monthly amount by kind of registration for special families of 49 and more; Changsha pays
/// more. It shuts out, or is shut out by, the reward: the higher of the two is given.
pub const ASSISTANCE: &str = r#"
format = 2
programme = "test-assistance"
place = "national"
help = "hardship"
subject = "person"
period = "month"
title = { zh = "测试扶助", en = "Test assistance" }
summary = { zh = "按月发放的扶助金。", en = "An amount each month." }

[sources.notice]
instrument = "测试〔2020〕1号"
article = "一"
class = "official"

[[values.monthly]]
from = "2020-01-01"
source = "notice"
table = [
  { hukou = "urban", value = "500 yuan/month" },
  { hukou = "rural", value = "300 yuan/month" },
]

[[values.minimum_age]]
from = "2020-01-01"
value = "49 years"
source = "notice"
article = "二"

[[values.publicity_days]]
from = "2020-01-01"
value = "7 days"
assumed = "A test."

[clauses.alive]
title = { zh = "本人健在", en = "The person is alive" }
fact = "alive"
source = "notice"

[clauses.special_family]
title = { zh = "特殊家庭", en = "A special family" }
any = [{ fact = "child_died" }, { fact = "child_disabled" }]
source = "notice"

[clauses.minimum_age]
title = { zh = "女方年满49周岁", en = "The wife is 49 or older" }
fact = "wife_born_on"
age_at_least = "minimum_age"
source = "notice"

[[versions]]
from = "2020-01-01"
source = "notice"
eligibility = { all = ["alive", "special_family", "minimum_age"] }
exclusion = { rule = "higher_of", among = ["test-reward"] }
review = ["village_review", "township_review", "county_decision", "publicity"]
publicity = { mode = "aggregate", title = { zh = "惠民补助", en = "Public allowance" }, days = "publicity_days" }
payee = "person"
memo = "测试扶助"

[[versions.entitlements]]
id = "monthly"
title = { zh = "扶助金", en = "Monthly amount" }
form = "flat"
amount = "monthly"

[[versions.evidence]]
id = "citizen_id"
title = { zh = "居民身份证", en = "Citizen ID card" }
fetched = true

[[versions.inputs]]
fact = "hukou"
required = true
title = { zh = "您的户口性质", en = "Your kind of registration" }

[[versions.inputs]]
fact = "wife_born_on"
required = true

[[versions.inputs]]
fact = "children_living"
required = false
"#;

/// What Changsha pays.
pub const ASSISTANCE_CHANGSHA: &str = r#"
format = 2
overlay = "test-assistance"
place = "4301"

[sources.changsha]
instrument = "长测〔2024〕2号"
class = "press"

[[values.monthly]]
from = "2024-01-01"
value = "800 yuan/month"
source = "changsha"
"#;

/// 960 yuan a year from 60.
pub const REWARD: &str = r#"
format = 2
programme = "test-reward"
place = "national"
help = "hardship"
subject = "person"
period = "year"
title = { zh = "测试奖励", en = "Test reward" }
summary = { zh = "年满60周岁的奖励。", en = "A reward from the age of 60." }

[sources.notice]
instrument = "测试〔2020〕3号"
class = "official"

[[values.yearly]]
from = "2020-01-01"
value = "960 yuan/year"
source = "notice"

[clauses.sixty]
title = { zh = "年满60周岁", en = "60 or older" }
fact = "born_on"
age_at_least = "60 years"
source = "notice"

[[versions]]
from = "2020-01-01"
source = "notice"
eligibility = "sixty"
review = ["county_decision"]
publicity = { mode = "none", title = { zh = "惠民补助", en = "Public allowance" } }
payee = "person"
memo = "测试奖励"

[[versions.entitlements]]
id = "yearly"
title = { zh = "奖励金", en = "Reward" }
form = "flat"
amount = "yearly"

[[versions.inputs]]
fact = "born_on"
required = true
"#;

/// A visit to those whose only child died; it needs nothing that the registry does not know.
pub const VISIT: &str = r#"
format = 2
programme = "test-visit"
place = "43"
help = "distress"
subject = "person"
period = "year"
title = { zh = "测试走访", en = "Test visit" }
summary = { zh = "每年走访一次。", en = "A visit each year." }

[sources.notice]
instrument = "测试〔2020〕4号"
class = "official"

[clauses.child_died]
title = { zh = "走访对象", en = "Those who are visited" }
all = [{ fact = "alive" }, { fact = "child_died" }]
source = "notice"

[[versions]]
from = "2020-01-01"
source = "notice"
eligibility = "child_died"
review = ["county_decision"]
publicity = { mode = "none", title = { zh = "走访", en = "Visits" } }
payee = "nobody"

[[versions.entitlements]]
id = "visit"
title = { zh = "走访慰问", en = "A visit" }
form = "in_kind"
service = { zh = "上门走访", en = "A visit at home" }

[[versions.inputs]]
fact = "child_died"
required = true
"#;

/// A folder of policy texts that goes when it is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder with these texts as files.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn of(texts: &[&str]) -> Self {
        let folder = env::temp_dir().join(format!("sizhu-policies-{}", uuid::Uuid::now_v7()));
        fs::create_dir_all(&folder).expect("a folder");
        for (number, text) in texts.iter().enumerate() {
            fs::write(folder.join(format!("{number}.toml")), text).expect("a file");
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies in the folder for what is thrown away.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl TestApp {
    /// Starts a service under the packs of this file and the shipped hospital care.
    pub async fn start_with_programmes() -> Self {
        Self::start_with_programmes_and(|_| {}).await
    }

    /// The same, with a configuration that the test changes or looks at.
    pub async fn start_with_programmes_and(change: impl FnOnce(&mut Config)) -> Self {
        let shipped = tree::files("policies/hunan");
        let care = shipped
            .iter()
            .filter(|file| file.ends_with("/hospital-care-allowance.toml"));
        let care: Vec<String> = care.map(|file| tree::read(file)).collect();
        let mut texts = vec![ASSISTANCE, ASSISTANCE_CHANGSHA, REWARD, VISIT];
        texts.extend(care.iter().map(String::as_str));
        let folder = Folder::of(&texts);
        Self::start_with(|config| {
            config.policies.clone_from(&folder.0);
            change(config);
        })
        .await
    }
}
