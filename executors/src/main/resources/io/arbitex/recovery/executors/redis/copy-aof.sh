# copy-aof STAGING DATA ISSUED TOKEN COMMAND: the append-only files of the living Redis.
staging=$1 from=$2/appendonlydir
claim "$staging/owner" "$3" "$4" "$5"
[ -f "$from/appendonly.aof.manifest" ] || fail 74 "there are no append-only files"
rounds=5
while :; do
  rm -rf "$staging/copy" "$staging/staged" "$staging/proof" "$staging/proven"
  size=$(du -sk "$from" | cut -f 1)
  # A copy to go back in, one that is taken back and one to prove, which are there together; as much
  # again stays free for a rewrite by the living Redis, and 16 MiB for what it appends.
  room "$2" $((4 * size + 16384))
  mkdir "$staging/copy" || fail 69 "cannot make a folder"
  before=$(cat "$from/appendonly.aof.manifest")
  # A rewrite takes files away while they are copied; then they are copied again.
  if cp -R "$from" "$staging/copy/" 2>"$staging/copy/errors" \
    && [ "$before" = "$(cat "$from/appendonly.aof.manifest")" ]; then
    break
  fi
  rounds=$((rounds - 1))
  [ "$rounds" -gt 0 ] || fail 69 "cannot copy: $(head -n 1 "$staging/copy/errors")"
done
grep -a -q '^#TS:' "$staging"/copy/appendonlydir/*.incr.aof \
  || fail 74 "no moments are written in it (aof-timestamp-enabled is not on)"
