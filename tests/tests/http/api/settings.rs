//! `/api/settings`

use posto_domain::role_grant::Role;

use crate::desk::Desk;

#[tokio::test]
async fn the_clinic_as_the_screens_need_it() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    insta::assert_snapshot!(desk.get("/api/settings", &ana).await.shown());
    desk.close().await;
}
