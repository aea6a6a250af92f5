# check-rdb STAGING MODE: what redis-check-rdb says of the staged file.
file=$1/staged/dump.rdb
[ "$2" != aof ] || file=$1/staged/appendonlydir/appendonly.aof.1.base.rdb
redis-check-rdb "$file"
