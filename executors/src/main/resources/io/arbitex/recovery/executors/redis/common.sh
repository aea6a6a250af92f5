# Begins every script that runs in the work pod. Plain sh, coreutils or busybox.
# Exit statuses that mean something to the executor:
#   65 what is there is not what was checked     66 Redis does not load it
#   67 a program is missing                      69 the volume is full
#   70 something is in the way                   72 files cannot be given to their owner
#   74 there is nothing to go back to            77 a later owner works on the volume
set -u
exec </dev/null
umask 077

fail() { status=$1; shift; echo "$*" >&2; exit "$status"; }

# Makes files and folders last through a power cut.
flush() { sync "$@" 2>/dev/null || sync; }

# Refuses to fill the volume up: room DATA KIBIBYTES [PERCENT of the whole that stay free]
room() {
  free=$(df -Pk "$1" | tail -n 1 | awk -v keep="${3:-0}" '{printf "%.0f", $4 - $2 * keep / 100}')
  [ "$free" -ge "$2" ] || fail 69 "$free KiB are free on the volume, $2 KiB are needed"
}

# Holds a lock until this shell ends: hold FILE
hold() {
  command -v flock >/dev/null || fail 67 "no flock in the image"
  exec 9>"$1" || exit 1
  waits=300
  until flock -n 9; do
    waits=$((waits - 1))
    [ "$waits" -gt 0 ] || fail 70 "another command has held $1 for 30 s"
    sleep 0.1
  done
}

# Bars earlier owners: claim FILE ISSUED TOKEN COMMAND
claim() {
  (
    # Between the look and the rename no other may write.
    hold "$1.lock"
    issued= token= command=
    [ ! -f "$1" ] || read -r issued token command <"$1" || :
    # An empty or torn file names nobody: it was not whole when the power went.
    case $issued$token in *[!0-9]*) command= ;; esac
    if [ "$command" = "$4" ]; then
      [ "$token" -le "$3" ] || fail 77 "token $token of $command is later than $3"
    elif [ -n "$command" ]; then
      [ "$issued" -le "$2" ] || fail 77 "$command was issued later"
    fi
    echo "$2 $3 $4" >"$1.new" || fail 69 "cannot write $1"
    flush "$1.new"
    mv "$1.new" "$1" || fail 69 "cannot write $1"
    flush "${1%/*}"
  ) || exit $?
  claimed=$1 claimant="$2 $3 $4"
}

# Ends a script whose claim a later owner has taken over since.
still_mine() {
  [ "$(cat "$claimed")" = "$claimant" ] || fail 77 "taken over by: $(cat "$claimed")"
}

# Moves one thing, never over another, and only as long as the claim stands: move FROM FOLDER
move() {
  still_mine
  [ ! -e "$2/${1##*/}" ] && [ ! -L "$2/${1##*/}" ] || fail 70 "$2/${1##*/} is in the way"
  mv -n "$1" "$2/" || fail 70 "cannot move $1"
  [ ! -e "$1" ] && [ ! -L "$1" ] || fail 70 "$2/${1##*/} is in the way"
}

# Says how far a move is: say STATE
say() {
  still_mine
  echo "$1" >"$staging/state.new" || fail 69 "cannot write the state"
  flush "$staging/state.new"
  mv "$staging/state.new" "$staging/state" || exit 1
  flush "$staging"
}

sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
