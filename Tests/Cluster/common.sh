# Read by the other scripts here: where things are, and how a server is started so that it can be ended again.
# shellcheck shell=bash

kubernetes_version=1.20.2
cache=${PODMEDIC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/podmedic-test}
kubernetes=${PODMEDIC_KUBERNETES:-$cache/kubernetes-$kubernetes_version}
kubectl_version=1.37.1
kubectl=${PODMEDIC_KUBECTL:-$cache/kubectl-$kubectl_version/kubectl}
# Shared by all clusters of this user on this machine: lock files only.
locks=/tmp/podmedic-locks-$UID

# fail SENTENCE...: says what is wrong and what to do about it, and ends the script.
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# need COMMAND PACKAGE: fails with the package's name unless the command is there.
need() {
  command -v "$1" >/dev/null || fail "'$1' is missing; 'make setup-tests' installs it (Debian package $2)"
}

# enter FOLDER: goes to the folder of a cluster that 'up' made and reads its ports.
enter() {
  [ -f "${1:?the folder of the cluster is missing}/ports" ] || fail "there is no cluster in $1"
  cd "$1" || exit
  # shellcheck source=/dev/null
  . ./ports
}

# The moment a process started, in clock ticks since boot: with its id it names the process even when ids are reused.
# (The command's name, which may hold spaces and parentheses, is cut off first.) A process that ended and was not yet
# collected by its parent counts as gone.
started_at() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  [ "$1" != Z ] && echo "${20}"
}

# run NAME COMMAND...: starts a server of this cluster in a session of its own and records which process it is. It keeps
# only the open files 7 and 8, which hold locks: whoever called may wait for the end of any other.
run() {
  local name=$1
  shift
  (
    for file in "/proc/$BASHPID/fd"/*; do
      file=${file##*/}
      case $file in
      [01278]) ;;
      *) exec {file}>&- ;;
      esac
    done
    exec setsid "$@"
  ) </dev/null >>"log/$name.log" 2>&1 &
  echo "$! $(started_at $!)" >"run/$name.pid"
}

# recorded NAME: the process id of a server that 'run' started, if that very process still runs.
recorded() {
  local pid start
  read -r pid start 2>/dev/null <"run/$1.pid" && [ -n "$start" ] && [ "$(started_at "$pid")" = "$start" ] && echo "$pid"
}

# await TENTHS COMMAND...: waits until the command succeeds, looking every tenth of a second; fails after that many.
await() {
  local tries=$1
  shift
  until "$@"; do
    [ $((tries -= 1)) -gt 0 ] || return 1
    sleep 0.1
  done
}

gone() { ! started_at "$1" >/dev/null; }

# end NAME [SIGNAL]: ends a server that 'run' started and waits until it is gone; after ten seconds it is killed.
end() {
  local pid
  if pid=$(recorded "$1"); then
    kill -s "${2:-TERM}" "$pid" 2>/dev/null || true
    await 100 gone "$pid" || { kill -s KILL "$pid" 2>/dev/null && await 100 gone "$pid"; } || true
  fi
  rm -f "run/$1.pid"
}

# explain NAME SENTENCE: fails, with the end of that server's log.
explain() {
  tail -n 15 "log/$1.log" >&2
  fail "$2 (the whole log is $PWD/log/$1.log)"
}

# request PATH [CURL-OPTION...]: asks the API server of this cluster as its administrator.
request() {
  local path=$1
  shift
  curl --silent --fail --max-time 5 --cacert pki/ca.crt --cert pki/admin.crt --key pki/admin.key \
    "$@" "https://127.0.0.1:$apiserver_port$path"
}
