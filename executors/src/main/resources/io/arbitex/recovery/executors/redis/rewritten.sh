# rewritten STAGING DATA: whether Redis has saved or rewritten since what the seal says was put in
# place; changes nothing.
[ -r "$1/proven" ] || fail 65 "the seal cannot be read"
grep -e '^file [0-9a-f]* \./dump\.rdb$' -e '^file .*\.base\.' "$1/proven" | while read -r _ known file; do
  [ -f "$2/$file" ] && [ "$(sum "$2/$file")" = "$known" ] || echo rewritten
done
