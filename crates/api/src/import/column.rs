//! The columns of files of residents and of claims, and where a file has them.

use unicode_normalization::UnicodeNormalization as _;

use crate::problem::Text;
use crate::statement::{FileFault, Row};

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holds {
    Text,
    Day,
    /// Yuan with at most two decimals; fen in the form.
    Yuan,
    /// A whole number.
    Count,
    /// One of some words, each in Chinese or as the API has it.
    Word(&'static [(&'static str, &'static str)]),
}

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    /// Its English heading, also its name in results.
    pub(super) name: &'static str,
    /// Its Chinese headings.
    chinese: &'static [&'static str],
    /// The field of the API's form that it is.
    pub(super) pointer: &'static str,
    pub(super) holds: Holds,
    /// Whether every file and every line has it.
    pub(super) is_needed: bool,
}

const fn needed(
    name: &'static str,
    chinese: &'static [&'static str],
    pointer: &'static str,
    holds: Holds,
) -> Column {
    Column {
        name,
        chinese,
        pointer,
        holds,
        is_needed: true,
    }
}

const fn free(
    name: &'static str,
    chinese: &'static [&'static str],
    pointer: &'static str,
    holds: Holds,
) -> Column {
    Column {
        is_needed: false,
        ..needed(name, chinese, pointer, holds)
    }
}

const MARRIAGES: Holds = Holds::Word(&[
    ("未婚", "unmarried"),
    ("初婚", "married"),
    ("已婚", "married"),
    ("再婚", "remarried"),
    ("离异", "divorced"),
    ("离婚", "divorced"),
    ("丧偶", "widowed"),
]);

const CONSENTS: Holds = Holds::Word(&[
    ("书面", "written"),
    ("电子", "electronic"),
    ("监护人", "guardian"),
]);

/// The columns of residents.
pub(super) static RESIDENTS: [Column; 9] = [
    needed(
        "citizen_id",
        &["身份证号", "公民身份号码", "身份证号码"],
        "/citizen_id",
        Holds::Text,
    ),
    needed("name", &["姓名"], "/name", Holds::Text),
    needed(
        "division",
        &["户籍地", "户籍地代码", "户籍村代码"],
        "/division",
        Holds::Text,
    ),
    free(
        "lives_in",
        &["居住地", "居住地代码"],
        "/lives_in",
        Holds::Text,
    ),
    free(
        "marital_status",
        &["婚姻状况"],
        "/marital_status",
        MARRIAGES,
    ),
    free(
        "spouse_citizen_id",
        &["配偶身份证号"],
        "/spouse_citizen_id",
        Holds::Text,
    ),
    free(
        "phone",
        &["电话", "联系电话", "手机号"],
        "/phone",
        Holds::Text,
    ),
    free(
        "card_bank",
        &["开户银行", "银行"],
        "/card/bank",
        Holds::Text,
    ),
    free(
        "card_number",
        &["一卡通账号", "银行卡号", "卡号"],
        "/card/number",
        Holds::Text,
    ),
];

/// The columns of claims.
pub(super) static CLAIMS: [Column; 20] = [
    free(
        "hospital",
        &["医疗机构", "医疗机构代码", "机构编码"],
        HOSPITAL,
        Holds::Text,
    ),
    needed(
        "citizen_id",
        &["身份证号", "公民身份号码", "身份证号码"],
        "/citizen_id",
        Holds::Text,
    ),
    needed(
        "patient_name",
        &["患者姓名", "姓名"],
        "/patient_name",
        Holds::Text,
    ),
    needed(
        "medical_record_no",
        &["病案号"],
        "/medical_record_no",
        Holds::Text,
    ),
    free(
        "settlement_no",
        &["结算号", "结算id"],
        "/settlement_no",
        Holds::Text,
    ),
    needed(
        "admitted_on",
        &["入院日期", "入院日"],
        "/admitted_on",
        Holds::Day,
    ),
    needed(
        "discharged_on",
        &["出院日期", "出院日"],
        "/discharged_on",
        Holds::Day,
    ),
    needed(
        "diagnosis_code",
        &["主要诊断编码", "诊断编码", "主诊断编码"],
        "/principal_diagnosis/code",
        Holds::Text,
    ),
    needed(
        "diagnosis_name",
        &["主要诊断名称", "诊断名称", "主要诊断"],
        "/principal_diagnosis/name",
        Holds::Text,
    ),
    free(
        "nursing_special",
        &["特级护理天数"],
        "/nursing_days/special",
        Holds::Count,
    ),
    free(
        "nursing_level_1",
        &["一级护理天数"],
        "/nursing_days/level_1",
        Holds::Count,
    ),
    free(
        "nursing_level_2",
        &["二级护理天数"],
        "/nursing_days/level_2",
        Holds::Count,
    ),
    free(
        "nursing_level_3",
        &["三级护理天数"],
        "/nursing_days/level_3",
        Holds::Count,
    ),
    free(
        "icu_days",
        &["重症监护天数", "icu天数"],
        "/icu_days",
        Holds::Count,
    ),
    needed(
        "total",
        &["总费用", "医疗总费用"],
        "/charges/total_fen",
        Holds::Yuan,
    ),
    needed(
        "insurance_paid",
        &["医保支付", "统筹支付"],
        "/charges/insurance_paid_fen",
        Holds::Yuan,
    ),
    needed(
        "self_paid",
        &["个人自付", "自付"],
        "/charges/self_paid_fen",
        Holds::Yuan,
    ),
    needed("consent_kind", &["同意方式"], "/consent/kind", CONSENTS),
    needed(
        "consent_reference",
        &["同意书编号"],
        "/consent/reference",
        Holds::Text,
    ),
    needed(
        "consent_signed_on",
        &["同意日期", "签署日期"],
        "/consent/signed_on",
        Holds::Day,
    ),
];

/// The field of a claim that is no field of the API's form: there the token says it.
pub(super) const HOSPITAL: &str = "/hospital";

impl Column {
    fn has(&self, bare: &str) -> bool {
        self.name == bare || self.chinese.contains(&bare)
    }
}

/// The column of a heading: full-width letters, blanks, a unit in brackets and letter case aside.
fn of_heading(columns: &'static [Column], heading: &str) -> Option<&'static Column> {
    let heading: String = heading
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .collect();
    let bare = heading.split('(').next().unwrap_or_default();
    columns.iter().find(|column| column.has(bare))
}

/// Which column stands at which place of a file, from 0.
#[derive(Debug)]
pub(super) struct Places(pub(super) Vec<(&'static Column, usize)>);

impl Places {
    /// One past the last column.
    pub(super) fn width(&self) -> usize {
        let last = self.0.iter().map(|(_, place)| *place).max();
        last.map_or(0, |last| last.saturating_add(1))
    }

    /// Whether the file has a column.
    pub(super) fn has(&self, pointer: &str) -> bool {
        self.0.iter().any(|(column, _)| column.pointer == pointer)
    }
}

/// Reads the line of headings. All that is wrong with it at once; what stands there is not repeated.
pub(super) fn places(columns: &'static [Column], headings: &Row) -> Result<Places, Vec<FileFault>> {
    let mut found: Vec<(&'static Column, usize)> = Vec::new();
    let mut faults = Vec::new();
    for (place, cell) in headings.cells().iter().enumerate() {
        if cell.is_empty() {
            continue;
        }
        let at = place.saturating_add(1);
        let known = cell.text().and_then(|text| of_heading(columns, &text));
        match known {
            None => faults.push(fault(
                "unknown_column",
                format!("第 {at} 列的表头不认识。"),
                format!("The heading of column {at} is not known."),
            )),
            Some(column) if found.iter().any(|(known, _)| known.name == column.name) => {
                faults.push(fault(
                    "duplicate_column",
                    format!("第 {at} 列的表头重复。"),
                    format!("The heading of column {at} is given twice."),
                ));
            }
            Some(column) => found.push((column, place)),
        }
    }
    for column in columns.iter().filter(|it| it.is_needed) {
        if !found.iter().any(|(known, _)| known.name == column.name) {
            let zh = column.chinese.first().copied().unwrap_or_default();
            faults.push(fault(
                "missing_column",
                format!("缺少“{zh}”列。"),
                format!("There is no column {}.", column.name),
            ));
        }
    }
    if faults.is_empty() {
        return Ok(Places(found));
    }
    let line = headings.number();
    Err(faults.into_iter().map(|fault| fault.on(line)).collect())
}

fn fault(code: &'static str, zh: String, en: String) -> FileFault {
    FileFault {
        code,
        line: None,
        detail: Text::made(zh, en),
    }
}
