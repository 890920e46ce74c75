#!/usr/bin/env bash
# Build the image from deploy/Dockerfile and try it: `make image`, as root on Debian 12; two minutes the first time.
# It needs no registry of images: in place of python:3.11-slim it makes a base of Debian's own packages that offers the
# same, and fetches the wheels before the build. The Dockerfile is built as it stands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for program in debootstrap buildah podman runc conmon nsenter; do
    command -v "$program" >/dev/null || { echo "apt-get install debootstrap buildah podman runc conmon" >&2; exit 1; }
done
kept=/var/tmp/screening-image  # the base, for the next time
work=$(mktemp -d)
engine=(--root "$work/store" --runroot "$work/run" --storage-driver vfs)
podman() { command podman "${engine[@]}" --cgroup-manager cgroupfs --runtime runc --log-level=fatal "$@"; }
trap 'podman rm --force --all --time 0 >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

say() { printf '%-76s %s\n' "$1" "$2"; }
fail() { echo "FAULT: $1" >&2; exit 1; }

# --- Build --------------------------------------------------------------------------------------------------------
if [[ ! -e $kept/base.tar ]]; then
    mkdir -p "$kept"
    packages=python3-minimal,python3-venv,ca-certificates
    debootstrap --variant=minbase --include=$packages bookworm "$work/base" >"$work/log" \
        || { tail "$work/log" >&2; fail "debootstrap"; }
    chroot "$work/base" sh -ec 'ln -sf python3 /usr/bin/python; rm -f /usr/lib/python3.11/EXTERNALLY-MANAGED
        wheel=$(echo /usr/share/python-wheels/pip-*.whl)
        python3 "$wheel/pip" -q install --root-user-action=ignore --no-index --find-links /usr/share/python-wheels pip'
    tar -C "$work/base" --exclude='./var/cache/apt/archives/*' --exclude='./var/lib/apt/lists/*' -cf "$kept/new.tar" .
    mv "$kept/new.tar" "$kept/base.tar"
    rm -rf "$work/base"
fi
printf 'FROM scratch\nADD base.tar /\nCMD ["python3"]\n' >"$work/base.Dockerfile"
buildah "${engine[@]}" bud -q --isolation chroot -f "$work/base.Dockerfile" -t python:3.11-slim "$kept" >/dev/null
mkdir "$work/wheels"
.venv/bin/python -m pip download -qq --no-deps --require-hashes --python-version 3.11 --only-binary :all: \
    -d "$work/wheels" -r requirements.txt 2>/dev/null  # it warns of folders that are set up and not there
printf '[global]\nno-index = true\nfind-links = /wheels\n' >"$work/pip.conf"  # the build itself uses no network
env -i PATH="$PATH" HOME="$work" buildah "${engine[@]}" bud -q --format docker --isolation chroot --pull-never \
    -v "$work/wheels:/wheels:ro" -v "$work/pip.conf:/etc/pip.conf:ro" \
    -f deploy/Dockerfile -t screening . >/dev/null 2>"$work/log" \
    || { cat "$work/log" >&2; fail "the build"; }
say "built" "$(podman image inspect localhost/screening --format '{{.Size}}' | numfmt --to=si)B"

# --- Run, with the flags that the Dockerfile names -----------------------------------------------------------------
# --network=none: nothing but its own 127.0.0.1, where it is asked. --ulimit: the engine here may not raise limits.
port=8201
limits=(--network=none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024)
podman run -d --name app --read-only --read-only-tmpfs=false --ipc=none --cap-drop=ALL --ulimit=core=0 \
    --security-opt=no-new-privileges --memory=256m --memory-swap=256m "${limits[@]}" \
    --env PORT=$port --env http_proxy=http://127.0.0.1:1 localhost/screening >/dev/null
main=$(podman inspect app --format '{{.State.Pid}}')
for _ in {1..100}; do podman healthcheck run app >/dev/null 2>&1 && break; sleep 0.2; done
podman healthcheck run app >/dev/null || { podman logs app; fail "the health check, with another PORT and a proxy"; }
say "its health check passes, with another PORT and a proxy in the environment" yes
check=$(sed -n 's/^    CMD //p' deploy/Dockerfile)
if podman run --rm "${limits[@]}" --entrypoint sh localhost/screening -c "$check" >/dev/null 2>&1; then
    fail "the health check passes where nothing listens"
fi
say "it fails where nothing listens" yes

grep -qE '^Uid:\s+65534\s+65534\s+65534' "/proc/$main/status" || fail "it does not run as nobody"
[[ $(grep -c '^Cap...:\s0000000000000000$' "/proc/$main/status") == 5 ]] || fail "it has capabilities"
grep -q '^NoNewPrivs:\s1$' "/proc/$main/status" || fail "it may gain rights"
say "it runs as nobody, without a capability, and can gain none" yes

written=$(podman exec app python -c '
import os
for folder, _, files in os.walk("/"):
    if not folder.startswith(("/proc", "/sys", "/dev/mqueue")):  # the last takes queues of messages, not files
        try:
            open(os.path.join(folder, "x"), "w")
            print(folder)
        except OSError:
            pass
        paths = [os.path.join(folder, file) for file in files]
        print(*(path for path in paths if os.path.isfile(path) and os.access(path, os.W_OK)), end="")')
[[ -z $written ]] || fail "it can write: $written"
say "no file can be written anywhere" yes

[[ $(awk 'NR > 2 {print $1}' "/proc/$main/net/dev") == lo: ]] || fail "it has a network"
say "it answers without any network but its own address" yes

# --- End: what has begun is answered, then it ends with 0 -----------------------------------------------------------
nsenter -t "$main" -n python3 - "$port" >"$work/answered" <<'PYTHON' &
import socket, sys, time
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
head = "POST /self HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 16\r\n\r\n"
connection.sendall(head.encode() + b"q_symp")
time.sleep(1)  # the signal comes in between
connection.sendall(b"toms=sleep")
print(b"".join(iter(lambda: connection.recv(65536), b""))[:12].decode())
PYTHON
asking=$!
sleep 0.5
started=$(date +%s%N)
podman stop --time 10 app >/dev/null
took=$((($(date +%s%N) - started) / 1000000))
wait "$asking"
[[ $(podman inspect app --format '{{.State.ExitCode}}') == 0 ]] || fail "it did not end with 0"
[[ $(<"$work/answered") == "HTTP/1.1 200" ]] || fail "half a form was not answered"
((took < 3000)) || fail "it took $took ms to end"
say "SIGTERM: half a form was answered, then it ended with 0" "$took ms"
[[ $(podman logs app 2>&1) == "Open http://0.0.0.0:$port/" ]] || fail "it said more than where it listens"
say "it said nothing but where it listens" yes
