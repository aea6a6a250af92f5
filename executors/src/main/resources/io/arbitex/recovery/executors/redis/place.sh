# place STAGING DATA MODE ISSUED TOKEN COMMAND: old data aside, staged data in place. May be cut at
# every line and called again. Nothing is deleted.
staging=$1 data=$2 mode=$3
claim "$data/.recovery/owner" "$4" "$5" "$6"
hold "$data/.recovery/lock"
case $mode in
  aof) new=appendonlydir ;;
  rdb) new=dump.rdb ;;
  *) new= ;;
esac
state=
[ ! -f "$staging/state" ] || state=$(cat "$staging/state")
case $state in
  '')
    [ -z "$new" ] || [ -e "$staging/staged/$new" ] || fail 65 "there is no staged data"
    like=$data
    [ ! -e "$data/dump.rdb" ] || like=$data/dump.rdb
    [ ! -e "$data/appendonlydir" ] || like=$data/appendonlydir
    # On a fresh volume only the group is right, and nobody but root can give a file away.
    [ "$like" != "$data" ] || [ -z "$new" ] || [ "$(id -u)" = 0 ] || like=$staging/staged/$new
    stat -c %u:%g "$like" >"$staging/ownership" || exit 1
    mkdir -p "$staging/old" || fail 69 "cannot make a folder"
    say moving
    state=moving
    ;;
  moving | moved | placed) ;;
  *) fail 70 "an earlier move was being undone (state $state)" ;;
esac
if [ "$state" = moving ]; then
  for each in "$data"/* "$data"/.[!.]* "$data"/..?*; do
    [ -e "$each" ] || [ -L "$each" ] || continue
    name=${each##*/}
    case $name in .recovery | lost+found) continue ;; esac
    move "$each" "$staging/old"
  done
  flush "$data" "$staging/old"
  say moved
  state=moved
fi
if [ "$state" = moved ]; then
  if [ -n "$new" ] && [ -e "$staging/staged/$new" ]; then
    still_mine
    owner=$(cat "$staging/ownership")
    if [ "$(stat -c %u:%g "$staging/staged/$new")" != "$owner" ]; then
      chown -R "$owner" "$staging/staged/$new" || fail 72 "cannot give $new to $owner"
    fi
    move "$staging/staged/$new" "$data"
  fi
  [ -z "$new" ] || [ -e "$data/$new" ] || fail 65 "the staged data is gone"
  flush "$data" "$staging/staged"
  say placed
fi
