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

# Bars earlier owners: claim FILE ISSUED TOKEN COMMAND
claim() {
  if [ -f "$1" ]; then
    read -r issued token command <"$1" || :
    if [ "$command" = "$4" ]; then
      [ "$token" -le "$3" ] || fail 77 "token $token of $command is later than $3"
    else
      [ "$issued" -le "$2" ] || fail 77 "$command was issued later"
    fi
  fi
  echo "$2 $3 $4" >"$1.new" && mv "$1.new" "$1" || fail 69 "cannot write $1"
  flush "$1"
}

# Says how far a move is: say STATE
say() {
  echo "$1" >"$staging/state.new" || fail 69 "cannot write the state"
  flush "$staging/state.new"
  mv "$staging/state.new" "$staging/state" || exit 1
  flush "$staging"
}

sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
