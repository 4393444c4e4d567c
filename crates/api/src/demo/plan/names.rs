//! Names as they are in Hunan: surnames by region, given names by sex and decade.

use sizhu_core::{PersonName, Sex};

use super::random::Random;

/// Common surnames; the more common ones stand several times.
const SURNAMES: &[&str] = &[
    "李", "李", "李", "李", "王", "王", "王", "刘", "刘", "刘", "刘", "陈", "陈", "陈", "陈", "张",
    "张", "张", "周", "周", "周", "黄", "黄", "黄", "杨", "杨", "罗", "罗", "彭", "彭", "谢", "谢",
    "邓", "邓", "肖", "肖", "唐", "唐", "何", "何", "胡", "胡", "曾", "曾", "谭", "谭", "欧阳",
    "蒋", "邹", "郭", "龙", "段", "贺", "易", "吴", "吴", "朱", "徐", "袁", "曹", "廖", "汤", "颜",
    "文", "夏", "熊", "戴", "尹", "范", "姚", "魏", "宁", "阳", "成", "雷", "欧", "匡", "申", "左",
    "向",
];

/// Surnames of the west, with its Tujia, Miao and Dong.
const WESTERN_SURNAMES: &[&str] = &[
    "向", "向", "彭", "彭", "田", "田", "田", "龙", "龙", "石", "石", "吴", "吴", "杨", "杨", "麻",
    "覃", "覃", "符", "滕", "梁", "粟", "蒲", "舒", "姚", "张", "刘", "王", "李", "黄",
];

/// 张家界、怀化、湘西.
const WESTERN_CITIES: [&str; 3] = ["4308", "4312", "4331"];

const WOMEN_TO_1955: &[&str] = &[
    "秀英", "桂英", "玉兰", "桂兰", "淑珍", "菊香", "冬梅", "金莲", "银秀", "翠娥", "运香", "满秀",
    "凤英", "玉珍", "春秀", "月娥", "美英", "四妹", "友莲", "素珍", "桂香", "腊梅", "爱莲", "秋娥",
];
const WOMEN_TO_1966: &[&str] = &[
    "建华", "小英", "爱华", "国英", "丽华", "美华", "云英", "秀华", "玉华", "爱珍", "建英", "新莲",
    "小兰", "桂华", "和平", "跃英", "艳华", "志英", "菊英", "英", "兰", "萍", "满珍", "立新",
];
const WOMEN_FROM_1967: &[&str] = &[
    "红", "丽", "艳", "敏", "静", "霞", "芳", "红梅", "海燕", "小红", "丽娟", "红霞", "艳红",
    "春燕", "小玲", "卫红", "晓燕", "玲", "燕", "娟", "文革", "丽君", "冬香", "朝霞",
];
const MEN_TO_1955: &[&str] = &[
    "德生", "国华", "桂生", "建国", "福生", "金生", "正清", "光明", "运生", "友生", "忠良", "顺生",
    "长庚", "世民", "寿生", "佑生", "解放", "新民", "国强", "仁和", "月生", "德华", "春生", "保生",
];
const MEN_TO_1966: &[&str] = &[
    "建军", "志强", "跃进", "国平", "卫国", "建华", "国庆", "志明", "建平", "援朝", "新华", "和平",
    "立新", "光辉", "小平", "铁牛", "正华", "志刚", "爱国", "利民", "伟", "勇", "清明", "海清",
];
const MEN_FROM_1967: &[&str] = &[
    "军", "勇", "伟", "斌", "卫东", "向阳", "红军", "文革", "卫兵", "志勇", "建新", "海波", "永红",
    "东升", "强", "辉", "剑", "超英", "学军", "志辉", "小军", "拥军", "革新", "国防",
];

/// A name of someone born in that year who is at home in that county.
pub(super) fn name(random: &mut Random, county: &str, sex: Sex, year: i32) -> Option<PersonName> {
    let western = WESTERN_CITIES.iter().any(|city| county.starts_with(city));
    let surnames = if western { WESTERN_SURNAMES } else { SURNAMES };
    let given_names = match (sex, year) {
        (Sex::Female, ..=1955) => WOMEN_TO_1955,
        (Sex::Female, 1956..=1966) => WOMEN_TO_1966,
        (Sex::Female, _) => WOMEN_FROM_1967,
        (Sex::Male, ..=1955) => MEN_TO_1955,
        (Sex::Male, 1956..=1966) => MEN_TO_1966,
        (Sex::Male, _) => MEN_FROM_1967,
    };
    let surname = random.pick(surnames)?;
    let given_name = random.pick(given_names)?;
    PersonName::parse(&format!("{surname}{given_name}")).ok()
}
