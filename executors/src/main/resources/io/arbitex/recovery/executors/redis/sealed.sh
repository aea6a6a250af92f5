# sealed STAGING: prints the seal if the staged files are still what was proven; changes nothing.
staging=$1
[ -f "$staging/proven" ] || fail 65 "there is no seal of a proof"
# What was put in place already is looked at by whoever put it there.
if [ ! -f "$staging/state" ]; then
  cd "$staging/staged" || fail 65 "there is no staged data"
  found=$(find . -type f | LC_ALL=C sort | while read -r file; do
    echo "file $(sum "$file") $file"
  done)
  [ "$found" = "$(grep '^file ' "$staging/proven")" ] || fail 65 "the files are not those of the seal"
fi
cat "$staging/proven"
