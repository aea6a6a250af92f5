# prepare STAGING DATA KIBIBYTES ISSUED TOKEN COMMAND: programs, room and a folder for a staging.
staging=$1 data=$2
for program in redis-server redis-cli redis-check-rdb redis-check-aof sha256sum head sync stat df awk flock; do
  command -v "$program" >/dev/null || fail 67 "no $program in the image"
done
free=$(df -Pk "$data" | tail -n 1 | awk '{print $4}')
[ "$free" -ge "$3" ] || fail 69 "$free KiB are free on the volume, $3 KiB are needed"
mkdir -p "$staging" || fail 70 "cannot make the staging"
claim "$staging/owner" "$4" "$5" "$6"
