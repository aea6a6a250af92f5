# prepare STAGING DATA KIBIBYTES PERCENT ISSUED TOKEN COMMAND: programs, room and a folder for a
# staging. PERCENT of the whole stay free besides.
staging=$1 data=$2
for program in redis-server redis-cli redis-check-rdb redis-check-aof sha256sum head sync stat df du awk flock; do
  command -v "$program" >/dev/null || fail 67 "no $program in the image"
done
room "$data" "$3" "$4"
mkdir -p "$staging" || fail 70 "cannot make the staging"
claim "$staging/owner" "$5" "$6" "$7"
