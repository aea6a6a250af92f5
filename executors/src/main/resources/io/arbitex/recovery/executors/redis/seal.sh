# seal STAGING KEYS LOADED ISSUED TOKEN COMMAND: says what was proven, file by file.
staging=$1
claim "$staging/owner" "$4" "$5" "$6"
# Before the seal, so that a try that ends in between makes it anew and leaves nothing.
rm -rf "$staging/copy"
cd "$staging/staged" || exit 1
{
  echo "command $6"
  echo "keys $2"
  echo "loaded $3"
  find . -type f | LC_ALL=C sort | while read -r file; do echo "file $(sum "$file") $file"; done
} >"$staging/proven.new" || fail 69 "cannot write the seal"
flush "$staging/proven.new"
mv "$staging/proven.new" "$staging/proven" || exit 1
flush "$staging"
