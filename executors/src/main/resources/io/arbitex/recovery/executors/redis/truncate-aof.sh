# truncate-aof STAGING SECOND ISSUED TOKEN COMMAND: back to the end of a second of UNIX time.
staging=$1
claim "$staging/owner" "$3" "$4" "$5"
rm -rf "$staging/staged" "$staging/proven"
mkdir "$staging/staged" && cp -R "$staging/copy/appendonlydir" "$staging/staged/" \
  || fail 69 "cannot copy the append-only files"
# A base that was written later has what came later in it.
for base in "$staging"/staged/appendonlydir/*.base.rdb; do
  [ -f "$base" ] || continue
  made=$(redis-check-rdb "$base" | sed -n "s/.*AUX FIELD ctime = '\([0-9]*\)'.*/\1/p")
  [ -n "$made" ] || fail 74 "the base file is damaged"
  [ "$made" -le "$2" ] || fail 74 "the base file is of second $made, later than $2"
done
redis-check-aof --truncate-to-timestamp "$2" "$staging/staged/appendonlydir/appendonly.aof.manifest" \
  >"$staging/truncated" 2>&1 || fail 74 "$(tail -n 2 "$staging/truncated")"
