use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::*;
use crate::web::{
    nav,
    problem::Kind,
    testing::{code, files, literals_after},
};

/// Key → the arguments its text names, of all files of a language.
fn texts(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for (_, source) in files(&format!("templates/i18n/{}", lang.as_str()), "ftl") {
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if !line.starts_with([' ', '}', '.', '*', '['])
                && let Some((name, _)) = line.split_once('=')
            {
                key = name.trim().to_owned();
                assert!(texts.insert(key.clone(), BTreeSet::new()).is_none(), "{key} twice in {lang:?}");
            }
            for part in line.split('$').skip(1) {
                let arg = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                texts.get_mut(&key).unwrap().insert(arg);
            }
        }
    }
    texts
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_arguments() {
    let (es, en) = (texts(Lang::Es), texts(Lang::En));
    assert!(es.len() > 50);
    let keys = |texts: &BTreeMap<String, _>| texts.keys().cloned().collect::<BTreeSet<_>>();
    let missing: Vec<_> = keys(&es).symmetric_difference(&keys(&en)).cloned().collect();
    assert!(missing.is_empty(), "only in one language: {missing:?}");
    // A plural may leave its figure out in one language («un campo»), other arguments it may not.
    let told = |args: &BTreeSet<String>| -> BTreeSet<String> {
        args.iter().filter(|arg| !matches!(arg.as_str(), "n" | "count")).cloned().collect()
    };
    for (key, args) in &es {
        assert_eq!(told(args), told(&en[key]), "arguments of {key}");
    }
}

#[test]
fn every_file_exists_in_both_languages() {
    let names = |lang: &str| -> BTreeSet<PathBuf> {
        files(&format!("templates/i18n/{lang}"), "ftl")
            .into_iter()
            .map(|(path, _)| PathBuf::from(Path::new(&path).file_name().unwrap()))
            .collect()
    };
    assert_eq!(names("es"), names("en"));
}

/// Calls whose first argument is a key.
const SAYS: [&str; 13] = [
    ".t(",
    ".ta(",
    ".n(",
    ".na(",
    ".html(",
    "Flash::ok(",
    "Flash::bad(",
    "Flash::info(",
    ".action(",
    ".explain(",
    ".add_whole(",
    "cx.t(",
    "lang.t(",
];

#[test]
fn every_key_the_code_names_exists() {
    for section in nav::SECTIONS {
        for key in section.items.iter().flat_map(|item| [item.key, item.badge]).chain(section.heading) {
            assert!(has(key), "the menu names {key:?}, which is no text");
        }
    }
    for (key, _) in nav::ACCOUNT {
        assert!(has(key), "the menu names {key:?}, which is no text");
    }
    for kind in Kind::ALL {
        assert!(has(kind.title_key()) && has(kind.text_key()), "{kind:?}");
    }
    let mut missing = Vec::new();
    for (path, code) in code() {
        let mut keys: Vec<String> = SAYS.iter().flat_map(|call| literals_after(&code, call)).collect();
        // The second argument is the key: `errors.add("email", "form-email")`.
        for call in ["errors.add(", "errors.add_with("] {
            for rest in code.split(call).skip(1) {
                let second = rest.split_once(',').map(|(_, second)| second.trim_start());
                if let Some(literal) = second.and_then(|second| second.strip_prefix('"')) {
                    keys.extend(literal.split('"').next().map(str::to_owned));
                }
            }
        }
        missing.extend(keys.into_iter().filter(|key| !has(key)).map(|key| format!("{key} ({path})")));
    }
    assert!(missing.is_empty(), "no such text: {missing:#?}");
}

#[test]
fn every_key_a_template_names_exists() {
    let known = texts(Lang::Es);
    let prefixes: BTreeSet<&str> = known.keys().filter_map(|key| key.split('-').next()).collect();
    let sprite = String::from_utf8(crate::web::assets::content("icons.svg").unwrap().to_vec()).unwrap();
    let mut checked = 0;
    for (path, source) in files("templates", "html") {
        for call in SAYS {
            for key in literals_after(&source, call) {
                assert!(has(&key), "{path} names {key:?}, which is no text");
                checked += 1;
            }
        }
        // Keys also reach a part as arguments: every literal in a tag that looks like one of ours has to be one.
        for tag in source.split("{%").skip(1).filter_map(|rest| rest.split_once("%}")).map(|(tag, _)| tag) {
            let mut pieces = tag.split('"');
            let mut before = pieces.next().unwrap_or_default();
            while let (Some(literal), Some(after)) = (pieces.next(), pieces.next()) {
                let looks_like_a_key = literal.contains('-')
                    && literal.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                    && literal.split('-').next().is_some_and(|first| prefixes.contains(first));
                let is_other = before.trim_end().ends_with("class=")
                    || before.trim_end().ends_with("kind=")
                    || before.trim_end().ends_with("id=")
                    || sprite.contains(&format!("id=\"i-{literal}\""));
                if looks_like_a_key && !is_other {
                    assert!(has(literal), "{path} names {literal:?}, which is no text");
                }
                before = after;
            }
        }
    }
    assert!(checked > 20);
}

#[test]
fn the_language_a_browser_likes_best_wins() {
    for (header, lang) in [
        ("es-AR,es;q=0.9,en;q=0.8", Some(Lang::Es)),
        ("en-GB", Some(Lang::En)),
        ("fr-FR,fr;q=0.9,en;q=0.5,es;q=0.7", Some(Lang::Es)),
        ("EN", Some(Lang::En)),
        ("en;q=0, es;q=0.1", Some(Lang::Es)),
        ("de", None),
        ("*", None),
        ("", None),
        ("es;q=x", None),
    ] {
        assert_eq!(Lang::from_accept(header), lang, "{header}");
    }
}

#[test]
fn a_number_chooses_the_plural_and_is_shown_as_people_read_it() {
    assert_eq!(Lang::Es.n("list-filters-active", 1), "1 activo");
    assert_eq!(Lang::Es.n("list-filters-active", 1284_u64), "1.284 activos");
    assert_eq!(Lang::En.n("list-filters-active", 1284), "1,284 active");
}

#[test]
fn arguments_come_out_as_they_went_in() {
    assert_eq!(Lang::Es.ta("form-too-long", &[("max", "500")]), "Usa 500 caracteres como mucho.");
}

#[test]
fn a_text_that_needs_arguments_is_known_without_them() {
    assert!(has("form-too-long"));
    assert!(!has("form-of-nothing"));
}

#[test]
#[should_panic(expected = "no text")]
fn a_missing_text_is_found_before_a_release() {
    let key = ["no", "such", "text"].join("-");
    let _ = Lang::Es.t(&key);
}
