//! Real `sync-server` and `clinic-node` processes on this machine, each on a data folder and ports of its own.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// Longest that a process may take to answer `/ready`.
const START_MAX: Duration = Duration::from_secs(30);
/// Password of the first administrator of every server that is started here.
pub const ADMIN_PASSWORD: &str = "correct-horse-battery";
/// Sign-in name of that administrator.
pub const ADMIN_EMAIL: &str = "admin@example.org";

/// The built binary `name`, beside the one that is running.
pub fn binary(name: &str) -> PathBuf {
    let running = std::env::current_exe().expect("the running binary has a path");
    let mut folder = running.parent().expect("a binary lies in a folder");
    if folder.ends_with("deps") {
        folder = folder.parent().expect("deps/ lies in the profile's folder");
    }
    folder.join(name)
}

/// A TCP port that was free a moment ago.
pub fn tcp_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|s| s.local_addr()).expect("loopback has a free port").port()
}

/// A UDP port that was free a moment ago.
pub fn udp_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").and_then(|s| s.local_addr()).expect("loopback has a free port").port()
}

/// Runs a command to its end; its standard output, or an error with what it printed.
pub fn run(command: &mut Command) -> Result<String> {
    let Output { status, stdout, stderr } = command.output().with_context(|| format!("start {command:?}"))?;
    let stdout = String::from_utf8_lossy(&stdout).into_owned();
    ensure!(status.success(), "{command:?}: {status}\n{stdout}\n{}", String::from_utf8_lossy(&stderr));
    Ok(stdout)
}

/// Runs a command with `--json` and reads what it printed.
pub fn run_json(command: &mut Command) -> Result<Value> {
    let printed = run(command.arg("--json"))?;
    serde_json::from_str(&printed).with_context(|| format!("{command:?} printed {printed}"))
}

/// A running process that is stopped when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// `http://127.0.0.1:port`
    pub url: String,
    log: PathBuf,
}

impl Running {
    fn start(command: &mut Command, http: u16, log: &Path) -> Result<Self> {
        let mut running = Self::launch(command, http, log)?;
        running.wait_until_ready(http)?;
        Ok(running)
    }

    fn launch(command: &mut Command, http: u16, log: &Path) -> Result<Self> {
        let out = std::fs::File::create(log)?;
        let child = command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out).spawn()?;
        Ok(Self { child, url: format!("http://127.0.0.1:{http}"), log: log.to_owned() })
    }

    fn wait_until_ready(&mut self, http: u16) -> Result<()> {
        let deadline = Instant::now() + START_MAX;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                bail!("stopped with {status}: {}", self.log_tail());
            }
            if http_get_status(http, "/ready").is_ok_and(|status| status == 200) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!("not ready after {START_MAX:?}: {}", self.log_tail())
    }

    /// The file it logs to.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Everything it has logged so far.
    pub fn log_text(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The end of what it logged.
    pub fn log_tail(&self) -> String {
        let text = self.log_text();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM, as a service manager does; how the process ended, within five seconds.
    pub fn stop(mut self) -> Result<ExitStatus> {
        self.stop_politely().context("the process does not stop")
    }

    fn stop_politely(&mut self) -> Option<ExitStatus> {
        // Once it has ended, its number may be somebody else's.
        if let Ok(Some(status)) = self.child.try_wait() {
            return Some(status);
        }
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Memory that the process holds now, in KiB.
    pub fn rss_kib(&self) -> u64 {
        status_field(self.pid(), "VmRSS:")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.stop_politely().is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// A field of `/proc/<pid>/status` in KiB, 0 where it can't be read.
pub fn status_field(pid: u32, field: &str) -> u64 {
    std::fs::read_to_string(format!("/proc/{pid}/status"))
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix(field)?.trim().strip_suffix(" kB")?.trim().parse().ok())
        .unwrap_or(0)
}

/// The status of a GET on loopback; no client library, so that a start can be measured without one.
fn http_get_status(port: u16, path: &str) -> Result<u16> {
    use std::io::Write as _;
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    let mut first = String::new();
    BufReader::new(stream).read_line(&mut first)?;
    first.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status line")
}

/// A server's data folder with one clinic and one location.
#[derive(Debug)]
pub struct Server {
    pub data: PathBuf,
    pub clinic: String,
    pub location: String,
    pub quic: u16,
    pub http: u16,
}

impl Server {
    /// `init`, `clinic add`, `location add` in `data`.
    pub fn create(data: &Path) -> Result<Self> {
        let mut server = Self {
            data: data.to_owned(),
            clinic: String::new(),
            location: String::new(),
            quic: udp_port(),
            http: tcp_port(),
        };
        run(server
            .command("init")
            .args(["--admin-email", ADMIN_EMAIL])
            .env("POSTO_ADMIN_PASSWORD", ADMIN_PASSWORD))?;
        let added = run_json(server.command("clinic").arg("add").args(server.data_arg()).args([
            "--name",
            "Clínica Ribeirinha",
            "--jurisdiction",
            "BR",
        ]))?;
        server.clinic = text(&added, "id")?;
        server.location = server.add_location("Centro")?;
        Ok(server)
    }

    /// `location add`: the new location's id.
    pub fn add_location(&self, name: &str) -> Result<String> {
        let added = run_json(self.command("location").arg("add").args(self.data_arg()).args([
            "--clinic",
            &self.clinic,
            "--name",
            name,
        ]))?;
        text(&added, "id")
    }

    /// `serve`, until dropped.
    pub fn serve(&self) -> Result<Running> {
        self.serve_with(&[])
    }

    /// `serve` with more variables in its environment.
    pub fn serve_with(&self, variables: &[(&str, &str)]) -> Result<Running> {
        let mut command = self.command("serve");
        command.args(["--quic", &self.quic_address(), "--http", &format!("127.0.0.1:{}", self.http)]);
        command.envs(variables.iter().copied());
        Running::start(&mut command, self.http, &self.data.with_extension("log"))
    }

    /// `serve` with the console at another address, without waiting for it to answer.
    pub fn launch_at(&self, http: SocketAddr) -> Result<Running> {
        let mut command = self.command("serve");
        command.args(["--quic", &self.quic_address(), "--http", &http.to_string()]);
        Running::launch(&mut command, http.port(), &self.data.with_extension("log"))
    }

    /// `enroll-code`: a fresh one-time code.
    pub fn enroll_code(&self, location: &str) -> Result<String> {
        let code =
            run_json(self.command("enroll-code").args(["--clinic", &self.clinic, "--location", location]))?;
        text(&code, "code")
    }

    /// Enrols a node in a new data folder.
    pub fn enroll(&self, data: &Path, location: &str) -> Result<Node> {
        let node = Node { data: data.to_owned(), http: tcp_port() };
        let code = self.enroll_code(location)?;
        run(node.command("enroll").args(["--server", &self.quic_address(), "--code", &code]))?;
        Ok(node)
    }

    /// `127.0.0.1:port` of the QUIC endpoint.
    pub fn quic_address(&self) -> String {
        format!("127.0.0.1:{}", self.quic)
    }

    /// `sync-server VERB --data DIR`; verbs of two words add the folder with [`Self::data_arg`] behind the second.
    pub fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(binary("sync-server"));
        command.arg(verb);
        if !matches!(verb, "clinic" | "location" | "node" | "user") {
            command.args(self.data_arg());
        }
        command
    }

    /// `--data DIR`
    pub fn data_arg(&self) -> [String; 2] {
        ["--data".into(), self.data.display().to_string()]
    }
}

/// An enrolled node's data folder.
#[derive(Debug)]
pub struct Node {
    pub data: PathBuf,
    pub http: u16,
}

impl Node {
    /// `serve`, until dropped.
    pub fn serve(&self) -> Result<Running> {
        self.serve_with(&[])
    }

    /// `serve` with more variables in its environment.
    pub fn serve_with(&self, variables: &[(&str, &str)]) -> Result<Running> {
        let mut command = self.serving();
        command.envs(variables.iter().copied());
        Running::start(&mut command, self.http, &self.data.with_extension("log"))
    }

    /// `serve`, without waiting until it answers.
    pub fn launch(&self) -> Result<Running> {
        Running::launch(&mut self.serving(), self.http, &self.data.with_extension("log"))
    }

    /// `serve` at another address than loopback's, without waiting until it answers.
    pub fn launch_at(&self, address: SocketAddr, variables: &[(&str, &str)]) -> Result<Running> {
        let mut command = self.command("serve");
        command.args(["--http", &address.to_string()]).envs(variables.iter().copied());
        Running::launch(&mut command, address.port(), &self.data.with_extension("log"))
    }

    fn serving(&self) -> Command {
        let mut command = self.command("serve");
        command.args(["--http", &format!("127.0.0.1:{}", self.http)]);
        command
    }

    /// `sync --once --json`.
    pub fn sync(&self) -> Result<Value> {
        run_json(self.command("sync").arg("--once"))
    }

    /// `clinic-node VERB --data DIR`; verbs of two words add the folder with [`Self::data_arg`] behind the second.
    pub fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(binary("clinic-node"));
        command.arg(verb);
        if !matches!(verb, "import" | "export" | "audit" | "user") {
            command.args(self.data_arg());
        }
        command
    }

    /// `--data DIR`
    pub fn data_arg(&self) -> [String; 2] {
        ["--data".into(), self.data.display().to_string()]
    }
}

fn text(value: &Value, key: &str) -> Result<String> {
    value[key].as_str().map(str::to_owned).with_context(|| format!("no text `{key}` in {value}"))
}
