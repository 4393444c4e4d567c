//! The closed lists of words that facts take.

use super::Word;

/// Sex, as the citizen ID tells it.
pub(super) const SEX: &[Word] = &[("female", "女", "female"), ("male", "男", "male")];

/// 户口性质
pub(super) const HUKOU: &[Word] = &[("urban", "城镇", "urban"), ("rural", "农村", "rural")];

/// Marital status, as `MaritalStatus` has it.
pub(super) const MARITAL: &[Word] = &[
    ("unmarried", "未婚", "unmarried"),
    ("married", "初婚", "first marriage"),
    ("remarried", "再婚", "remarried"),
    ("divorced", "离婚", "divorced"),
    ("widowed", "丧偶", "widowed"),
];

/// How far someone depends on care (能力评估, GB/T 42195-2022 in four steps).
pub(super) const CARE_DEPENDENCY: &[Word] = &[
    ("none", "能力完好", "able"),
    ("mild", "轻度失能", "mildly dependent"),
    ("moderate", "中度失能", "moderately dependent"),
    ("severe", "重度失能", "severely dependent"),
];

/// Attendance of a nursery place.
pub(super) const CHILDCARE: &[Word] = &[
    ("full_day", "全日托", "full day"),
    ("half_day", "半日托", "half day"),
];

/// The school a student was admitted to.
pub(super) const SCHOOL: &[Word] = &[
    ("senior_high", "普通高中", "senior high school"),
    ("vocational", "中职", "vocational school"),
    ("college", "大专", "college"),
    ("university", "本科", "university"),
    ("postgraduate", "研究生", "postgraduate studies"),
];

/// Something that happened once.
pub(super) const EVENT: &[Word] = &[
    ("child_death", "独生子女死亡", "death of the only child"),
    ("accident", "意外伤害", "accident"),
    ("accidental_death", "意外身故", "accidental death"),
    ("illness_death", "疾病身故", "death of illness"),
    ("severe_illness", "确诊重大疾病", "severe illness diagnosed"),
    ("disaster", "受灾", "disaster"),
    ("hospitalised", "住院", "hospitalised"),
    ("festival", "节日", "festival"),
];

/// What a fertility assessment came to.
pub(super) const FERTILITY: &[Word] = &[
    ("natural", "可自然受孕", "natural conception likely"),
    ("insemination", "需人工授精", "insemination advised"),
    ("ivf", "需试管婴儿", "in-vitro fertilisation advised"),
    ("unfit", "不宜助孕", "assistance not advised"),
];

/// What a loan is for.
pub(super) const LOAN_PURPOSE: &[Word] = &[
    ("production", "生产经营", "production and business"),
    ("education", "教育", "schooling"),
    ("medical", "医疗", "medical care"),
    ("debt", "偿还债务", "paying debts"),
    ("consumption", "消费", "consumption"),
    ("gambling", "赌博", "gambling"),
    ("other", "其他", "other"),
];

/// Who borrows.
pub(super) const BORROWER: &[Word] = &[
    ("household", "家庭", "a household"),
    (
        "cooperative",
        "合作社、企业",
        "a co-operative or firm that leads households",
    ),
];

/// 医院等级
pub(super) const HOSPITAL_LEVEL: &[Word] = &[
    ("unrated", "未定级", "unrated"),
    ("level_1", "一级", "level 1"),
    ("level_2", "二级", "level 2"),
    ("level_3", "三级", "level 3"),
];

/// 等次
pub(super) const HOSPITAL_GRADE: &[Word] = &[
    ("none", "未定等", "no grade"),
    ("c", "丙等", "grade C"),
    ("b", "乙等", "grade B"),
    ("a", "甲等", "grade A"),
    ("special", "特等", "special grade"),
];

/// Who owns a hospital.
pub(super) const OWNERSHIP: &[Word] =
    &[("public", "公立", "public"), ("private", "民营", "private")];

/// 护理级别
pub(super) const NURSING: &[Word] = &[
    ("special", "特级护理", "special nursing"),
    ("level_1", "一级护理", "level 1 nursing"),
    ("level_2", "二级护理", "level 2 nursing"),
    ("level_3", "三级护理", "level 3 nursing"),
];
