//! A private PostgreSQL cluster, started from the installed binaries by the first test that needs it, shared by all test
//! processes of this workspace, and stopped some seconds after the last of them has ended, however it ended.
//!
//! Every user holds a shared lock on a file for as long as its process lives. A watchdog beside the cluster tries to lock that
//! file alone; when it can, nobody is left. The cluster's files are in the folder for temporary files, not in `target/`: where
//! tests run as root, PostgreSQL runs as another user, who may not be able to enter the workspace.

use std::fs::{File, OpenOptions};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs};

use anyhow::{Context, Result, anyhow, bail};

const INSTALL: &str = "PostgreSQL is needed for the tests and was not found (searched PATH and /usr/lib/postgresql/*/bin). \
     On Debian: sudo apt-get install postgresql";

/// Seconds between the watchdog's looks; it stops the cluster after two looks without any user.
const LOOK_EVERY: u32 = 4;

/// Where the cluster is; the lock that keeps it running is held until this process ends.
struct Cluster {
    port: u16,
    _in_use: File,
}

static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();

/// The address of the cluster's database, started if need be. Blocks.
///
/// # Errors
/// Where PostgreSQL is missing or will not start, with what to do about it.
pub(crate) fn address() -> Result<String> {
    let cluster = CLUSTER.get_or_init(|| start().map_err(|error| format!("{error:#}")));
    let port = cluster.as_ref().map_err(|error| anyhow!("{error}"))?.port;
    Ok(format!("postgres://northing@127.0.0.1:{port}/postgres?sslmode=disable"))
}

fn start() -> Result<Cluster> {
    let bin = binaries()?;
    let folder = folder()?;
    fs::create_dir_all(&folder)?;
    let gate = open(&folder.join("gate.lock"))?;
    gate.lock()?;
    let in_use = open(&folder.join("users.lock"))?;
    in_use.lock_shared()?;
    let port_file = folder.join("port");
    let known = fs::read_to_string(&port_file).ok().and_then(|port| port.trim().parse().ok());
    let port = match known.filter(|port| answers(&folder, *port)) {
        Some(port) => port,
        None => {
            let port = begin(&bin, &folder)?;
            fs::write(&port_file, port.to_string())?;
            port
        }
    };
    gate.unlock()?;
    Ok(Cluster { port, _in_use: in_use })
}

/// One cluster for each workspace and user.
fn folder() -> Result<PathBuf> {
    let exe = env::current_exe()?;
    // target/debug/deps/store-0123 → target
    let target = exe.ancestors().nth(3).context("the test program stands nowhere")?;
    let mut name: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in target.as_os_str().as_encoded_bytes() {
        name = (name ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    Ok(env::temp_dir()
        .join(format!("northing-tests-{}-{name:016x}", output(Command::new("id").arg("-u"))?.trim())))
}

fn open(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
        .with_context(|| format!("{}", path.display()))
}

fn binaries() -> Result<PathBuf> {
    let on_path: Vec<PathBuf> =
        env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    installed.sort();
    let mut places = on_path.into_iter().chain(installed.into_iter().rev());
    places.find(|place| place.join("initdb").is_file() && place.join("pg_ctl").is_file()).context(INSTALL)
}

/// Whether our cluster (and not another program on a port that became free) listens there.
fn answers(folder: &Path, port: u16) -> bool {
    let pid_file = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
    let ours = pid_file.lines().nth(3).is_some_and(|line| line.trim() == port.to_string());
    ours && TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Makes and starts a cluster with a watchdog. The caller holds the gate.
fn begin(bin: &Path, folder: &Path) -> Result<u16> {
    let data = folder.join("data");
    let user = other_user()?;
    if data.join("postmaster.pid").exists() {
        // One that no longer answers: end it, if it still runs, before its files go.
        let pg_ctl = bin.join("pg_ctl");
        let _ended = run(&user, &pg_ctl, &["stop", "-m", "immediate", "-D", text(&data)?]);
    }
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    fs::create_dir(&data)?;
    if let Some(user) = &user {
        output(Command::new("chown").arg(user).arg(&data))?;
    }
    let initdb = bin.join("initdb");
    let data = text(&data)?;
    run(
        &user,
        &initdb,
        &["-D", data, "-U", "northing", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    )?;
    // Freed and taken again by PostgreSQL a moment later; should another program come first, the start fails and says so.
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let settings = format!(
        "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c max_connections=300 -c fsync=off \
         -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB -c max_locks_per_transaction=256"
    );
    let log = format!("{data}/log");
    run(&user, &bin.join("pg_ctl"), &["start", "-w", "-t", "60", "-D", data, "-l", &log, "-o", &settings])?;
    watch(bin, folder, &user)?;
    Ok(port)
}

/// PostgreSQL refuses to run as root; then it runs as this user.
fn other_user() -> Result<Option<String>> {
    if output(Command::new("id").arg("-u"))?.trim() != "0" {
        return Ok(None);
    }
    let known = |user: &&str| {
        Command::new("id")
            .arg(user)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
    };
    match ["postgres", "nobody"].iter().find(|user| known(user)) {
        Some(user) => Ok(Some((*user).to_owned())),
        None => bail!("PostgreSQL does not run as root, and there is neither a user postgres nor nobody"),
    }
}

fn as_user(user: &Option<String>, program: &Path) -> Command {
    match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(program);
            command
        }
    }
}

/// Runs a program of PostgreSQL to its end. What it starts must not hold our pipes, so its words go to a file.
fn run(user: &Option<String>, program: &Path, arguments: &[&str]) -> Result<()> {
    let words = tempfile::tempfile()?;
    let status = as_user(user, program)
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(words.try_clone()?)
        .stderr(words.try_clone()?)
        .status()
        .with_context(|| format!("{}", program.display()))?;
    if status.success() {
        return Ok(());
    }
    let mut words = words;
    std::io::Seek::rewind(&mut words)?;
    bail!("{} failed: {}", program.display(), std::io::read_to_string(words)?)
}

/// Starts the process that stops the cluster when nobody uses it. It belongs to no test: no pipes, a session of its own.
fn watch(bin: &Path, folder: &Path, user: &Option<String>) -> Result<()> {
    let stop = match user {
        None => String::new(),
        Some(user) => format!("runuser -u {user} -- "),
    };
    let script = format!(
        r#"cd /; idle=0
while sleep {LOOK_EVERY}; do
  exec 8>>"$1/gate.lock" 9>>"$1/users.lock"
  if flock -n 8 && flock -n 9; then
    idle=$((idle + 1))
    if [ "$idle" -ge 2 ]; then
      {stop}"$2/pg_ctl" stop -m immediate -D "$1/data" 8>&- 9>&-
      rm -rf "$1/data" "$1/port"
      exit 0
    fi
  else idle=0; fi
  exec 8>&- 9>&-
done"#
    );
    Command::new("setsid")
        .args(["sh", "-c", &script, "watchdog"])
        .arg(folder)
        .arg(bin)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("setsid")?;
    Ok(())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is no text")
}

fn output(command: &mut Command) -> Result<String> {
    let done = command.output().with_context(|| format!("{command:?}"))?;
    if !done.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(String::from_utf8(done.stdout)?)
}
