//! `/api/patients/duplicates`

use posto_domain::role_grant::Role;
use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn the_same_document_says_more_than_a_mistyped_name() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let documents = json!({"a": {"kind": "cpf", "value": "529.982.247-25"}});
    desk.patient(&ana, json!({"name": {"text": "Maria da Silva"}, "documents": documents})).await;
    desk.patient(&ana, json!({"name": {"text": "João Pereira"}, "birth_date": "1990-01-01"})).await;
    let form = json!({"record": {"name": {"text": "Mariah Silva"}, "documents": {"x": {"kind": "cpf", "value": "52998224725"}}}});
    insta::assert_snapshot!(desk.post("/api/patients/duplicates", &ana, form).await.shown());
    let nobody = json!({"record": {"name": {"text": "Outra Pessoa"}}});
    assert_eq!(desk.post("/api/patients/duplicates", &ana, nobody).await.json(), json!({"items": []}));
    desk.close().await;
}
