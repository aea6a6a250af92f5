# prove STAGING MODE SECONDS: loads a copy of the staged data into a server that nobody can reach,
# prints its INFO, and ends it without a save.
staging=$1 mode=$2 rounds=$(($3 * 10))
# One of an earlier try that was cut off.
if [ -S "$staging/proof/proof.sock" ]; then
  (cd "$staging/proof" && redis-cli -s proof.sock SHUTDOWN NOSAVE) >/dev/null 2>&1
fi
rm -rf "$staging/proof"
mkdir "$staging/proof" || fail 69 "cannot make a folder"
cp -R "$staging/staged/." "$staging/proof/" || fail 69 "cannot copy the staged data"
# By its short name: the path of a socket may have 107 bytes.
cd "$staging/proof" || exit 1
if [ "$mode" = aof ]; then keep="--appendonly yes"; else keep="--appendonly no"; fi
# shellcheck disable=SC2086
redis-server --port 0 --unixsocket proof.sock --unixsocketperm 700 --dir . --dbfilename dump.rdb \
  --save "" --auto-aof-rewrite-percentage 0 --daemonize no --logfile log $keep >/dev/null 2>&1 &
server=$!
trap 'kill -9 $server 2>/dev/null' EXIT
while kill -0 "$server" 2>/dev/null; do
  if redis-cli -s proof.sock INFO >info 2>/dev/null && grep -q '^loading:0' info; then
    cat info
    redis-cli -s proof.sock SHUTDOWN NOSAVE >/dev/null 2>&1
    wait "$server"
    trap - EXIT
    cd .. && rm -rf proof
    exit 0
  fi
  rounds=$((rounds - 1))
  [ "$rounds" -gt 0 ] || fail 66 "it was not loaded within $3 s"
  sleep 0.1
done
trap - EXIT
tail -n 5 log >&2
fail 66 "redis-server ended while it loaded"
