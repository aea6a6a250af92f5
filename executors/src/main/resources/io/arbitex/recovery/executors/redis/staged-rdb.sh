# staged-rdb STAGING MODE SHA256: whether it is there; changes nothing.
# What is being moved into its place was whole before.
[ ! -f "$1/state" ] || { echo staged; exit 0; }
file=$1/staged/dump.rdb
[ "$2" != aof ] || file=$1/staged/appendonlydir/appendonly.aof.1.base.rdb
[ -f "$file" ] && [ "$(sum "$file")" = "$3" ] && echo staged
exit 0
