# claim STAGING DATA ISSUED TOKEN COMMAND: bars earlier owners from moving data.
mkdir -p "$1" || fail 69 "cannot make the staging"
claim "$2/.recovery/owner" "$3" "$4" "$5"
