# put-back STAGING DATA MODE ISSUED TOKEN COMMAND: undoes place, however far it came.
staging=$1 data=$2 mode=$3
claim "$data/.recovery/owner" "$4" "$5" "$6"
hold "$data/.recovery/lock"
case $mode in
  aof) new=appendonlydir ;;
  rdb) new=dump.rdb ;;
  *) new= ;;
esac
[ -f "$staging/state" ] || exit 0
say returning
# Ours, if it is in the one place and not in the other.
if [ -n "$new" ] && [ -e "$data/$new" ] && [ ! -e "$staging/staged/$new" ]; then
  mkdir -p "$staging/staged"
  move "$data/$new" "$staging/staged"
fi
for each in "$staging"/old/* "$staging"/old/.[!.]* "$staging"/old/..?*; do
  [ -e "$each" ] || [ -L "$each" ] || continue
  move "$each" "$data"
done
flush "$data" "$staging/old"
still_mine
[ ! -d "$staging/old" ] || rmdir "$staging/old" || exit 1
rm -f "$staging/state" "$staging/ownership"
flush "$staging"
