# state STAGING: how far a move is; nothing when none was begun.
[ ! -f "$1/state" ] || cat "$1/state"
