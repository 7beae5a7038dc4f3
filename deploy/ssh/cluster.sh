#!/usr/bin/env bash
# A dask cluster over SSH for the time of one command: a scheduler here, workers of one thread there.
#   deploy/ssh/cluster.sh --hosts "lab1 lab2" --workers 4 --address 10.0.0.1 [--port 8786] [--python python3] -- medcoding grade 05
set -euo pipefail

hosts="" workers=2 address="" port=8786 python=python3
while [ $# -gt 0 ]; do
  case "$1" in
    --hosts) hosts=$2; shift 2 ;;
    --workers) workers=$2; shift 2 ;;
    --address) address=$2; shift 2 ;;
    --port) port=$2; shift 2 ;;
    --python) python=$2; shift 2 ;;
    --) shift; break ;;
    *) echo "Unknown option $1; see the head of this file." >&2; exit 2 ;;
  esac
done
if [ -z "$hosts" ] || [ -z "$address" ] || [ $# -eq 0 ]; then
  echo 'Say --hosts "...", --address (of this machine, as the hosts reach it) and, after --, the command to run.' >&2
  exit 2
fi

started=()
stop() { for one in "${started[@]}"; do kill "$one" 2>/dev/null || true; done; wait 2>/dev/null || true; }
trap stop EXIT

"$python" -m distributed.cli.dask_scheduler --host "$address" --port "$port" --no-dashboard --no-show >scheduler.log 2>&1 &
started+=($!)
for host in $hosts; do
  # a worker ends by itself when it has had no scheduler for a minute
  ssh -o BatchMode=yes "$host" "$python" -m distributed.cli.dask_worker "tcp://$address:$port" \
    --nworkers "$workers" --nthreads 1 --no-dashboard --death-timeout 60 >"worker-$host.log" 2>&1 &
  started+=($!)
done
"$python" - "tcp://$address:$port" "$(( workers * $(wc -w <<<"$hosts") ))" <<'PYTHON'
import sys
from distributed import Client
with Client(sys.argv[1], timeout=60) as client:
    client.wait_for_workers(int(sys.argv[2]), timeout=120)
PYTHON
"$@" --scheduler "tcp://$address:$port"
