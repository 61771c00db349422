"""What student code can see and reach: tried from inside a real sandbox."""

import errno
import json
import os
import socket
import threading
from pathlib import Path

import psutil
import pytest

import grader
from grader.errors import SandboxError
from grader.sandbox import memory
from grader.sandbox.policy import CONVOLVING_PACKAGES, COURSE_PACKAGES, Policy

from .conftest import SMALL

pytestmark = pytest.mark.kernel

REFUSED_WRITE = """
import os
from pathlib import Path
def writable(folder):
    try:
        Path(folder, "x").write_text("x")
    except OSError:
        return False
    return True
print([folder for folder in {folders} if writable(folder)])
"""


def _link(path):
    try:
        return str(Path(path).readlink())
    except OSError:
        return None


def test_files_handed_in_and_nothing_else(kernel):
    names = "import os; print([n for n in sorted(os.listdir()) if n[0] != '.'])"
    assert kernel.run(names) == "['ascent.txt']"
    assert kernel.run("print(open('ascent.txt').read())") == "hills"


def test_the_courses_data_can_be_read_not_written(kernel):
    code = "import os; d = os.environ['COURSE_DATA']; print(open(d + '/images').read(), d)"
    assert kernel.run(code) == "pixels /data"
    assert "Read-only file system" in kernel.run("open('/data/x', 'w')")


def test_only_scratch_is_writable(kernel):
    folders = ["/", "/usr", "/usr/bin", "/etc", "/dev", "/run", "/run/kernel", "/home", "/data"]
    folders += ["/proc", "/home/student", "/tmp", "/dev/shm"]
    said = kernel.run(REFUSED_WRITE.format(folders=folders))
    assert said == "['/home/student', '/tmp', '/dev/shm']"


def test_the_host_is_not_there(kernel, tmp_path):
    course = Path(grader.__file__).parents[1]
    hidden = [str(course / name) for name in ("grader", "source", "tests", "gradebook.db")]
    hidden += [str(tmp_path), str(Path.home() / ".bashrc"), "/etc/shadow", "/etc/hostname"]
    hidden += ["/sys", "/var", "/mnt", "/srv"]
    assert course.joinpath("grader").exists()
    assert kernel.run(f"import os; print([p for p in {hidden} if os.path.exists(p)])") == "[]"


def test_no_other_processes_are_seen(kernel):
    said = kernel.run(
        "import os; print(sorted(int(n) for n in os.listdir('/proc') if n.isdecimal()))"
    )
    assert json.loads(said) in ([1, 2], [1, 2, 3])  # a warm one moves in beside a place holder


def test_every_process_inside_is_closed_in(kernel):
    """Student code may write the memory of those beside it, and so act as them."""
    code = """
import os
for number in sorted(int(n) for n in os.listdir('/proc') if n.isdecimal()):
    lines = open(f'/proc/{number}/status').read().splitlines()
    held = dict(line.split(':', 1) for line in lines)
    rights = {held[name].strip() for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')}
    print(rights, held['NoNewPrivs'].strip(), held['Seccomp'].strip(), held['Groups'].split())
"""
    assert set(kernel.run(code).splitlines()) == {"{'0000000000000000'} 1 2 []"}


def test_namespaces_are_its_own_and_cannot_be_left(kernel, fresh):
    code = """
import ctypes, fcntl, os
kinds = ('cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts')
spaces = [os.readlink(f'/proc/self/ns/{kind}') for kind in kinds]
print(*spaces)
"""
    ours = {
        str(Path(f"/proc/self/ns/{kind}").readlink())
        for kind in ("user", "pid", "mnt", "ipc", "net", "uts")
    }
    inside = set(kernel.run(code).split())
    assert len(inside) == 7
    assert not inside & (ours | set(fresh().run(code).split()))
    leave = """
said = []
for number in (0xb701, 0xb702):  # the owner's user namespace, the parent namespace
    for kind in ('user', 'pid', 'net'):
        space = os.open(f'/proc/self/ns/{kind}', os.O_RDONLY)
        try:
            said.append(fcntl.ioctl(space, number))
        except OSError:
            pass
        os.close(space)
libc = ctypes.CDLL(None, use_errno=True)
for number in range(1, 4):
    for kind in kinds:
        try:
            space = os.open(f'/proc/{number}/ns/{kind}', os.O_RDONLY)
        except OSError:
            continue
        if libc.setns(space, 0) == 0:
            said.append((number, kind))
        os.close(space)
print(said)
"""
    assert kernel.run(leave) == "[]"


def test_a_kernel_holds_the_limits_of_its_policy(kernel):
    code = """
import resource
print([resource.getrlimit(getattr(resource, 'RLIMIT_' + name))
       for name in ('NPROC', 'FSIZE', 'NOFILE', 'CORE')])
"""
    most = (SMALL.processes, SMALL.file_bytes, 1024, 0)
    assert kernel.run(code) == str([(limit, limit) for limit in most])


def test_so_does_every_process_whose_memory_it_can_write(kernel):
    code = """
import os
for number in sorted(int(n) for n in os.listdir('/proc') if n.isdecimal()):
    lines = open(f'/proc/{number}/limits').read().splitlines()
    print([line.split()[-3:-1] for line in lines
           if line.startswith(('Max processes', 'Max file size', 'Max open files'))])
"""
    most = [str(limit) for limit in (SMALL.file_bytes, SMALL.processes, 1024)]
    assert set(kernel.run(code).splitlines()) == {str([[limit, limit] for limit in most])}


def test_its_memory_is_counted_in_the_sandboxs_own_group(kernel):
    bound = memory.memory_bound()
    if not bound.robust:
        pytest.skip("no control group here: memory is watched")
    (supervisor,) = psutil.Process(kernel.manager.provisioner.process.pid).children()
    (init,) = supervisor.children()
    name = kernel.manager.provisioner.directory.folder.name
    groups = list(Path(bound.parent or "/sys/fs/cgroup").rglob(name))
    held = {int(n) for path in groups for n in (path / "cgroup.procs").read_text().split()}
    space = _link(f"/proc/{init.pid}/ns/pid")
    inside = {
        process.pid
        for process in psutil.process_iter()
        if space == _link(f"/proc/{process.pid}/ns/pid")
    }
    assert len(inside) >= 2
    assert inside <= held


def test_the_environment_is_ours(kernel):
    os.environ["GRADER_SECRET"] = "hunter2"
    try:
        everything = kernel.run("print(dict(os.environ), open('/proc/1/environ').read())")
        lines = kernel.run("print(open('/proc/1/cmdline').read(), open('/proc/2/environ').read())")
    finally:
        del os.environ["GRADER_SECRET"]
    assert "COURSE_DATA" in everything
    assert "hunter2" not in everything + lines
    assert "grader-sandbox" not in lines


def test_no_descriptor_of_the_host_is_open(kernel):
    code = """
kinds = {}
for name in os.listdir('/proc/self/fd'):
    try:
        kinds[name] = os.readlink('/proc/self/fd/' + name)
    except OSError:
        pass
assert not [k for k in kinds.values() if 'pidfd' in k or 'memfd' in k], kinds
ours = ('/dev/null', 'pipe:', 'socket:', 'anon_inode:', '/home/student', '/dev/pts')
print([k for k in kinds.values() if not k.startswith(ours) and 'site-packages' not in k])
"""
    assert kernel.run(code) == "[]"


def test_not_root_and_without_rights(kernel):
    assert kernel.run("print(os.getuid(), os.getgid(), os.getgroups())").startswith("1000 1000")
    status = kernel.run("print(open('/proc/self/status').read())")
    values = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(values[name], 16) == 0
    assert values["NoNewPrivs"] == "1"
    assert values["Seccomp"] == "2"
    code = "import ctypes; c = ctypes.CDLL(None, use_errno=True); r = c.unshare(0x10000000)"
    assert kernel.run(code + "; print(r, ctypes.get_errno())") == f"-1 {errno.EPERM}"


def test_root_only_when_nobody_else(kernel):
    """The host sees the sandbox's processes as nobody's when the grader is root."""
    pid = kernel.manager.provisioner.process.pid
    children = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append((int(folder.name), folder.stat().st_uid))
        except OSError:
            continue
    ((bubblewrap, _),) = children[pid]
    ((init, _),) = children[bubblewrap]
    ((_, uid),) = children[init]
    assert uid == (65534 if os.geteuid() == 0 else os.geteuid())


def test_the_network_is_out_of_reach(kernel):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=3)"
        assert "Connection refused" in kernel.run(code)
    code = "import socket; socket.create_connection(('1.1.1.1', 53), timeout=3)"
    assert "unreachable" in kernel.run(code)
    assert "gaierror" in kernel.run("socket.getaddrinfo('example.org', 80)")
    assert "not supported" in kernel.run("socket.socket(40, socket.SOCK_STREAM)")  # vsock
    fetch = "[sys.executable, '-m', 'pip', 'download', '--retries', '0', 'six']"
    kernel.run("import glob, subprocess, sys")
    kernel.run(f"fetched = subprocess.run({fetch}, capture_output=True)", timeout=60)
    assert kernel.run("print(fetched.returncode > 0, glob.glob('six*'))") == "True []"


def test_abstract_sockets_of_the_host_are_out_of_reach(kernel):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0grader-sandbox-test")
        server.listen()
        code = "s = socket.socket(socket.AF_UNIX); s.connect('\\0grader-sandbox-test')"
        assert "Connection refused" in kernel.run("import socket; " + code)


def test_file_sizes_and_scratch_are_bounded(kernel):
    code = "f = open('big', 'wb'); f.write(bytes(21 << 20)); f.flush()"
    assert "File too large" in kernel.run(code)
    code = "[open(f'big{i}', 'wb').write(bytes(15 << 20)) for i in range(9)]"
    assert "No space left" in kernel.run(code)
    code = "[open(f'/dev/shm/big{i}', 'wb').write(bytes(15 << 20)) for i in range(9)]"
    assert "No space left" in kernel.run(code)
    tidy = "import glob, os; [os.remove(n) for n in glob.glob('big*') + glob.glob('/dev/shm/big*')]"
    assert kernel.run(tidy) == ""


def test_the_grader_cannot_be_imported(kernel):
    for name in COURSE_PACKAGES:
        assert "ModuleNotFoundError" in kernel.run(f"import {name}")


def test_the_kernel_cannot_change_its_sockets(kernel):
    """The folder in which they were bound is gone, and nothing can be put in its place."""
    for code in (
        "open('/run/kernel/k-1', 'w')",
        "import os; os.symlink('/x', '/run/kernel/k-1')",
        "import socket; socket.socket(socket.AF_UNIX).bind('/run/kernel/k-1')",
        "import os; os.rename('/run/kernel', '/run/other')",
    ):
        said = kernel.run(code)
        assert "Error" in said
        assert "NameError" not in said
    assert kernel.run("import os; print(os.listdir('/run/kernel'))") == "[]"
    assert kernel.run("print(1 + 1)") == "2"


def test_a_link_among_the_sockets_is_refused(fresh, tmp_path):
    """A kernel that is not ours to begin with, and puts a link where our client would connect."""
    swap = tmp_path / "swap.py"
    swap.write_text(
        "import os, socket, sys, time\n"
        "kept = [socket.socket(socket.AF_UNIX) for _ in range(5)]\n"
        "for number, s in enumerate(kept[:4], 1):\n"
        "    s.bind(f'/run/kernel/k-{number}'); s.listen()\n"
        "kept[4].bind('/run/kernel/real'); kept[4].listen()\n"
        "os.symlink('/run/kernel/real', '/run/kernel/k-5')\n"
        "time.sleep(1); os._exit(3)\n"
    )
    policy = Policy(SMALL, readable={"/run/swap.py": swap})
    with pytest.raises(SandboxError, match="did not start"):
        fresh(policy, (policy.python.executable, "/run/swap.py"))


def test_neighbours_do_not_see_each_other(kernel, fresh):
    other = fresh()
    kernel.run("open('/tmp/mine', 'w').write('x')")
    assert other.run("import os; print(os.path.exists('/tmp/mine'))") == "False"
    numpy_alone = fresh(Policy(SMALL, blocked=COURSE_PACKAGES + CONVOLVING_PACKAGES))
    said = numpy_alone.run(
        "import numpy, importlib\n"
        "def can(name):\n"
        "    try:\n"
        "        importlib.import_module(name)\n"
        "    except ModuleNotFoundError:\n"
        "        return False\n"
        "    return True\n"
        "names = ('scipy', 'scipy.signal', 'tensorflow', 'keras', 'PIL', 'numpy')\n"
        "print([name for name in names if can(name)])"
    )
    assert said == "['numpy']"
    assert "blocked in this sandbox" in numpy_alone.run("import scipy")


def test_tensorflow_trains(fresh):
    kernel = fresh(Policy(SMALL))
    said = kernel.run(
        "import numpy as np, keras\n"
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\n"
        "model.compile(loss='mse')\n"
        "h = model.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)\n"
        "print('loss' in h.history)",
        timeout=120,
    )
    assert said.splitlines()[-1] == "True"


def test_a_thread_may_start_it(fresh):
    """The sandbox lives as long as our process, not as the thread that started it."""
    made = []
    thread = threading.Thread(target=lambda: made.append(fresh()))
    thread.start()
    thread.join()
    assert made[0].run("print('alive')") == "alive"
