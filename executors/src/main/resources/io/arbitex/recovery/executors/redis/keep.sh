# keep STAGING DATA FILE ISSUED TOKEN COMMAND: another name for dump.rdb, or a copy of it. A Redis
# that came back empty saves its emptiness over it when it is stopped.
staging=$1 data=$2 file=$3
mkdir -p "$staging" || fail 69 "cannot make a folder"
claim "$data/.recovery/owner" "$4" "$5" "$6"
hold "$data/.recovery/lock"
[ -f "$data/dump.rdb" ] || exit 0
mkdir -p "$staging/kept" || fail 69 "cannot make a folder"
if [ ! -e "$file" ] && ! ln "$data/dump.rdb" "$file" 2>/dev/null; then
  cp -p "$data/dump.rdb" "$file.part" || fail 69 "cannot copy dump.rdb"
  flush "$file.part"
  mv "$file.part" "$file" || exit 1
fi
flush "$staging/kept"
echo kept
