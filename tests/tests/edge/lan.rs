//! Off loopback, node and console speak TLS or nothing at all.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use posto_tests::processes::{ADMIN_EMAIL, ADMIN_PASSWORD, Node, Running, Server, run, run_json, tcp_port};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::{TlsConnector, client::TlsStream};

const PASSWORD: &str = "correct-horse-battery";
/// How the desks call the node.
const NAME: &str = "posto.clinica.example";

/// A clinic without a server in a folder, its administrator's sign-in name, and a certificate for the node.
struct Lan {
    folder: tempfile::TempDir,
    node: Node,
    login: String,
    certificate: CertificateDer<'static>,
}

impl Lan {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let node = Node { data: folder.path().join("node"), http: tcp_port() };
        let mut init = node.command("init");
        init.args(["--clinic", "Clínica Boa", "--jurisdiction", "BR"]).env("POSTO_ADMIN_PASSWORD", PASSWORD);
        let made = run_json(&mut init).unwrap();
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed([NAME.to_owned()]).unwrap();
        std::fs::write(folder.path().join("certificate.pem"), cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), signing_key.serialize_pem()).unwrap();
        let login = made["admin"]["login"].as_str().unwrap().to_owned();
        Self { folder, node, login, certificate: cert.der().clone() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from(([0, 0, 0, 0], self.node.http))
    }

    /// `serve` off loopback with these files, to the end that it must come to by itself.
    fn refuses(&self, certificate: Option<&Path>, key: Option<&Path>) -> String {
        let mut serve = self.node.command("serve");
        serve.args(["--http", &self.address().to_string()]);
        serve.envs(certificate.map(|path| ("POSTO_HTTP_TLS_CERTIFICATE", path)));
        serve.envs(key.map(|path| ("POSTO_HTTP_TLS_KEY", path)));
        let Output { status, stderr, .. } = ended(&mut serve);
        assert_eq!(status.code(), Some(1), "{status}");
        String::from_utf8(stderr).unwrap()
    }

    async fn ask(&self, request: &str) -> std::io::Result<String> {
        ask(self.node.http, &self.certificate, request).await
    }
}

/// Sends one request over TLS, trusting this certificate only.
async fn ask(port: u16, certificate: &CertificateDer<'static>, request: &str) -> std::io::Result<String> {
    answer(connect(port, certificate).await?, request).await
}

/// As [`ask`], until there is somebody to answer.
async fn ask_when_up(
    running: &Running,
    port: u16,
    certificate: &CertificateDer<'static>,
    path: &str,
) -> String {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    loop {
        match ask(port, certificate, &get(path)).await {
            Ok(answer) => return answer,
            Err(_) => assert!(tokio::time::Instant::now() < deadline, "{}", running.log_tail()),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn connect(
    port: u16,
    certificate: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<tokio::net::TcpStream>> {
    let mut trusted = rustls::RootCertStore::empty();
    trusted.add(certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
    let name = ServerName::try_from(NAME).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Runs a command that must end by itself: one that serves instead is ended and fails the test.
fn ended(command: &mut Command) -> Output {
    use std::process::Stdio;
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while child.try_wait().unwrap().is_none() {
        if std::time::Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it serves: {}", String::from_utf8_lossy(&child.wait_with_output().unwrap().stderr));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

/// Sends one request and reads until the other side closes.
async fn answer(
    mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    request: &str,
) -> std::io::Result<String> {
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: {NAME}\r\nconnection: close\r\n\r\n")
}

fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: {NAME}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_with_a_certificate_is_reached_over_tls_and_answers_nobody_else() {
    let lan = Lan::open();
    let (certificate, key) = (lan.path("certificate.pem"), lan.path("key.pem"));
    let variables = [
        ("POSTO_HTTP_TLS_CERTIFICATE", certificate.to_str().unwrap()),
        ("POSTO_HTTP_TLS_KEY", key.to_str().unwrap()),
    ];
    let running = lan.node.launch_at(lan.address(), &variables).unwrap();
    let ready = ask_when_up(&running, lan.node.http, &lan.certificate, "/ready").await;
    assert!(ready.starts_with("HTTP/1.1 200 "), "{ready}");

    let body = json!({ "login": lan.login, "password": PASSWORD }).to_string();
    let sign_in = post("/api/session", &body);
    let signed_in = lan.ask(&sign_in).await.unwrap();
    assert!(signed_in.starts_with("HTTP/1.1 200 "), "{signed_in}");
    let cookie = signed_in.lines().find(|line| line.to_lowercase().starts_with("set-cookie:")).unwrap();
    assert!(cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");

    // Who speaks plainly gets no answer: neither a page nor a word about what this is.
    for request in [get("/ready"), sign_in] {
        let plain = tokio::net::TcpStream::connect(("127.0.0.1", lan.node.http)).await.unwrap();
        let answer = answer(plain, &request).await.unwrap_or_default();
        assert!(!answer.contains("HTTP/") && !answer.contains("posto"), "{answer:?}");
    }
    // Somebody who connects and says nothing keeps nobody waiting.
    let _silent = TcpStream::connect(("127.0.0.1", lan.node.http)).unwrap();
    assert!(lan.ask(&get("/live")).await.unwrap().starts_with("HTTP/1.1 200 "));
}

#[test]
fn without_a_certificate_that_can_be_used_a_node_stays_on_its_machine() {
    let lan = Lan::open();
    let (certificate, key) = (lan.path("certificate.pem"), lan.path("key.pem"));
    let plain = lan.refuses(None, None);
    assert!(plain.contains("need TLS") && plain.contains("http.tls_certificate"), "{plain}");
    let half = lan.refuses(Some(&certificate), None);
    assert!(half.contains("belong together"), "{half}");
    let no_pem = lan.path("no.pem");
    std::fs::write(&no_pem, "not a certificate").unwrap();
    let broken = lan.refuses(Some(&no_pem), Some(&key));
    assert!(broken.contains("no.pem"), "{broken}");
    let foreign = generate_simple_self_signed([NAME.to_owned()]).unwrap().signing_key.serialize_pem();
    let other = lan.path("other.pem");
    std::fs::write(&other, foreign).unwrap();
    let unfit = lan.refuses(Some(&certificate), Some(&other));
    assert!(unfit.contains("certificate.pem"), "{unfit}");
    // Nothing of this hurt the folder.
    run(&mut lan.node.command("doctor")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_leaves_its_machine_only_with_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::create(&folder.path().join("server")).unwrap();
    let address = SocketAddr::from(([0, 0, 0, 0], server.http));
    let mut serve = server.command("serve");
    serve.args(["--quic", &server.quic_address(), "--http", &address.to_string()]);
    let plain = ended(&mut serve);
    let said = String::from_utf8(plain.stderr).unwrap();
    assert!(plain.status.code() == Some(1) && said.contains("tls_certificate"), "{said}");

    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([NAME.to_owned()]).unwrap();
    let (chain, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    std::fs::write(&chain, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    let config = format!("[console]\ntls_certificate = {chain:?}\ntls_key = {key:?}\n");
    std::fs::write(server.data.join("server.toml"), config).unwrap();
    let running = server.launch_at(address).unwrap();
    let certificate = cert.der().clone();
    let ready = ask_when_up(&running, server.http, &certificate, "/ready").await;
    assert!(ready.starts_with("HTTP/1.1 200 "), "{ready}");
    assert!(ready.to_lowercase().contains("strict-transport-security"), "{ready}");

    let body = json!({ "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD }).to_string();
    let signed_in = ask(server.http, &certificate, &post("/api/session", &body)).await.unwrap();
    let cookie = signed_in.lines().find(|line| line.to_lowercase().starts_with("set-cookie:")).unwrap();
    assert!(cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", server.http)).await.unwrap();
    let answer = answer(stream, &get("/ready")).await.unwrap_or_default();
    assert!(!answer.contains("HTTP/"), "{answer:?}");
}
