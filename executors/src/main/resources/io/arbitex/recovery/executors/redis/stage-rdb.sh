# stage-rdb STAGING MODE SHA256 ISSUED TOKEN COMMAND: what was uploaded, as the server will find it.
staging=$1 mode=$2
claim "$staging/owner" "$4" "$5" "$6"
[ "$(sum "$staging/upload.part")" = "$3" ] || fail 65 "what arrived is not what was sent"
rm -rf "$staging/staged.part" "$staging/staged" "$staging/proven"
if [ "$mode" = aof ]; then
  mkdir -p "$staging/staged.part/appendonlydir" || fail 69 "cannot make a folder"
  mv "$staging/upload.part" "$staging/staged.part/appendonlydir/appendonly.aof.1.base.rdb" || exit 1
  echo "file appendonly.aof.1.base.rdb seq 1 type b" \
    >"$staging/staged.part/appendonlydir/appendonly.aof.manifest" || fail 69 "cannot write"
  flush "$staging"/staged.part/appendonlydir/*
else
  mkdir -p "$staging/staged.part" || fail 69 "cannot make a folder"
  mv "$staging/upload.part" "$staging/staged.part/dump.rdb" || exit 1
  flush "$staging"/staged.part/*
fi
mv "$staging/staged.part" "$staging/staged" || exit 1
flush "$staging"
