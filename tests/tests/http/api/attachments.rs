//! `/api/attachments` and its content

use posto_domain::AttachmentId;
use posto_domain::attachment::Attachment;
use posto_domain::role_grant::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Person};

async fn announce(
    desk: &Desk,
    ana: &Person,
    patient: &str,
    name: &str,
    size: usize,
    media_type: &str,
) -> String {
    let body = json!({"patient_id": patient, "name": name, "size": size, "media_type": media_type});
    let answer = desk.post("/api/attachments", ana, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn send(desk: &Desk, ana: &Person, id: &str, offset: usize, whole: usize, bytes: &[u8]) -> Answer {
    let range = format!("bytes {offset}-{}/{whole}", (offset + bytes.len()).saturating_sub(1));
    let request = desk.request(Method::PUT, &format!("/api/attachments/{id}/content"), Some(ana));
    Answer::read(request.header("content-range", range).body(bytes.to_vec()).send().await.unwrap()).await
}

#[tokio::test]
async fn a_file_goes_in_in_pieces_and_comes_out_in_parts() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let (patient, _) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let text: Vec<u8> = (0..2_500_000_u32).map(|n| b'a' + (n % 26) as u8).collect();
    let id = announce(&desk, &ana, &patient, "../exame.txt", text.len(), "text/plain").await;
    assert_eq!(send(&desk, &ana, &id, 0, text.len(), &text[..1_000_000]).await.json()["received"], 1_000_000);
    let gap = send(&desk, &ana, &id, 2_000_000, text.len(), &text[2_000_000..]).await;
    assert_eq!((gap.code().as_str(), &gap.json()["offset"]), ("wrong_offset", &json!(1_000_000)));
    // After a break: a piece that overlaps what is there.
    let done = send(&desk, &ana, &id, 900_000, text.len(), &text[900_000..]).await;
    insta::assert_snapshot!(done.shown());
    assert_eq!(
        send(&desk, &ana, &id, 900_000, text.len(), &text[900_000..]).await.json(),
        done.json(),
        "once more"
    );

    let whole = desk.get(&format!("/api/attachments/{id}/content"), &ana).await;
    assert_eq!(
        (whole.text.as_bytes(), whole.header("content-disposition").as_str()),
        (&text[..], "inline; filename*=UTF-8''exame.txt")
    );
    let part = desk.request(Method::GET, &format!("/api/attachments/{id}/content"), Some(&ana));
    let part = Answer::read(part.header("range", "bytes=1048570-1048585").send().await.unwrap()).await;
    assert_eq!(
        (part.status, part.text.as_bytes()),
        (StatusCode::PARTIAL_CONTENT, &text[1_048_570..1_048_586])
    );
    assert_eq!(part.header("content-range"), "bytes 1048570-1048585/2500000");
    let beyond = desk.request(Method::GET, &format!("/api/attachments/{id}/content"), Some(&ana));
    let beyond = Answer::read(beyond.header("range", "bytes=2500000-").send().await.unwrap()).await;
    assert_eq!(
        (beyond.code().as_str(), beyond.header("content-range").as_str()),
        ("range_not_satisfiable", "bytes */2500000")
    );
    let preview = desk.get(&format!("/api/attachments/{id}/preview"), &ana).await;
    assert_eq!((preview.status, preview.text.len()), (StatusCode::OK, 4_096));
    desk.close().await;
}

#[tokio::test]
async fn the_content_decides_and_programs_stay_out() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let (patient, _) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let program = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0";
    let id = announce(&desk, &ana, &patient, "foto.png", program.len(), "image/png").await;
    assert_eq!(send(&desk, &ana, &id, 0, program.len(), program).await.code(), "unsupported_media_type");
    let page = b"<html><script>alert(1)</script></html>";
    let id = announce(&desk, &ana, &patient, "carta.html", page.len(), "text/html").await;
    assert_eq!(
        send(&desk, &ana, &id, 0, page.len(), page).await.json()["media_type"],
        "application/octet-stream"
    );
    let answer = desk.get(&format!("/api/attachments/{id}/content"), &ana).await;
    assert!(answer.header("content-disposition").starts_with("attachment;"));
    assert!(answer.header("content-security-policy").contains("sandbox"));
    assert_eq!(desk.get(&format!("/api/attachments/{id}/preview"), &ana).await.code(), "not_found");
    desk.close().await;
}

#[tokio::test]
async fn a_pdf_is_shown_in_a_frame_of_our_own_and_runs_nothing() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let (patient, _) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let pdf = b"%PDF-1.7\n%%EOF\n";
    let id = announce(&desk, &ana, &patient, "laudo.pdf", pdf.len(), "application/pdf").await;
    let sent = send(&desk, &ana, &id, 0, pdf.len(), pdf).await.json();
    assert_eq!((&sent["media_type"], &sent["has_preview"]), (&json!("application/pdf"), &json!(true)));
    for path in ["preview", "content"] {
        let answer = desk.get(&format!("/api/attachments/{id}/{path}"), &ana).await;
        assert_eq!((answer.status, answer.text.as_bytes()), (StatusCode::OK, &pdf[..]));
        assert_eq!(answer.header("content-type"), "application/pdf");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-disposition"), "inline; filename*=UTF-8''laudo.pdf");
        let policy = answer.header("content-security-policy");
        assert_eq!(policy, "default-src 'none'; frame-ancestors 'self'; sandbox");
        assert_eq!(answer.header("x-frame-options"), "SAMEORIGIN");
    }
    let page = desk.get("/", &ana).await.header("content-security-policy");
    assert!(page.contains("default-src 'none'") && page.contains("frame-src 'self'"), "{page}");
    assert!(page.contains("frame-ancestors 'none'"), "nobody frames the screens: {page}");
    desk.close().await;
}

/// A record may come from an import or another node: what it calls a PDF is looked at before a browser shows it.
#[tokio::test]
async fn what_only_its_record_calls_a_pdf_is_never_shown_as_one() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let (patient, _) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let text = b"plain words";
    let honest = announce(&desk, &ana, &patient, "nota.txt", text.len(), "text/plain").await;
    let sent = send(&desk, &ana, &honest, 0, text.len(), text).await.json();
    let id: AttachmentId = "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
    let app = desk.app();
    let record = json!({
        "id": id, "patient": patient, "name": "laudo.pdf", "mime": "application/pdf",
        "size_bytes": text.len(), "blake3": sent["hash"],
    });
    let record: Attachment = serde_json::from_value(record).unwrap();
    tokio::task::spawn_blocking(move || app.write_directory(&record).unwrap()).await.unwrap();
    let content = desk.get(&format!("/api/attachments/{id}/content"), &ana).await;
    assert_eq!(content.text.as_bytes(), text);
    assert!(content.header("content-disposition").starts_with("attachment;"));
    assert_eq!(desk.get(&format!("/api/attachments/{id}/preview"), &ana).await.code(), "not_found");
    desk.close().await;
}

#[tokio::test]
async fn files_are_listed_deleted_and_bounded() {
    let desk = Desk::open().await;
    let (ana, bia) =
        (desk.person("Ana", Role::Receptionist).await, desk.person("Bia", Role::Receptionist).await);
    let (patient, _) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let id = announce(&desk, &ana, &patient, "a.txt", 0, "text/plain").await;
    let list = format!("/api/attachments?patient={patient}");
    assert_eq!(desk.get(&list, &ana).await.json()["items"].as_array().unwrap().len(), 1);
    let path = format!("/api/attachments/{id}");
    let refused = desk.call(Method::DELETE, &path, Some(&bia), None).await;
    assert_eq!(refused.code(), "forbidden", "only who sent it");
    assert_eq!(desk.call(Method::DELETE, &path, Some(&ana), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(desk.get(&list, &ana).await.json()["items"], json!([]));
    assert_eq!(desk.get(&format!("/api/attachments/{id}"), &ana).await.code(), "not_found");

    let waiting = announce(&desk, &ana, &patient, "b.txt", 10, "text/plain").await;
    assert_eq!(
        desk.get(&format!("/api/attachments/{waiting}"), &bia).await.code(),
        "not_found",
        "another's upload"
    );
    assert_eq!(desk.get(&format!("/api/attachments/{waiting}"), &ana).await.json()["state"], "uploading");
    let huge: Value =
        json!({"patient_id": patient, "name": "x", "size": 200_u64 << 20, "media_type": "text/plain"});
    assert_eq!(desk.post("/api/attachments", &ana, huge).await.code(), "payload_too_large");
    assert_eq!(send(&desk, &ana, &waiting, 0, 12, b"twelve bytes").await.code(), "content_mismatch");
    desk.close().await;
}
