# remove STAGING ISSUED TOKEN COMMAND: takes an unused staging away; never old data.
staging=$1
[ -d "$staging" ] || exit 0
claim "$staging/owner" "$2" "$3" "$4"
hold "${staging%/*}/lock"
[ ! -e "$staging/old" ] && [ ! -e "$staging/state" ] && [ ! -e "$staging/kept" ] || fail 70 "it holds old data"
if [ -S "$staging/proof/proof.sock" ]; then
  (cd "$staging/proof" && redis-cli -s proof.sock SHUTDOWN NOSAVE) >/dev/null 2>&1
fi
rm -rf "$staging"
flush "${staging%/*}"
