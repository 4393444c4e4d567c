//! Forty hospitals over the fourteen cities. None of them exists.

use sizhu_core::{DivisionCode, HospitalClass, HospitalGrade, HospitalLevel, Ownership};

/// A hospital of the demo.
pub(in crate::demo) struct DemoHospital {
    /// National code: `H`, the county, a number of five digits.
    pub(in crate::demo) national_code: String,
    pub(in crate::demo) name: &'static str,
    pub(in crate::demo) class: HospitalClass,
    pub(in crate::demo) county: DivisionCode,
}

/// County, name, class in short: level and grade, `+` public, `-` private. The first two are those
/// of the clients `demo-hospital` and `demo-hospital-2`.
const HOSPITALS: [(&str, &str, &str); 40] = [
    ("430102", "长沙市湘和人民医院", "3A+"),
    ("430104", "长沙市岳麓康复医院", "3B+"),
    ("430105", "长沙市开福仁泽医院", "2A-"),
    ("430111", "湖南湘和肿瘤医院", "3A+"),
    ("430121", "长沙县星沙人民医院", "2A+"),
    ("430181", "浏阳市淮川中医医院", "2A+"),
    ("430202", "株洲市荷塘人民医院", "3A+"),
    ("430211", "株洲市神农医院", "3B-"),
    ("430281", "醴陵市渌江人民医院", "2A+"),
    ("430302", "湘潭市雨湖人民医院", "3A+"),
    ("430304", "湘潭市岳塘精神卫生中心", "2A+"),
    ("430381", "湘乡市涟水医院", "2B-"),
    ("430407", "衡阳市石鼓人民医院", "3A+"),
    ("430406", "衡阳市雁峰中医医院", "3B+"),
    ("430481", "耒阳市蔡伦人民医院", "2A+"),
    ("430502", "邵阳市宝庆人民医院", "3A+"),
    ("430524", "隆回县桃洪人民医院", "2A+"),
    ("430582", "邵东市昭阳医院", "2B-"),
    ("430602", "岳阳市洞庭人民医院", "3A+"),
    ("430626", "平江县汉昌中医医院", "2A+"),
    ("430681", "汨罗市屈子医院", "2C-"),
    ("430702", "常德市柳叶湖人民医院", "3A+"),
    ("430725", "桃源县漳江人民医院", "2A+"),
    ("430723", "澧县澧阳医院", "2B-"),
    ("430802", "张家界市天门人民医院", "3B+"),
    ("430822", "桑植县澧源民族中医院", "2B+"),
    ("430903", "益阳市赫山人民医院", "3A+"),
    ("430922", "桃江县桃花江医院", "2A+"),
    ("430981", "沅江市琼湖康宁医院", "1A-"),
    ("431002", "郴州市苏仙岭人民医院", "3A+"),
    ("431021", "桂阳县龙潭人民医院", "2A+"),
    ("431103", "永州市潇湘人民医院", "3A+"),
    ("431126", "宁远县舜陵医院", "2B+"),
    ("431202", "怀化市鹤城人民医院", "3A+"),
    ("431224", "溆浦县卢峰人民医院", "2A+"),
    ("431230", "通道侗族自治县双江民族医院", "1A+"),
    ("431302", "娄底市涟邵人民医院", "3B+"),
    ("431322", "新化县梅山中医医院", "2A+"),
    ("433101", "湘西自治州乾州民族医院", "3A+"),
    ("433130", "龙山县民安护理院", "N-"),
];

/// All of them, in the order of the table.
pub(super) fn hospitals() -> Option<Vec<DemoHospital>> {
    let row = |(at, (county, name, class)): (usize, &(&str, &'static str, &str))| {
        Some(DemoHospital {
            national_code: format!("H{county}{:05}", at + 1),
            name,
            class: class_of(class)?,
            county: DivisionCode::parse(county).ok()?,
        })
    };
    HOSPITALS.iter().enumerate().map(row).collect()
}

fn class_of(short: &str) -> Option<HospitalClass> {
    let level = if short.starts_with('1') {
        HospitalLevel::One
    } else if short.starts_with('2') {
        HospitalLevel::Two
    } else if short.starts_with('3') {
        HospitalLevel::Three
    } else {
        HospitalLevel::Unrated
    };
    let grade = if short.contains('A') {
        HospitalGrade::A
    } else if short.contains('B') {
        HospitalGrade::B
    } else if short.contains('C') {
        HospitalGrade::C
    } else {
        HospitalGrade::None
    };
    let ownership = match short.chars().last()? {
        '+' => Ownership::Public,
        _ => Ownership::Private,
    };
    Some(HospitalClass {
        level,
        grade,
        ownership,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn they_stand_in_all_cities_under_codes_of_their_own() {
        let all = hospitals().unwrap();
        let distinct = |of: fn(&DemoHospital) -> String| all.iter().map(of).collect::<HashSet<_>>();
        assert_eq!(
            distinct(|hospital| hospital.national_code.clone()).len(),
            40
        );
        assert_eq!(distinct(|hospital| hospital.name.to_owned()).len(), 40);
        assert_eq!(
            distinct(|hospital| hospital.county.as_str()[..4].to_owned()).len(),
            14
        );
        assert!(
            all.iter()
                .all(|hospital| hospital.national_code.len() == 12)
        );
        assert!(
            all.iter()
                .take(2)
                .all(|hospital| hospital.county.as_str().starts_with("4301"))
        );
        for hospital in &all {
            let row = format!("\n{},", hospital.county);
            assert!(crate::setup::DIVISIONS.contains(&row), "{}", hospital.name);
        }
    }
}
