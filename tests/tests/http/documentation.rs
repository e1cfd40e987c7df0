//! `docs/API.md` lists the routes that there are, and every error code is described somewhere people look.

use std::collections::BTreeSet;

use posto_tests::house;

#[test]
fn the_page_lists_the_routes_that_there_are() {
    let page = std::fs::read_to_string(house::root().join("docs/API.md")).unwrap();
    let (page, _) = page.split_once("# The console's HTTP API").unwrap();
    let listed: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once('`'))
        .map(|(route, _)| route.split('?').next().unwrap().to_owned())
        .filter(|route| route.contains(" /api/"))
        .collect();
    let document = serde_json::to_value(clinic_node::http::document()).unwrap();
    let mut there = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|_| path.starts_with("/api/")) {
            there.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    assert_eq!(listed, there);
}

#[test]
fn every_operation_of_a_document_has_a_name_of_its_own() {
    for name in ["node", "server"] {
        let path = house::root().join(format!("desktop-app/ui/openapi/{name}.json"));
        let document: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let mut seen = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id =
                    operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has none"));
                assert!(seen.insert(id.to_owned()), "{name}: {id} names {method} {path} and another");
            }
        }
        assert!(seen.len() > 10, "{name}: {seen:?}");
    }
}
